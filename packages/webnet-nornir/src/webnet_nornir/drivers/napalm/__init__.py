"""Devices through NAPALM."""
