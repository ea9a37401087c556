"""Verbs on the dashboards: whether they show data, how they look, and what was edited in Grafana."""
