"""Back up what the live stack alone has, and look at what is kept."""
