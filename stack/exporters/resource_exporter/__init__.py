"""Checks declared resources and tells their state; hears the dead-man beat of the alerting path."""
