"""One act, one scan: scripts of reads in time and the verdict each must get."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scanning.double_read import NOTHING, Gaps, Verdict, judge
from app.scanning.read import read

EAN = "]E04006381333931"
OTHER = "]E0036000291452"
FIRST = "]d2010400638133393121S1"
SECOND = "]d2010400638133393121S2"
UNDO = "XKUNDOG"

COUNT, BOUNCE, PACK, MORE = Verdict.COUNT, Verdict.BOUNCE, Verdict.SAME_PACK, Verdict.SAME_PACK_MORE


def verdicts(script: list[tuple[float, str]], gaps: Gaps | None = None) -> list[Verdict]:
    seen, found = NOTHING, []
    for at_ms, raw in script:
        verdict, seen = judge(seen, read(raw), at_ms, gaps or Gaps())
        found.append(verdict)
    return found


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ([(0, EAN), (5, EAN)], [COUNT, BOUNCE]),
        ([(0, UNDO), (12, UNDO)], [COUNT, BOUNCE]),
        ([(0, EAN), (39, EAN), (78, EAN), (117, EAN)], [COUNT, BOUNCE, BOUNCE, BOUNCE]),
        ([(0, EAN), (40, EAN)], [COUNT, COUNT]),
        ([(0, EAN), (700, EAN), (1400, EAN)], [COUNT, COUNT, COUNT]),
        ([(0, EAN), (5, OTHER), (10, EAN)], [COUNT, COUNT, COUNT]),
        ([(0, EAN), (60, FIRST)], [COUNT, MORE]),
        ([(0, FIRST), (60, EAN)], [COUNT, PACK]),
        ([(0, EAN), (60, FIRST), (70, FIRST)], [COUNT, MORE, BOUNCE]),
        ([(0, EAN), (400, FIRST)], [COUNT, COUNT]),
        ([(0, OTHER), (60, FIRST)], [COUNT, COUNT]),
        ([(0, FIRST), (60, SECOND)], [COUNT, COUNT]),
        ([(0, FIRST), (60, EAN), (900, SECOND), (960, EAN)], [COUNT, PACK, COUNT, PACK]),
        ([(0, EAN), (60, FIRST), (120, SECOND)], [COUNT, MORE, COUNT]),
        ([(0, EAN), (60, FIRST), (120, EAN)], [COUNT, MORE, COUNT]),
        ([(0, EAN), (-5, EAN)], [COUNT, COUNT]),
        ([(0, UNDO), (60, FIRST), (90, UNDO)], [COUNT, COUNT, COUNT]),
    ],
)
def test_scripts(script: list[tuple[float, str]], expected: list[Verdict]) -> None:
    assert verdicts(script) == expected


def test_the_rules_can_be_switched_off() -> None:
    off = Gaps(bounce_ms=0, pack_ms=0)
    assert verdicts([(0, EAN), (0, EAN), (1, FIRST), (1, EAN)], off) == [COUNT] * 4


@given(
    codes=st.lists(st.sampled_from([EAN, OTHER, FIRST, SECOND, UNDO]), min_size=1, max_size=40),
    gap=st.floats(300, 5000),
)
def test_nothing_a_hand_does_is_dropped(codes: list[str], gap: float) -> None:
    assert verdicts([(n * gap, code) for n, code in enumerate(codes)]) == [COUNT] * len(codes)


@given(code=st.sampled_from([EAN, FIRST, UNDO]), count=st.integers(1, 40))
def test_the_fastest_honest_stream_counts_every_read(code: str, count: int) -> None:
    assert verdicts([(n * 80.0, code) for n in range(count)]) == [COUNT] * count
