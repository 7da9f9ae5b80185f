"""Everything that waits in a database, settled: `python -m tests.bench.settling_child FOLDER BLOCK`.

That many items at a time, all in one durable transaction; the database is used up. Says one JSON line:
`seconds`, `units` and `lines` that got something, and `peak_mb` of the whole process.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from sync.central.collecting import collect_seldom
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.tables import order_line
from tests.bench.backlog import BACKLOG
from tests.bench.memory import peak_mb
from tests.bench.shopping import open_desk
from tests.bench.stores import SqliteStore
from tests.bench.workload import OWNER


def main(arguments: Sequence[str]) -> int:
    """Settles once and says what that took."""
    folder, block = Path(arguments[0]), int(arguments[1])
    with open_desk(SqliteStore(folder), BACKLOG) as desk:
        with desk.database.read() as conn:
            found = conn.scalars(select(order_line.c.sku).distinct().order_by(order_line.c.sku))
            names = [str(name) for name in found]
        parts = [names[start : start + block] for start in range(0, len(names), block)]
        # As a served centre has it.
        collect_seldom()
        began = time.perf_counter()
        desk.act(partial(_settled, parts=parts))
        seconds = time.perf_counter() - began
        with desk.database.read() as conn:
            units, lines = conn.execute(_got).one()
    told = {"seconds": seconds, "units": int(units), "lines": int(lines), "peak_mb": peak_mb()}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


def _settled(act: Act, parts: Sequence[Sequence[str]]) -> None:
    for part in parts:
        settle(act, OWNER, part)


_got = select(func.sum(order_line.c.reserved), func.count()).where(order_line.c.reserved > 0)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
