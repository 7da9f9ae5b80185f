"""Policies that ship with the product; a centre publishes its own versions."""
