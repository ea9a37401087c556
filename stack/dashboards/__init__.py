"""What a dashboard is: where it comes from, its panels, and all that it asks Prometheus."""
