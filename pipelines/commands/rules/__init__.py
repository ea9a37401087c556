"""Try the rules, and keep what they rest on up to date."""
