"""What the component tags of `{% load webnet %}` render; each has its markup in templates/webnet_ui/elements/."""
