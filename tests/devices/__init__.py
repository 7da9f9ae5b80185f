"""Tests of the drivers, with real pseudo-terminals, processes and sockets."""
