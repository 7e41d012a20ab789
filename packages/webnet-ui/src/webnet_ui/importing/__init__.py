"""Devices from files, in steps: upload, columns, preview, done; and files of devices."""
