"""One file per line of the checklist: what must hold before people depend on an environment."""
