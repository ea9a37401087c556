"""What carries the services: native processes today, containers behind the same protocol."""
