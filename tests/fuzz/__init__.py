"""Requests of every shape against every published route of a real centre: `python -m tests.fuzz`."""
