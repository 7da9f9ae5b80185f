"""Fitting texts into measured room: clean, shrink, shorten at word ends, wrap.

Widths are counted in ems, the height of the letters' box, so that one measure serves every size.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable
from functools import lru_cache
from typing import NamedTuple, Protocol

ELLIPSIS = "…"
# More than any label shows; a runaway text must not cost time in proportion to its length.
_LONGEST = 240
_TRAILING = " ,;:.-\u2013\u2014/·(&+"


class Face(Hashable, Protocol):
    """A typeface that can be measured; it can be hashed, because fits are remembered."""

    @property
    def cap(self) -> float:
        """Height of a capital letter in ems."""

    def width(self, text: str, *, bold: bool) -> float:
        """Advance width of `text` in ems."""


# Labels of one bench share most of their texts: station, place, day, often item and decision.
@lru_cache(maxsize=2048)
def clean(text: str) -> str:
    """One line of composed text: runs of blanks become one, control and invisible signs go."""
    text = text[:_LONGEST]
    if not (text.isascii() and text.isprintable()):
        visible = (c if unicodedata.category(c)[0] != "C" else " " if c.isspace() else "" for c in text)
        text = unicodedata.normalize("NFC", "".join(visible))
    return " ".join(text.split())


def shorten(text: str, face: Face, *, bold: bool, ems: float) -> str:
    """`text`, or as many of its words as fit with an ellipsis.

    A word is cut inside only where ending at a word would leave more than half of the room empty. Blank
    when not even the ellipsis fits.
    """
    if face.width(text, bold=bold) <= ems:
        return text
    cut = _longest_prefix(text, face, bold=bold, ems=ems)
    if cut < 0:
        return ""
    prefix = text[:cut]
    at_word = text[cut] != " " and prefix.rpartition(" ")[0].rstrip(_TRAILING)
    if at_word and face.width(at_word + ELLIPSIS, bold=bold) >= ems / 2:
        prefix = at_word
    return prefix.rstrip(_TRAILING) + ELLIPSIS


def _longest_prefix(text: str, face: Face, *, bold: bool, ems: float) -> int:
    """How many signs fit before an ellipsis; -1 when the ellipsis alone does not."""
    low, high = -1, len(text) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if face.width(text[:middle] + ELLIPSIS, bold=bold) <= ems:
            low = middle
        else:
            high = middle - 1
    return low


@lru_cache(maxsize=512)
def wrap(text: str, face: Face, *, bold: bool, ems: float, most: int) -> tuple[str, ...]:
    """At most `most` lines broken between words; the last is shortened when text remains."""
    if text and face.width(text, bold=bold) <= ems:
        return (text,)
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most - 1:
        count = 1
        while count < len(words) and face.width(" ".join(words[: count + 1]), bold=bold) <= ems:
            count += 1
        lines.append(shorten(" ".join(words[:count]), face, bold=bold, ems=ems))
        words = words[count:]
    if words:
        lines.append(shorten(" ".join(words), face, bold=bold, ems=ems))
    return tuple(lines)


class Fitted(NamedTuple):
    """A text that fits its room, the em to set it in and how wide it is then, both in the room's unit."""

    text: str
    em: float
    wide: float


@lru_cache(maxsize=2048)
def fit(text: str, face: Face, bold: bool, room: float, em: float, *, least: float = 1.0) -> Fitted:
    """Sets `text` into `room`: at `em`, else smaller down to `least` x em, else shortened at that size."""
    ems = face.width(text, bold=bold)
    if ems * em <= room:
        return Fitted(text, em, ems * em)
    if ems * em * least <= room:
        return Fitted(text, room / ems, room)
    em *= least
    text = shorten(text, face, bold=bold, ems=room / em)
    return Fitted(text, em, face.width(text, bold=bold) * em)
