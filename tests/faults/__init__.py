"""Faults that are scripted one by one, and the table of all faults with the tests that show them."""
