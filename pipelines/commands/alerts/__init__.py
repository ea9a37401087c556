"""Alerts: what stands, why, what would have been, and whether somebody is told."""

DEFAULT = "list"
