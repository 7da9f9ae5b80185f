"""Numbers of things as people say them."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """So many of a thing whose plural takes an s: `1 unit`, `2 units`, `0 units`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
