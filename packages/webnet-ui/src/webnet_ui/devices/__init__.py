"""Devices: the list, one device with its tabs, and what can be started from there."""
