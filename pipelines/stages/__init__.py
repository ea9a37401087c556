"""One file per stage; file, function and task share a name."""
