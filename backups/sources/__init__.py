"""One file per kind of state: how it is captured, checked and brought back."""
