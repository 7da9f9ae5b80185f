"""Drawn pictures of a few items, for examples and practice."""
