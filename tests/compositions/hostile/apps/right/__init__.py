"""Registers a platform that another plugin registers too."""
