"""One file per kind of secret; its name is the word that the references begin with."""
