"""A plugin that breaks while it is imported."""
