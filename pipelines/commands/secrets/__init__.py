"""Secrets: where each comes from, the environment's age file, and other values."""

DEFAULT = "show"
