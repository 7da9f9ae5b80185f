"""RFC 8785 canonical JSON for what we sign: objects, lists, texts, whole numbers, true, false, null.

Floats have no place in a record of facts and are refused; keys are ASCII, so that Python's order of keys and
the RFC's (by UTF-16 units) are the same. The C encoder then writes the RFC's bytes; a test holds it against
an independent implementation. What `encode` would refuse `decode` refuses too, so that whatever was read can
be written again.
"""

from __future__ import annotations

import json

from app.domain.fields import EXACT_MAX
from app.domain.refusal import Refused

# Our documents are six levels deep; a fixed limit makes station and centre agree, whatever their stacks hold.
MAX_DEPTH = 64

_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


def encode(value: object) -> bytes:
    """The canonical bytes of a value.

    Raises:
        Refused: the value holds a float, a key that is not ASCII text, a lone surrogate, an integer outside
            the exact range, or a type JSON does not know, or is deeper than `MAX_DEPTH`.
    """
    _check(value, MAX_DEPTH)
    try:
        return _encode(value).encode()
    except UnicodeEncodeError:
        raise _refusal("a broken text (lone surrogate)") from None


def decode(data: bytes) -> object:
    """Parses canonical bytes.

    Raises:
        Refused: not JSON in UTF-8, a repeated key, or anything that `encode` refuses.
    """
    try:
        text = data.decode()
        value = _parse(text)
        if "\\u" in text:  # an escape may hide a lone surrogate, which no table could store
            _encode(value).encode()
    except (ValueError, RecursionError):
        raise _refusal(repr(data[:60])) from None
    # Numbers and keys were checked on the way; what opens so few brackets is not too deep either.
    if data.count(b"{") + data.count(b"[") > MAX_DEPTH:
        _check(value, MAX_DEPTH)
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    if not "".join(found).isascii():
        raise _refusal(f"the key {next(key for key in found if not key.isascii())!r}"[:60])
    return found


def _whole(digits: str) -> int:
    value = int(digits)
    if not -EXACT_MAX <= value <= EXACT_MAX:
        raise _refusal("a number outside the exact range")
    return value


def _float(digits: str) -> object:
    raise _refusal(f"float {digits}"[:60])


_parse = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_whole, parse_float=_float, parse_constant=_float
).decode


def _check(value: object, depth: int) -> None:
    # Exact types first: the hot path holds nothing but these.
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return
    if isinstance(value, int):
        if not -EXACT_MAX <= value <= EXACT_MAX:
            raise _refusal("a number outside the exact range")
    elif isinstance(value, (dict, list, tuple)):
        _check_inside(value, depth - 1)
    elif not isinstance(value, str):
        raise _refusal(f"{kind.__name__} {value!r}"[:60])


def _check_inside(value: dict[object, object] | list[object] | tuple[object, ...], depth: int) -> None:
    if depth < 0:
        raise _refusal(f"a document of more than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise _refusal(f"the key {key!r}"[:60])
            if type(inner) is not str:  # most are: they are spared a call
                _check(inner, depth)
    else:
        for inner in value:
            if type(inner) is not str:
                _check(inner, depth)


def _refusal(read: str) -> Refused:
    return Refused(
        "canonical.unfit",
        f"Read {read}.",
        "Expected canonical JSON: texts, exact whole numbers, lists, objects with ASCII keys, each once.",
        "This document is kept as evidence and not accepted.",
    )
