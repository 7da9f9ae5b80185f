"""Example screens, for pictures and for tests: `python -m ui.gallery --out DIR`."""
