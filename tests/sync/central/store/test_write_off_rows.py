from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from sync.central.store.tables import write_off
from sync.central.store.write_off_rows import NOTHING_LEFT, answering
from tests.sync.central.discarding import discard
from tests.sync.central.shop import open_shop

SAID = {"to": "rejected", "by": "Lee", "when": "2026-01-04T09:00:00Z", "why": "it can be sold"}


def test_an_answer_names_who_when_and_why_and_touches_no_other_request(tmp_path: Path) -> None:
    # An answer without its case, which whoever answers opens, is no honest ledger.
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A")
        for label in ("L-1", "L-2"):
            discard(shop, label)
        with shop.database.write() as conn:
            code = conn.scalar(select(write_off.c.code).order_by(write_off.c.code))
            answering(**NOTHING_LEFT).run(conn, [{"which": code, **SAID}])
            rows = {row.code: row for row in conn.execute(select(write_off))}
    answered = rows.pop(code)
    assert (answered.state, answered.decided_by, answered.decided_at) == ("rejected", "Lee", SAID["when"])
    assert (answered.decision_reason, answered.event_id) == (SAID["why"], None)
    assert [row.state for row in rows.values()] == ["requested"]
