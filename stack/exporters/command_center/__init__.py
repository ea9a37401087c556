"""A simulated command center: every metric that the real one has, and faults to switch on and off."""
