"""Scanners, printers, cameras and scales behind small protocols; the simulated ones are shipped drivers."""
