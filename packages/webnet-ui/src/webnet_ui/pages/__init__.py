"""The URLs of all page areas, where `include("webnet_core.urls")` looks for them."""
