"""Tests of the station's core."""
