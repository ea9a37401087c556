"""The proxy's configuration, in Caddy's own JSON: what is asked of whom, and where it goes."""
