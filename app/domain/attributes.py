"""Named texts on a record (attributes, identities in other systems) and regions of the world."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.domain.fields import Fields

Pairs = tuple[tuple[str, str], ...]
"""Names and texts in the order of the names, each name once: a mapping that stays as it is."""

_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


def read_pairs(f: Fields, name: str) -> Pairs:
    """An object of texts; left out or null means none.

    Raises:
        Refused: it is no object, or a name or a text in it is empty or no text.
    """
    value = f.raw().get(name)
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        raise f.wrong(name, "an object of texts")
    pairs = [(key, text) for key, text in value.items() if isinstance(key, str) and isinstance(text, str)]
    if len(pairs) < len(value) or any(not key or not text for key, text in pairs):
        raise f.wrong(name, "an object of texts, none of them empty")
    return tuple(sorted(pairs))


def is_region(text: str) -> bool:
    """True for the shape of a country (ISO 3166-1 alpha-2) or a part of one (ISO 3166-2)."""
    return _REGION.fullmatch(text) is not None


def read_regions(f: Fields, name: str) -> tuple[str, ...]:
    """A list of regions, each once; left out or null means none."""
    found = f.texts(name) if f.raw().get(name) is not None else ()
    if not all(map(is_region, found)):
        raise f.wrong(name, "countries or parts of them, such as GB or US-AK")
    return tuple(dict.fromkeys(found))
