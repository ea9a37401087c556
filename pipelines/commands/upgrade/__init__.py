"""Upgrades: what other versions would break."""

DEFAULT = "check"
