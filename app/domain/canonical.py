"""RFC 8785 canonical JSON for what we sign: objects, lists, texts, whole numbers, true, false, null.

Floats have no place in a record of facts and are refused; keys are ASCII, so that Python's order of keys and
the RFC's (by UTF-16 units) are the same. The C encoder then writes the RFC's bytes; a test holds it against
an independent implementation.
"""

from __future__ import annotations

import json

from app.domain.fields import EXACT_MAX
from app.domain.refusal import Refused

_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


def encode(value: object) -> bytes:
    """The canonical bytes of a value.

    Raises:
        Refused: the value holds a float, a key that is not ASCII text, a lone surrogate, an integer outside
            the exact range, or a type JSON does not know.
    """
    _check(value)
    try:
        return _encode(value).encode()
    except UnicodeEncodeError:
        raise _refusal("a broken text (lone surrogate)") from None


def decode(data: bytes) -> object:
    """Parses canonical bytes; refuses floats, repeated keys and what is not JSON."""
    try:
        return json.loads(data, parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise _refusal(repr(data[:60])) from None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_float(text: str) -> object:
    raise ValueError(text)


def _check(value: object) -> None:
    # Exact types first: the hot path holds nothing but these.
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return
    if isinstance(value, int):
        if not -EXACT_MAX <= value <= EXACT_MAX:
            raise _refusal(f"the number {value}")
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise _refusal(f"the key {key!r}")
            _check(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _check(inner)
    elif not isinstance(value, str):
        raise _refusal(f"{kind.__name__} {value!r}"[:60])


def _refusal(read: str) -> Refused:
    return Refused(
        "canonical.unfit",
        f"Read {read}.",
        "Expected canonical JSON: texts, whole numbers, lists, objects with ASCII keys.",
        "This document is kept as evidence and not accepted.",
    )
