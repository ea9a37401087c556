"""What each service is known to expose, and what rules and dashboards may therefore ask for."""
