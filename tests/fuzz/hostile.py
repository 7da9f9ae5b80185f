"""Values that once broke something somewhere, real values, and how either is put into a body."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

HOSTILE_TEXTS: tuple[str, ...] = (
    "9223372036854775807",
    "9223372036854775808",
    "9" * 70,
    "-1",
    "1-9223372036854775808",
    "9223372036854775808-1",
    "\u0663",
    "\u00b2",
    "\x00",
    "K-17\x00",
    "x" * 3_000,
    "\u00e9" * 1_500,
    "'; DROP TABLE item; --",
    "=HYPERLINK(1)",
    "%",
    "_",
    "..",
    "a/b",
    "\u202eK-17",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-14:00",
    "W10=",
    "WyJcdWQ4MDAiLCIxIl0",
    "order:\x00",
)
HOSTILE: tuple[Any, ...] = (
    *HOSTILE_TEXTS,
    "\ud800",
    "",
    2**31,
    2**53,
    2**63,
    -(2**63) - 1,
    10**30,
    10**400,
    1e308,
    0.5,
    -1,
    0,
    True,
    None,
    [],
    {},
)
ODD_TAGS: tuple[str, ...] = ("*", "", '"x"', "W/*", ",", '"a", *', "x" * 5_000, "\xe9")

Place = tuple[str | int, ...]


def places_in(value: Any, at: Place = ()) -> Iterator[Place]:
    """Where in a body a value stands: each a way of names and numbers."""
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for name, entry in inner:
            yield (*at, name)
            yield from places_in(entry, (*at, name))


def placed(body: Any, place: Place, value: Any) -> Any:
    """The body with another value at one place."""
    if not place:
        return value
    first, rest = place[0], place[1:]
    if isinstance(body, dict):
        return {**body, first: placed(body.get(first), rest, value)}
    return [placed(entry, rest, value) if n == first else entry for n, entry in enumerate(body)]


def grounded(value: Any, words: Mapping[str, list[Any]], choose: Callable[[list[Any]], Any]) -> Any:
    """A body in which fields that are called like real things hold one of them."""
    if isinstance(value, list):
        return [grounded(entry, words, choose) for entry in value]
    if not isinstance(value, dict):
        return value
    return {
        name: choose(words[name])
        if name in words and not isinstance(entry, dict | list)
        else grounded(entry, words, choose)
        for name, entry in value.items()
    }
