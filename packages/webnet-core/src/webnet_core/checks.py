"""System checks of webnet-core."""
