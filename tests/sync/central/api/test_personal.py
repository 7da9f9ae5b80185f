"""Personal values over HTTP: who may read them, and that no answer with them is kept."""

from __future__ import annotations

from sqlalchemy import select

from sync.central.rules.access import Role
from sync.central.store.tables import event, idempotency, receipt, rma
from tests.centre import RunningCentre

VALUES = {"name": "Anna Karenina", "email": "anna@example.com"}


def test_only_service_reads_and_nothing_that_was_read_is_stored(centre: RunningCentre) -> None:
    with centre.database.write() as conn:
        row = {"code": "R-1", "owner": "ACME", "customer": "c-1", "state": "open", "finished": False}
        conn.execute(rma.insert().values(**row, document="{}", created_at="2026-01-01T00:00:00Z"))
    planner, service = centre.as_(Role.PLANNER), centre.as_(Role.SERVICE)
    ref = planner.post("/personal", {"rma": "R-1", "values": VALUES})["pii_ref"]
    why = {"purpose": "the parcel came back"}
    for role in set(Role) - {Role.SERVICE}:
        assert centre.as_(role).send(f"/personal/{ref}/read", why).status_code == 403, role
    assert service.post(f"/personal/{ref}/read", why, key="one")["values"] == VALUES
    again = service.send(f"/personal/{ref}/read", why, key="one")
    assert (again.status_code, again.json()["code"]) == (409, "idempotency.secret")
    shown = service.post(f"/personal/{ref}/read", why | {"label": True})["values"]
    assert shown == {"name": "A. K.", "email": "a…@….com"}
    subject = {"customer": "c-1", "reason": "asked by letter"}
    assert service.post("/personal/export", subject)["personal"][0]["values"] == VALUES
    with centre.database.read() as conn:
        assert not any(b"Anna" in bytes(body) for body in conn.scalars(select(idempotency.c.response)))
    assert centre.as_(Role.ADMIN).post("/personal/retention", {"days": 30}) == {"days": 30}
    assert service.post("/personal/erase", subject) == {"erased": [ref]}
    assert service.send(f"/personal/{ref}/read", why).status_code == 404


def test_only_an_admin_erases_one_event_and_never_why_values_were_read(
    centre: RunningCentre,
) -> None:
    with centre.database.write() as conn:
        row = {"code": "R-1", "owner": "ACME", "customer": "c-1", "state": "open", "finished": False}
        conn.execute(rma.insert().values(**row, document="{}", created_at="2026-01-01T00:00:00Z"))
    service, admin = centre.as_(Role.SERVICE), centre.as_(Role.ADMIN)
    ref = centre.as_(Role.PLANNER).post("/personal", {"rma": "R-1", "values": VALUES})["pii_ref"]
    service.post(f"/personal/{ref}/read", {"purpose": "I was curious"})
    admin.post("/personal/retention", {"days": 30})
    kinds = event.c.kind.in_(["personal.read", "personal.kept", "centre.governed"])
    with centre.database.read() as conn:
        found = {row.kind: row.event_id for row in conn.execute(select(event).where(kinds))}
    assert len(found) == 3
    for event_id in found.values():
        asked = {"event": event_id, "reason": "it is nobody's business"}
        for role in set(Role) - {Role.ADMIN}:
            assert centre.as_(role).send("/personal/erase-event", asked).status_code == 403, role
        answer = admin.send("/personal/erase-event", asked)
        assert (answer.status_code, answer.json()["code"]) == (422, "personal.stays")
    with centre.database.read() as conn:
        said = select(receipt.c.private).where(receipt.c.event_id == found["personal.read"])
        assert b"curious" in bytes(conn.scalar(said) or b"")
