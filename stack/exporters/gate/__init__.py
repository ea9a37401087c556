"""The gate: the proxy asks it, request by request, whether somebody may come in."""
