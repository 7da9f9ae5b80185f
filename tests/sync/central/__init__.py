"""The centre: its rules, its store, its routes."""
