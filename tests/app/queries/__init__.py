"""Tests of the read models, over ledgers that recorded something."""
