"""Backups without rules about them, and without pages."""
