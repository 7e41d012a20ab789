"""Registers a platform that webnet ships."""
