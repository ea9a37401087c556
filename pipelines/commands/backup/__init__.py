"""Backups: when they are made."""
