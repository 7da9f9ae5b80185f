"""One pull of the trigger, one scan: folds machine repeats and the two barcodes of one pack. Pure.

Two things make one physical act arrive twice. A scanner or its radio link delivers the same read again at
once (a bounce), and an imager that sees the 1D and the 2D code of a pack sends both. Both arrive faster than
a hand can pull the trigger twice. Everything slower is a person's and counts.

The defaults: an identical read within 40 ms of the last is a bounce. A hand needs 150 ms and more; the
fastest honest stream the bench must take is 80 ms apart, and a busy computer may stamp two such reads closer
together than they were, so half of that is the most that is safe. Radio links repeat within 5 to 20 ms. The
two codes of one pack come within 300 ms; scanning the next unit of the same item takes a hand longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.scanning.meaning import Gs1, Gtin14, Meaning


class Verdict(StrEnum):
    """What to do with a read."""

    COUNT = "count"
    BOUNCE = "bounce"  # the same read again: drop it
    SAME_PACK = "same_pack"  # the pack's other code, nothing new in it: drop it
    SAME_PACK_MORE = (
        "same_pack_more"  # the pack's other code, which adds lot, serial or date: take these, count no unit
    )


@dataclass(frozen=True, slots=True)
class Gaps:
    """Limits of one scanner in milliseconds; 0 switches a rule off."""

    bounce_ms: float = 40.0
    pack_ms: float = 300.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What one scanner read last; keep one for each source, start with `NOTHING`.

    `pack` is the GTIN of the pack in view since `pack_ms`, `bare` and `rich` the raw reads of its two codes.
    """

    raw: str = ""
    at_ms: float = float("-inf")
    pack: str | None = None
    pack_ms: float = float("-inf")
    bare: str | None = None
    rich: str | None = None


NOTHING = Seen()


def judge(seen: Seen, meaning: Meaning, mono_ms: float, gaps: Gaps) -> tuple[Verdict, Seen]:
    """Whether a read counts, and what to remember for the next one.

    Args:
        seen: what this scanner read before.
        meaning: the read at hand.
        mono_ms: its monotonic time in milliseconds, from the scan record.
        gaps: this scanner's limits.
    """
    since = mono_ms - seen.at_ms
    if meaning.raw == seen.raw and 0 <= since < gaps.bounce_ms:
        # The time slides on, so that a stuck scanner's stream stays one read however long it lasts.
        return Verdict.BOUNCE, _at(seen, mono_ms)
    gtin = _gtin(meaning)
    fresh = gtin is not None and gtin == seen.pack and 0 <= mono_ms - seen.pack_ms < gaps.pack_ms
    if fresh and isinstance(meaning, Gtin14) and seen.bare is None:
        return Verdict.SAME_PACK, Seen(meaning.raw, mono_ms, gtin, seen.pack_ms, meaning.raw, seen.rich)
    if fresh and isinstance(meaning, Gs1) and seen.rich is None:
        return Verdict.SAME_PACK_MORE, Seen(meaning.raw, mono_ms, gtin, seen.pack_ms, seen.bare, meaning.raw)
    bare = meaning.raw if isinstance(meaning, Gtin14) else None
    rich = meaning.raw if isinstance(meaning, Gs1) else None
    return Verdict.COUNT, Seen(meaning.raw, mono_ms, gtin, mono_ms, bare, rich)


def _at(seen: Seen, mono_ms: float) -> Seen:
    return Seen(seen.raw, mono_ms, seen.pack, seen.pack_ms, seen.bare, seen.rich)


def _gtin(meaning: Meaning) -> str | None:
    return meaning.gtin if isinstance(meaning, Gtin14 | Gs1) else None
