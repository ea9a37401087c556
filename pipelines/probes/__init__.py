"""One file per smoke probe, asked until it passes or a deadline ends."""
