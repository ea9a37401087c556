"""Edits that people make in Grafana: found, told, taken over, and shown before they are deployed."""
