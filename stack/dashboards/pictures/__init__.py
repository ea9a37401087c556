"""Dashboards drawn from the live Prometheus, so that a change can be looked at without a Grafana."""
