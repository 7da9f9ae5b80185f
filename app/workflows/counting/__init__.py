"""Counting what a bin holds: a pure step machine."""
