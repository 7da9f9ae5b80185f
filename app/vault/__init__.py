"""Secrets of a station: what stretches PINs, and where the pepper is kept."""
