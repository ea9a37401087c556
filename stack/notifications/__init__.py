"""What a notification says, and whom it is sent to: Alertmanager's receivers as an environment wants them."""
