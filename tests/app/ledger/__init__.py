"""Tests of the station ledger: real files, real SQLite, planted faults."""
