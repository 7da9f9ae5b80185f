"""Where the goods come from: receipts planned from what the file will ask for, with a human service level.

A buyer orders each item in lots that cover some weeks. Before the first day everything in steady demand is on
the shelf; later lots come on the Monday they are needed. A few of them come late, and a few come short, with
the rest behind them: until then orders wait. Pure: file and seed decide everything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from app.replay.goods import sku_of
from app.replay.rows import Entry, Kind, Paper

MOST_LINES = 1_500

_COVERS = (3, 4, 6, 8)
_OPENING_WEEKS = 6
_LATE = 0.09
_SHORT = 0.06
_WEEK = timedelta(days=7)
_OPENING = time(18, 0, tzinfo=UTC)
_MORNING = time(6, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One receipt: goods that come in at one time; `lines` are SKU and base units."""

    document: str
    at: datetime
    lines: tuple[tuple[str, int], ...]


def taken(paper: Paper, entry: Entry) -> int:
    """Units that a row takes off the shelf."""
    gone = entry.kind in {Kind.SALE, Kind.WRITE_OFF} or (entry.kind is Kind.ADJUSTMENT and paper.bought)
    return entry.units if gone else 0


def plan(papers: Iterable[Paper], seed: int) -> tuple[Delivery, ...]:
    """All receipts in the order of time, each of at most `MOST_LINES` lines."""
    by_item: defaultdict[str, dict[int, int]] = defaultdict(dict)
    monday: date | None = None
    opening: datetime | None = None
    for paper in papers:
        if monday is None:
            first = paper.at.date()
            monday = first - timedelta(days=first.weekday())
            opening = datetime.combine(first - timedelta(days=1), _OPENING)
        week = (paper.at.date() - monday) // _WEEK
        for entry in paper.entries:
            if units := taken(paper, entry):
                weeks = by_item[sku_of(entry.row.code)]
                weeks[week] = weeks.get(week, 0) + units
    if monday is None or opening is None:
        return ()
    arriving: defaultdict[datetime, dict[str, int]] = defaultdict(dict)
    for sku in sorted(by_item):
        for week, units in _lots(by_item[sku], Random(f"{seed} supply {sku}")):  # noqa: S311 - a play
            morning = datetime.combine(monday + week * _WEEK, _MORNING)
            at = opening if week <= 0 else morning
            arriving[at][sku] = arriving[at].get(sku, 0) + units
    return tuple(_documents(arriving))


def _lots(weeks: Mapping[int, int], chance: Random) -> Iterator[tuple[int, int]]:
    """When one item's lots arrive, and how much is in each; week 0 stands for the opening."""
    cover = chance.choice(_COVERS)
    asked = sorted(weeks)
    while asked:
        start = 0 if asked[0] < _OPENING_WEEKS and asked[0] == min(weeks) else asked[0]
        end = max(start, asked[0]) + cover
        units = sum(weeks[week] for week in asked if week < end)
        asked = [week for week in asked if week >= end]
        fate = chance.uniform(0, 1)
        if start and fate < _LATE:
            yield start + chance.choice((1, 1, 1, 2)), units
        elif start and fate < _LATE + _SHORT and units > 1:
            part = max(1, units * chance.randint(50, 85) // 100)
            yield start, part
            yield start + chance.choice((2, 3)), units - part
        else:
            yield start, units


def _documents(arriving: Mapping[datetime, Mapping[str, int]]) -> Iterator[Delivery]:
    for at in sorted(arriving):
        lines = sorted((sku, units) for sku, units in arriving[at].items() if units)
        for number, start in enumerate(range(0, len(lines), MOST_LINES), 1):
            yield Delivery(f"GRN-{at:%Y%m%d}-{number}", at, tuple(lines[start : start + MOST_LINES]))
