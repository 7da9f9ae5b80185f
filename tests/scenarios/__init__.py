"""Whole stories: a bench, the centre and the way between them, each test one messy box."""
