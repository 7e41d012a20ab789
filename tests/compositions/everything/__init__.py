"""Every package of webnet, and every extra."""
