"""How Alertmanager reads its configuration: matchers, routes."""
