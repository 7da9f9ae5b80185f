"""A verdict that does not follow, is not answered for, not booked so, or not signed is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from sync.central.audit import audit_connection
from tests.sync.central.approving import Desk, desk_in
from tests.sync.central.checks.busy import update


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as found:
        valid, forged = found.written_off(1), found.written_off(2)
        found.send(found.record(valid, found.sign(valid)))
        found.send(found.record(forged, "forged"))
        found.revoke("OMAR")
        yield found


VALID = "event_id = (SELECT event_id FROM event_approval WHERE verdict = 'valid')"
FORGED = "event_id = (SELECT event_id FROM event_approval WHERE verdict = 'invalid')"
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


class _Enough(Exception):  # noqa: N818 - ends a transaction that must not last
    pass
