"""A bench's days without a network, in a process of its own: `FOLDER NUMBER DAYS EVENTS BEGAN`.

Records so many events on each of these days, from an instant on, into the record of a folder that has joined
a centre. Their labels were printed at once.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random

from app.bootstrap.folder import Folder
from app.domain.clock import from_text
from app.domain.returns import Rma, RmaLine
from tests.bench.grown import open_ledger
from tests.bench.starting import print_all
from tests.bench.workload import OWNER, SITE, SeededIds, Shift, SteppingClock, sku

ITEMS = 60
_LINES, _UNITS_A_LINE = 3, 20
_UNITS_A_RETURN = _LINES * _UNITS_A_LINE


def returns_of(number: int, events: int) -> Iterator[Rma]:
    """The returns that come to a bench: large ones, since what is measured are events, not returns."""
    random, names = Random(number), [sku(which) for which in range(ITEMS)]
    for count in range(events // _UNITS_A_RETURN + 1):
        lines = tuple(
            RmaLine(place, name, _UNITS_A_LINE, "changed_mind")
            for place, name in enumerate(random.sample(names, _LINES), 1)
        )
        code = f"{number:02d}{count:05d}"
        yield Rma(f"R-{code}", OWNER, f"SO-{code}", lines, tracking=(f"PX{code}GB",), site=SITE)


def main(arguments: Sequence[str]) -> int:
    """Records all of it."""
    folder, (number, days, events) = Path(arguments[0]), map(int, arguments[1:4])
    began = from_text(arguments[4])
    clock, ids = SteppingClock(began), SeededIds(number)
    with open_ledger(folder, clock, ids) as ledger:
        if ledger.identity is None:
            raise ValueError(f"{folder} has joined no centre")
        shift = Shift(clock, ids, Random(number), ITEMS, bench=ledger.identity.bench)
        work = shift.units(returns_of(number, days * events))
        for day in range(days):
            clock.wait_until(began + timedelta(days=day))
            for unit in islice(work, events):
                ledger.record(unit.event, unit.also)
    print_all(str(Folder(folder).record))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
