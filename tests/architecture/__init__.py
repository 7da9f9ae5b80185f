"""Tests of the house itself: which way imports run, how large things are, how the checkout is made ready."""
