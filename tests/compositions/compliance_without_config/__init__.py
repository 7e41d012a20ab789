"""Rules where no configuration is stored."""
