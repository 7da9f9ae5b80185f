"""JSON documents as request and answer bodies, gzip included, never more than a stated size.

A body is untrusted until it is read: repeated keys, broken texts (no table could store half of a surrogate
pair), numbers JSON does not know, documents nested without end and archives that swell beyond the limit are
refused in the same words.
"""

from __future__ import annotations

import gzip
import json
import math
import zlib
from collections.abc import Mapping

from app.domain.fields import Fields
from app.domain.refusal import Refused

JSON_TYPE = "application/json"
PROBLEM_TYPE = "application/problem+json"
_WORTH_PACKING = 1024
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
# Whoever writes a document out again, deeper in its own calls, must be able to.
MAX_DEPTH = 100
_BRACKETS = b"[]{}"
_NO_BRACKETS = bytes(sorted({*range(256)} - {*_BRACKETS}))

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class TooLarge(Refused):
    """A body beyond the limit; the sender halves its batch."""


def encode(document: Mapping[str, object]) -> bytes:
    """A document as UTF-8 JSON."""
    return _encode(document).encode()


def decode(data: bytes, where: str) -> Fields:
    """The object a body holds; `where` names the message in refusals.

    Raises:
        Refused: `wire.unreadable` when the body is not one JSON object.
    """
    try:
        # The reader itself would take surrogates that stand as bytes, and other encodings.
        found = json.loads(
            data.decode(), parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_unique
        )
        if b"\\u" in data:  # an escape may hide one
            _encode(found).encode()
    except (ValueError, RecursionError):
        raise _unreadable(where, f"{len(data)} bytes that are not JSON") from None
    if _may_be_deep(data) and _depth(found) > MAX_DEPTH:
        raise _unreadable(where, f"a document of more than {MAX_DEPTH} levels")
    if not isinstance(found, dict):
        raise _unreadable(where, type(found).__name__)
    return Fields(found, where)


def pack(body: bytes) -> tuple[bytes, dict[str, str]]:
    """The body as sent, with the header that says so; small bodies stay as they are."""
    if len(body) < _WORTH_PACKING:
        return body, {}
    return gzip.compress(body, compresslevel=6, mtime=0), {"content-encoding": "gzip"}


def unpack(body: bytes, encoding: str, most: int) -> bytes:
    """The body before packing, of at most `most` bytes.

    Raises:
        Refused: `wire.unreadable` for another encoding or a broken archive.
        TooLarge: beyond `most` bytes.
    """
    if encoding in {"", "identity"}:
        found = body
    elif encoding == "gzip":
        found = _inflate(body, most)
    else:
        raise _unreadable("A body", f"the encoding {encoding[:40]!r}")
    if len(found) > most:
        raise too_large(most)
    return found


def too_large(most: int) -> TooLarge:
    """The refusal of a body beyond `most` bytes."""
    return TooLarge(
        "wire.too_large",
        "Read a body beyond the limit.",
        f"At most {most} bytes are taken at once.",
        "Send fewer events at a time.",
    )


def _inflate(body: bytes, most: int) -> bytes:
    inflater = zlib.decompressobj(_GZIP_WINDOW)
    try:
        found = inflater.decompress(body, most + 1)
    except zlib.error:
        raise _unreadable("A body", "a broken gzip archive") from None
    if len(found) <= most and not inflater.eof:
        raise _unreadable("A body", "half a gzip archive")
    return found


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(text: str) -> object:
    raise ValueError(text)


def _finite(digits: str) -> float:
    found = float(digits)
    if not math.isfinite(found):
        raise ValueError(digits)
    return found


def _may_be_deep(data: bytes) -> bool:
    """False when a document is not too deep; brackets in texts may make it say True."""
    left = data.translate(None, _NO_BRACKETS)
    for _ in range(MAX_DEPTH // 2):  # a round takes a list and the object around it
        left, before = left.replace(b"[]", b"").replace(b"{}", b""), len(left)
        if len(left) == before:
            break
    return bool(left)


def _depth(document: dict[str, object]) -> int:
    level, depth = list[dict[str, object] | list[object]]([document]), 0
    while level:
        depth += 1
        level = [
            inner
            for holder in level
            for inner in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(inner, (dict, list))
        ]
    return depth


def _unreadable(where: str, read: str) -> Refused:
    return Refused(
        "wire.unreadable",
        f"{where}: read {read}.",
        "Expected one JSON object.",
        "Send it again; if it stays, compare the versions of both sides.",
    )
