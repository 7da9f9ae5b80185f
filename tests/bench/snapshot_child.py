"""One side of a snapshot, in a process of its own: `python -m tests.bench.snapshot_child SIDE FOLDER`.

`make` packs the snapshot of the centre in the folder, `take` proves and builds it into a station's mirror,
`raw` copies the mirror that was built. Says one JSON line: `seconds`, `peak_mb`,
`rows`.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
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
        for page in pages_of(said, lines(side), MAX_CHANGES):
            mirror.apply_page(ledger, page)
    return said.mirror.rows


def raw(folder: Path) -> int:
    """Copies the mirror that was built as one file, which is the least that any way of getting it costs."""
    shutil.copyfile(folder / "station.db", folder / "copy.db")
    return 0


def main(arguments: Sequence[str]) -> int:
    """Does one side once."""
    side, folder = arguments
    began = time.perf_counter()
    rows = {"make": make, "take": take, "raw": raw}[side](Path(folder))
    seconds = time.perf_counter() - began
    sys.stdout.write(json.dumps({"seconds": seconds, "peak_mb": peak_mb(), "rows": rows}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
