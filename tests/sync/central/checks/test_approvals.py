"""A verdict that does not follow, is not answered for, not booked so, or not signed is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, func, select, text
from sqlalchemy import update as update_of

from app.domain.event import EventKind
from sync.central.audit import audit_connection
from sync.central.store.tables import event_approval, meta, receipt
from tests.sync.central.approving import Desk, desk_in
from tests.sync.central.checks.busy import update


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as found:
        valid, forged = found.written_off(1), found.written_off(2)
        found.send(found.record(valid, found.sign(valid)))
        found.send(found.record(forged, "forged"))
        left_out = replace(found.written_off(3), kind=EventKind.RETURN_DISPOSITIONED)
        found.send(found.record(left_out))
        found.revoke("OMAR")
        yield found


VALID = "event_id = (SELECT event_id FROM event_approval WHERE verdict = 'valid')"
FORGED = "event_id = (SELECT event_id FROM event_approval WHERE reasons = '[\"unreadable\"]')"
WRITE_OFF = "book = 'Expenses:WriteOff'"
LOSS = "book = 'Expenses:UnapprovedLoss'"
ALLOWED = "reasons = '[]', verdict = 'valid', \"authorization\" = 'approved'"


@pytest.mark.parametrize(
    ("change", "law"),
    [
        (update("event_approval", "verdict = 'valid'", FORGED), "approval"),
        (update("event_approval", "\"authorization\" = 'approved'", FORGED), "approval"),
        (update("event_approval", "reasons = '[\"luck\"]'", FORGED), "approval"),
        (update("event_approval", ALLOWED, FORGED), "approval"),
        (update("event_approval", "station = 'laptop'", VALID), "approval"),
        (update("approval", "reasons = '[\"own_work\"]'", VALID), "approval"),
        (update("approval", "verdict = 'review'", VALID), "approval"),
        ("DELETE FROM event_approval", "approval"),
        ("DELETE FROM event_approval WHERE reasons = '[\"not_approved\"]'", "approval"),
        ("DELETE FROM exception WHERE type = 'approval.invalid'", "answered"),
        ("UPDATE approver_revocation SET number = 7", "approval"),
        (update("journal_line", LOSS, WRITE_OFF), "approval"),
        (update("journal_line", WRITE_OFF, LOSS), "approval"),
    ],
)
def test_a_planted_fault_is_found(desk: Desk, change: str, law: str) -> None:
    found = set[str]()

    def look(conn: Connection) -> None:
        assert conn.execute(text(change)).rowcount >= 1
        found.update(violation.law for violation in audit_connection(conn).violations)
        raise _Enough

    with pytest.raises(_Enough), desk.store.database.write() as conn:
        look(conn)
    assert law in found


def test_what_came_before_it_was_judged_is_no_fault(desk: Desk) -> None:
    """Records of an older program: events without an approval had no verdict, and stood in the books."""

    def look(conn: Connection) -> None:
        conn.execute(delete(event_approval).where(event_approval.c.reasons == '["not_approved"]'))
        mine = receipt.c.station_id == desk.bench.station_id
        last = int(conn.scalar(select(func.max(receipt.c.id)).where(mine)) or 0)
        for after, wrong in ((last - 1, 1), (last, 0)):
            conn.execute(update_of(meta).where(meta.c.name == "judged_after").values(value=str(after)))
            assert len(audit_connection(conn).violations) == wrong
        raise _Enough

    with pytest.raises(_Enough), desk.store.database.write() as conn:
        look(conn)


class _Enough(Exception):  # noqa: N818 - ends a transaction that must not last
    pass
