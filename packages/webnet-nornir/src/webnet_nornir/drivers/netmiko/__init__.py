"""Devices through netmiko."""
