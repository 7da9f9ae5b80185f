"""Balances from moves in a process of its own: `python -m tests.bench.folding_child WAY FOLDER`.

Ways: `sql` (the bare driver), `fold` (the centre's own statement, each row kept), `anew` (one statement
writes all balances) and `repair` (the centre's corrections of balances that are all gone). Says one JSON
line: `seconds`, `accounts`, and `peak_mb` of the whole process.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from tests.bench.memory import peak_mb

_FILE = "sqlite-ledger/centre.db"
_BARE = """
select account, sum(qty) from (
  select target as account, qty from move union all select source, -qty from move
) group by account
"""

# Seconds, and how many accounts or balances there were.
Told = tuple[float, int]


def sql(folder: Path) -> Told:
    """The database's own speed."""
    with closing(sqlite3.connect(folder / _FILE)) as connection:
        connection.execute("PRAGMA cache_size=-65536").fetchall()
        began = time.perf_counter()
        accounts = sum(1 for _ in connection.execute(_BARE))
        return time.perf_counter() - began, accounts


def fold(folder: Path) -> Told:
    """What an audit and a repair begin with."""
    from sync.central.store.folding import FOLD  # noqa: PLC0415 - the bare way is measured without them
    from tests.bench.shopping import open_desk  # noqa: PLC0415
    from tests.bench.stores import SqliteStore  # noqa: PLC0415

    with open_desk(SqliteStore(folder), "ledger") as desk, desk.database.read() as conn:
        began = time.perf_counter()
        held = {account: qty for account, qty in conn.execute(FOLD)}  # noqa: C416 - rows are no pairs
        return time.perf_counter() - began, len(held)


def anew(folder: Path) -> Told:
    """The shortest way to have them again."""
    return _rebuilt(folder, by_repair=False)


def repair(folder: Path) -> Told:
    """As the repair does it, account by account and on the record."""
    return _rebuilt(folder, by_repair=True)


def _rebuilt(folder: Path, *, by_repair: bool) -> Told:
    from sqlalchemy import delete, func, select  # noqa: PLC0415

    from sync.central.repairs.balances import wrong_balances  # noqa: PLC0415
    from sync.central.repairs.unproven import Unproven  # noqa: PLC0415
    from sync.central.store.act import Act  # noqa: PLC0415
    from sync.central.store.tables import balance  # noqa: PLC0415
    from tests.bench.ledger_rows import fold_anew  # noqa: PLC0415
    from tests.bench.shopping import open_desk  # noqa: PLC0415
    from tests.bench.stores import SqliteStore  # noqa: PLC0415

    def by_one(act: Act) -> None:
        for correction in wrong_balances(act.conn, Unproven(everything=False, items=frozenset())):
            correction.change(act)

    with open_desk(SqliteStore(folder), "ledger") as desk:
        desk.act(lambda act: act.conn.execute(delete(balance)))
        began = time.perf_counter()
        desk.act(by_one if by_repair else lambda act: fold_anew(act.conn))
        seconds = time.perf_counter() - began
        with desk.database.read() as conn:
            return seconds, int(conn.scalar(select(func.count()).select_from(balance)) or 0)


WAYS: dict[str, Callable[[Path], Told]] = {"sql": sql, "fold": fold, "anew": anew, "repair": repair}


def main(arguments: Sequence[str]) -> int:
    """Folds once and says what that took."""
    seconds, accounts = WAYS[arguments[0]](Path(arguments[1]))
    told = {"seconds": seconds, "accounts": accounts, "peak_mb": peak_mb()}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
