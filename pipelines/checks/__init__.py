"""One file per validation check."""
