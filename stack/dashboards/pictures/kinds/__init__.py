"""How each kind of panel is drawn: one file for each."""
