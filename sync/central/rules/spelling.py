"""One code written in several ways: what is the same but for letter case and spaces, and what looks alike."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LOOKS = str.maketrans("oil", "011")


# A code is looked at several times while its batch is judged and written.
@lru_cache(maxsize=1 << 14)
def spelled(code: str) -> str:
    """The code without letter case, spaces and kinds of digits: two codes alike in this are one."""
    plain = code if code.isascii() else unicodedata.normalize("NFKC", code)
    return "".join(plain.casefold().split())


@lru_cache(maxsize=1 << 14)
def look_alike(code: str) -> str:
    """The code as a tired eye reads it: O as 0, I and L as 1, beyond what `spelled` evens out."""
    return spelled(code).translate(_LOOKS)
