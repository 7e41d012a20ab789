"""Implements a hook that nobody specifies."""
