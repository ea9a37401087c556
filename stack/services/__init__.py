"""One file per service that an environment can run."""
