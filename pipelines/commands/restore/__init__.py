"""Bring state back from a backup, and try whether that works."""
