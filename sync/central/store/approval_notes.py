"""What stations note of approvers: statements they gave, wrong PINs, locks. Facts, read as far as they go.

A note that a statement was given proves that it existed when the note came: it names the signature too. So a
key that is revoked later, and an event that comes later still, do not make it doubtful.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection

from app.domain.clock import to_text
from app.domain.event import EventKind
from app.domain.fields import EXACT_MAX
from sync.central.store.approval_record import arrived
from sync.central.store.exceptions import Case, plain
from sync.central.store.journal import Fact
from sync.central.store.prepared import inserting
from sync.central.store.tables import approval_note

_KINDS = frozenset(
    {
        EventKind.APPROVAL_GIVEN,
        EventKind.APPROVAL_PIN_FAILED,
        EventKind.APPROVAL_LOCKED,
        EventKind.APPROVAL_UNLOCKED,
    }
)
_MOST = 20
_LONGEST = 100


def note_approvers(conn: Connection, facts: Sequence[Fact]) -> None:
    """Keeps what some facts say of approvers."""
    for fact in facts:
        if fact.event.kind in _KINDS and fact.sealed is not None:
            _note(conn, fact)


def lock_key(station: str, approver: str) -> str:
    """The key of the exception that answers for an approver who is locked at a station."""
    return f"approver.locked:{station}:{approver}"


def approver_named(body: Mapping[str, object]) -> str:
    """The approver whom the body of such an event is about; nobody ("") when it names none."""
    return _text(body, "approver")


def _note(conn: Connection, fact: Fact) -> None:
    if fact.sealed is None:
        return
    proof, approver = arrived(conn, fact.sealed), approver_named(fact.event.body)
    note = {
        "event_id": fact.event.event_id,
        "kind": str(fact.event.kind),
        "approver": approver,
        "station": fact.origin,
        "occurred_at": to_text(fact.occurred_at),
        "received_at": to_text(proof.by),
        "place": proof.place,
    }
    nothing = {"statement": "", "about": "", "counter": 0}
    given = list(_given(fact.event.body)) if fact.event.kind == EventKind.APPROVAL_GIVEN else [nothing]
    _new.run(conn, [note | each for each in given])


def _given(body: Mapping[str, object]) -> Iterator[dict[str, object]]:
    listed = body.get("statements")
    for entry in listed[:_MOST] if isinstance(listed, list | tuple) else ():
        if isinstance(entry, Mapping):
            number = entry.get("counter")
            whole = isinstance(number, int) and not isinstance(number, bool) and 0 < number <= EXACT_MAX
            yield {
                "statement": _text(entry, "proof"),
                "about": _text(entry, "event_id"),
                "counter": number if whole else 0,
            }


def _text(said: Mapping[str, object], name: str) -> str:
    found = said.get(name)
    return plain(found[:_LONGEST]) if isinstance(found, str) else ""


def locked(station: str, approver: str) -> Case:
    """The case of an approver who is locked at a station."""
    return Case(
        key=lock_key(station, approver),
        type="approver.locked",
        subject=f"approver:{approver}",
        owner_role="supervisor",
        fix=f"The PIN of approver {approver} was tried too often at station {station}. Ask that person: if "
        "it was somebody else, revoke the key, otherwise unlock it (POST /v1/approvers/{code}/unlock).",
        at=f"station:{station}",
    )


_new = inserting(approval_note, *(column.name for column in approval_note.columns if column.name != "id"))
