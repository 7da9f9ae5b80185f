"""Names made of contents: the SHA-256 of some bytes, written in 64 small hexadecimal digits."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def digest_of(data: bytes) -> str:
    """The name of these bytes."""
    return hashlib.sha256(data).hexdigest()


def is_digest(text: object) -> bool:
    """True for such a name, whatever it is the name of."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def photos_named(body: object) -> tuple[list[str], list[str]]:
    """The photos that the facts of an event name, each once and in their order, and what there names none."""
    named = body.get("photos") if isinstance(body, Mapping) else None
    entries = named if isinstance(named, list) else [] if named is None else [named]
    found, odd = dict[str, None](), list[str]()
    for entry in entries:
        if is_digest(entry):
            found[entry] = None
        else:
            odd.append(str(entry))
    return list(found), odd
