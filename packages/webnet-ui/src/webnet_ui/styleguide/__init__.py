"""The live style guide: every component once, in the theme of the viewer."""
