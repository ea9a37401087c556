"""One file per one-shot verb."""
