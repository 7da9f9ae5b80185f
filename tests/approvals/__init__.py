"""Offline approvals under attack: a table of cases by hand, and a fuzzer (`python -m tests.approvals`)."""
