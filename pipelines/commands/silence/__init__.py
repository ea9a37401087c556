"""Silences: who keeps which alerts quiet, why, and until when."""

DEFAULT = "list"
