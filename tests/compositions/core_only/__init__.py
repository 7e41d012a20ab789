"""webnet-core and none of its extras: an inventory with an API for those signed in to the site."""
