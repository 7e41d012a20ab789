"""A plugin that guards submissions, and breaks while it is imported."""
