"""Tests of what a scan means."""
