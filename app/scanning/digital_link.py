"""GS1 Digital Link: a web address that carries GS1 keys in its path and further fields in its query.

Any domain may host one. Only addresses that name an item (01) or a logistic unit (00) are read as GS1; all
others stay text, because `/401/` or `/21/` in an ordinary address proves nothing.
"""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import unquote, unquote_plus, urlsplit

from app.scanning.elements import elements_of
from app.scanning.faults import Broken, Fault
from app.scanning.keys import GTIN_LENGTHS, is_digits
from app.scanning.meaning import Element

_WEB = re.compile(r"https?://", re.IGNORECASE)
# Which fields may follow a key in the path, in this order.
_QUALIFIERS: dict[str, tuple[str, ...]] = {"01": ("22", "10", "21", "235"), "00": ()}
_AI = re.compile(r"[0-9]{2,4}")
_DO = "Scan the other code on the box."


def is_web(text: str) -> bool:
    """True for an http or https address."""
    return _WEB.match(text) is not None


def split(text: str) -> tuple[Element, ...] | None:
    """The elements of a Digital Link address; None when the address is none.

    Values are held against their AI, not yet against check digits.

    Raises:
        Broken: the address names an item or unit and breaks the form after it.
    """
    try:
        address = urlsplit(text)
    except ValueError:
        return None
    segments = address.path.split("/")
    at = _key_place(segments)
    if at is None:
        return None
    key, *rest = segments[at], *segments[at + 1 :]
    values = rest[:1] + rest[2::2]
    path = list(zip([key, *rest[1::2]], values, strict=False))
    if len(rest) % 2 == 0 or not all(rest):
        raise Broken(Fault.LINK, "After the item number each field has a number and a value.", _DO)
    _check_order(key, [ai for ai, _ in path[1:]])
    pairs = [(ai, unquote(value)) for ai, value in path]
    pairs[0] = (key, pairs[0][1].zfill(14) if key == "01" else pairs[0][1])
    return elements_of([*pairs, *_query(key, address.query)])


def _key_place(segments: list[str]) -> int | None:
    """Where the key stands: the first `01` with a GTIN's, or `00` with an SSCC's, count of digits after it.

    A date such as /2024/01/15 has no 8 to 14 digits there.
    """
    for at, (ai, value) in enumerate(pairwise(segments)):
        if not is_digits(value):
            continue
        if (ai == "01" and len(value) in GTIN_LENGTHS) or (ai == "00" and len(value) == 18):  # noqa: PLR2004
            return at
    return None


def _check_order(key: str, found: list[str]) -> None:
    allowed = list(_QUALIFIERS[key])
    for ai in found:
        if ai not in allowed:
            known = ", ".join(f"({name})" for name in _QUALIFIERS[key]) or "nothing"
            raise Broken(
                Fault.LINK, f"After ({key}) the path may hold {known}, in this order; not {ai!r}.", _DO
            )
        allowed = allowed[allowed.index(ai) + 1 :]


def _query(key: str, query: str) -> list[tuple[str, str]]:
    """The fields of the query; names that are no AI belong to the web server and are left alone."""
    pairs = []
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        if not equals or not _AI.fullmatch(name):
            continue
        if name == key or name in _QUALIFIERS[key]:
            raise Broken(Fault.LINK, f"({name}) belongs in the path, not behind the question mark.", _DO)
        pairs.append((name, unquote_plus(value)))
    return pairs
