"""How state is kept: what there is to back up, where it is stored, and how it is proved to be whole."""
