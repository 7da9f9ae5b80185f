"""Cursors of pages: where the last page ended, as one text that callers hand back unread."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence

from app.domain.refusal import Refused

# The largest row number either database takes.
_LARGEST = (1 << 63) - 1
_NEVER = "\x00"


def pack(parts: Sequence[str]) -> str:
    """Some texts as one cursor."""
    plain = json.dumps(list(parts), ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def unpack(cursor: str | None, size: int) -> tuple[str, ...]:
    """The texts of a cursor; none for the first page.

    Args:
        cursor: what an earlier page gave.
        size: how many texts that page packs.

    Raises:
        Refused: no page gave that.
    """
    if cursor is None:
        return ()
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        raise unfit(cursor) from None
    whole = isinstance(found, list) and len(found) == size
    if not whole or not all(isinstance(part, str) and _sayable(part) for part in found):
        raise unfit(cursor)
    return tuple(found)


def row_number(cursor: str | None) -> int:
    """The row that the last page ended with; 0, which no row has, for the first page.

    Raises:
        Refused: no page gave that.
    """
    if cursor is None:
        return 0
    if not cursor.isascii() or not cursor.isdigit() or (found := int(cursor)) > _LARGEST:
        raise unfit(cursor)
    return found


def move_number(cursor: str | None) -> tuple[int, int]:
    """The event's row and the move's number in it that the last page ended with.

    Raises:
        Refused: no page gave that.
    """
    if cursor is None:
        return 0, 0
    row, dash, n = cursor.partition("-")
    if not dash:
        raise unfit(cursor)
    return row_number(row), row_number(n)


def unfit(cursor: str) -> Refused:
    """The refusal of a cursor that no page gave."""
    return Refused(
        "cursor.unfit",
        f"Read the cursor {cursor[:40]!r}.",
        "Expected one that an earlier page gave.",
        "Start without a cursor.",
    )


def _sayable(part: str) -> bool:
    """PostgreSQL is asked about no NUL, and neither database about half a sign."""
    return _NEVER not in part and not any("\ud800" <= sign <= "\udfff" for sign in part)
