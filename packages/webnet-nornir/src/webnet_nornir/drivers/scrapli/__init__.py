"""Devices through scrapli."""
