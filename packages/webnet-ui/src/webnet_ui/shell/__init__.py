"""The frame around every page: navigation, theme, base template, and the view mixins that provide them."""
