"""Where binaries come from: one file per source, tried in the environment's order."""
