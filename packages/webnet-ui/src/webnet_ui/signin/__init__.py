"""Signing in and out, for the standalone mode; an embedded site keeps its own."""
