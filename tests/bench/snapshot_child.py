"""One side of a snapshot, in a process of its own: `python -m tests.bench.snapshot_child SIDE FOLDER`.

`make` packs the snapshot of the centre in the folder, `take` proves and builds it into a station's mirror,
`bare` writes the same rows and two indexes by the bare driver, `raw` copies the mirror that was built. Says
one JSON line: `seconds`, `peak_mb`, `rows`.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from app.domain.approvals import PolicyKey
from app.domain.fields import Fields
from app.domain.snapshot import pages_of
from app.ledger import mirror
from app.ledger.identity import StationSettings
from app.ledger.writer import Ledger
from app.station.system import SystemClock, SystemIds
from sync.central.snapshots import Snapshots
from sync.central.store.database import create_database
from sync.client.snapshot import Expected, download, lines
from sync.wire.protocol import MAX_CHANGES
from sync.wire.snapshots import MAX_PIECE, Offered, Piece
from tests.approvals.world import POLICY, ROOT
from tests.bench.memory import peak_mb

AT = datetime(2026, 11, 22, tzinfo=UTC)
_SITE = "WH1"
_COMMIT = 5_000


class _Here:
    """The centre's end without a network: pieces of the packed file."""

    def __init__(self, folder: Path) -> None:
        told = json.loads((folder / "offered.json").read_text())
        self._offered = Offered.from_json(Fields(told, "offered"))
        self._file = folder / "packed"

    def snapshot(self) -> Offered:
        return self._offered

    def snapshot_piece(self, cursor: object, offset: int) -> Piece:
        del cursor
        with self._file.open("rb") as file:
            file.seek(offset)
            return Piece(file.read(MAX_PIECE))


def make(folder: Path) -> int:
    """Packs and signs; the rows."""
    database = create_database(f"sqlite:///{folder / 'centre.db'}")
    made = Snapshots(database, "c" * 32)
    try:
        said = made.newest(_SITE, AT)
        with (folder / "packed").open("wb") as file:
            while piece := made.piece(_SITE, said.cursor, file.tell(), AT):
                file.write(piece)
    finally:
        made.close()
        database.close()
    grant = PolicyKey(1, POLICY.public_key, AT, AT.replace(year=2027)).signed(ROOT)
    (folder / "offered.json").write_text(json.dumps(Offered(said.signed(POLICY), grant).to_json()))
    return said.mirror.rows


def take(folder: Path) -> int:
    """Proves and builds; the rows."""
    side = folder / "side"
    said, _ = download(_Here(folder), side, Expected(_SITE, ROOT.public_key))
    settings = StationSettings("bench", "UTC", "boot-1")
    with Ledger(
        folder / "station.db", sqlite3, signer=POLICY, clock=SystemClock(), ids=SystemIds(), settings=settings
    ) as ledger:
        opaque = sum(
            mirror.apply_page(ledger, page).opaque for page in pages_of(said, lines(side), MAX_CHANGES)
        )
    # What nobody can look up is no item of this station.
    return said.mirror.rows - opaque


def bare(folder: Path) -> int:
    """Reads each record and writes it durably, many in a commit; the indexes come last, which is cheapest."""
    rows = 0
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as db:
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA cache_size=-65536"):
            db.execute(statement).fetchall()
        db.execute(
            "CREATE TABLE item (id INTEGER PRIMARY KEY, sku TEXT, gtin TEXT, name TEXT, document TEXT)"
        )
        whole = lines(folder / "packed")
        while batch := [_row(line) for line in islice(whole, _COMMIT)]:
            db.execute("BEGIN")
            db.executemany("INSERT INTO item (sku, gtin, name, document) VALUES (?, ?, ?, ?)", batch)
            db.execute("COMMIT")
            rows += len(batch)
        for column in ("sku", "gtin"):
            db.execute(f"CREATE UNIQUE INDEX ux_{column} ON item ({column})")
    return rows


def _row(line: bytes) -> tuple[str, str, str, str]:
    text: str = json.loads(line)["document"]
    document = json.loads(text)
    return document["sku"], document["gtins"][0], document["name"], text


def raw(folder: Path) -> int:
    """Copies the mirror that was built as one file, which is the least that any way of getting it costs."""
    shutil.copyfile(folder / "station.db", folder / "copy.db")
    return 0


def main(arguments: Sequence[str]) -> int:
    """Does one side once."""
    side, folder = arguments
    began = time.perf_counter()
    rows = {"make": make, "take": take, "bare": bare, "raw": raw}[side](Path(folder))
    seconds = time.perf_counter() - began
    sys.stdout.write(json.dumps({"seconds": seconds, "peak_mb": peak_mb(), "rows": rows}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
