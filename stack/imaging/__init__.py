"""How images are made without a registry: layers of files, a configuration, one archive for the engine."""
