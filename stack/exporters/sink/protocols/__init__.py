"""Protocols that the sink speaks: each module has a `PROTOCOL`."""
