"""A site with plugins that do not behave; the environment says which of them are installed."""
