"""Whether two names are one person's: own work is never approved by its doer under another spelling."""

from __future__ import annotations

import unicodedata


def same_person(one: str, other: str) -> bool:
    """True for names that differ only in capitals, blanks, or how Unicode composes their signs."""
    return person(one) == person(other)


def person(name: str) -> str:
    """The name by which a person is told apart."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
