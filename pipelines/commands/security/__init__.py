"""Security: what a stranger sees of the live stack."""
