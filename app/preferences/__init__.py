"""The settings dialog: a module a page."""
