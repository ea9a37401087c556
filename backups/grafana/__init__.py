"""How Grafana's objects are kept as files, and brought back."""
