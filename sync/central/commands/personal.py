"""Personal values: kept, read for a purpose, handed to the person they are about, erased. All on the record.

Events name references and kinds of values, never a value, so that dropping a key leaves every chain whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from app.domain.event import EventKind
from app.domain.masking import masked
from app.domain.refusal import Refused
from sync.central.commands.personal_asked import EventErasure, NewPersonal, ReadPersonal, Retention, Subject
from sync.central.rules.outcomes import missing
from sync.central.store import erasing, governed, personal
from sync.central.store.act import Act
from sync.central.store.personal import PURPOSE, Kept, Vault
from sync.central.store.tables import rma

_AT_ONCE = 1_000


def keep(act: Act, asked: NewPersonal) -> dict[str, object]:
    """Keeps values of an RMA; answers the reference that events and other records name.

    Raises:
        Missing: no such RMA.
    """
    row = act.conn.execute(select(rma.c.customer).where(rma.c.code == asked.rma)).one_or_none()
    if row is None:
        raise missing("RMA", asked.rma)
    days = asked.days or personal.keep_days(act.conn)
    values = {str(kind): value for kind, value in asked.values.items()}
    ref, until = _vault(act).keep(asked.rma, row.customer, values, act.posted_at, days)
    body: dict[str, object] = {"pii_ref": ref, "kinds": sorted(values), "keep_until": until}
    _record(act, EventKind.PERSONAL_KEPT, f"rma:{asked.rma}", body)
    return {"pii_ref": ref, "keep_until": until}


def read(act: Act, ref: str, asked: ReadPersonal) -> dict[str, object]:
    """The values of a reference; who read them, and what for, is on the record.

    Raises:
        Missing: there is none, or none any more.
    """
    row = personal.found(act.conn, ref)
    if row is None:
        raise missing("personal record", ref)
    kept = _vault(act).opened(row)
    body = {"pii_refs": [ref], "masked": asked.label}
    _record(act, EventKind.PERSONAL_READ, f"rma:{kept.rma}", body, asked.purpose)
    return _told(kept, label=asked.label)


def export(act: Act, asked: Subject) -> dict[str, object]:
    """Everything that is kept about somebody, for that person."""
    rows, vault = _of(act, asked), _vault(act)
    told = [_told(vault.opened(row), label=False) for row in rows]
    if rows:
        body = {"pii_refs": [row.ref for row in rows], "masked": False}
        _record(act, EventKind.PERSONAL_READ, _subject(asked), body, asked.reason)
    return {"personal": told}


def erase(act: Act, asked: Subject) -> dict[str, object]:
    """Drops everything that is kept about somebody, with the keys; what names it stays and says nothing.

    The private parts of events about them go too, here and at the stations that sealed them; also of events
    that come only later, from a station that was away.
    """
    rows = _of(act, asked)
    refs = [row.ref for row in rows]
    events = erasing.about(act.conn, rma_code=asked.rma, customer=asked.customer)
    names = erasing.returns_of(act.conn, rma_code=asked.rma, customer=asked.customer)
    if asked.customer is not None:
        names.append(_subject(asked))
    personal.drop(act.conn, rows)
    if rows or events or set(names) - erasing.standing(act.conn, names):
        said = _erased(act, _subject(asked), refs, events, asked.reason, standing=names)
        erasing.stand(act.conn, names, said, act.posted_at)
    done: dict[str, object] = {"erased": refs}
    return done | ({"events": events} if events else {})


def erase_event(act: Act, asked: EventErasure) -> dict[str, object]:
    """Erases the private part of one event, whatever it is about.

    Raises:
        Missing: no such event.
        Refused: `personal.stays` for one that says why values were read or erased, or why somebody governed.
    """
    owed = erasing.is_owed(act.conn, asked.event)
    if owed is None:
        raise missing("event", asked.event)
    kind = erasing.kept_kind(act.conn, asked.event)
    if kind is not None:
        raise Refused(
            "personal.stays",
            f"Event {asked.event} is one of {kind}.",
            "Why somebody read or erased personal values, or governed, stays on record.",
            "Erase what is about the person; nothing was changed.",
        )
    events = [asked.event] if owed else []
    if events:
        _erased(act, f"event:{asked.event}", [], events, asked.reason)
    return {"erased": [], "events": events}


def any_unsaid(conn: Connection, now: datetime) -> bool:
    """Whether an erasure that a copy had lost is to be put on record again."""
    del now
    return bool(erasing.unsaid(conn, 1) or erasing.unsaid_standing(conn, 1))


def say_again(act: Act) -> int:
    """Puts erasures on record that this centre knows of from the one it replaced; how many."""
    events = erasing.unsaid(act.conn, _AT_ONCE)
    if events:
        _erased(act, "personal:unsaid", [], events, again=True)
    names = erasing.unsaid_standing(act.conn, _AT_ONCE)
    for name in names:
        erasing.say_standing(act.conn, name, _erased(act, name, [], [], standing=[name]))
    return len(events) + len(names)


def retain(act: Act, asked: Retention) -> dict[str, object]:
    """Sets how many days values stay that are kept from now on."""
    personal.set_keep_days(act.conn, asked.days)
    governed.record(act, governed.Deed.RETENTION_SET, "personal:retention", days=asked.days)
    return {"days": asked.days}


def any_overdue(conn: Connection, now: datetime) -> bool:
    """Whether the time of any value is over."""
    return bool(personal.overdue(conn, now, 1))


def purge(act: Act) -> int:
    """Drops values whose time is over; how many references."""
    rows = personal.overdue(act.conn, act.posted_at, _AT_ONCE)
    personal.drop(act.conn, rows)
    body: dict[str, object] = {"pii_refs": [row.ref for row in rows], "overdue": True}
    _record(act, EventKind.PERSONAL_ERASED, "personal:overdue", body)
    return len(rows)


def _erased(
    act: Act,
    subject: str,
    refs: Sequence[str],
    events: Sequence[str],
    words: str | None = None,
    *,
    standing: Sequence[str] = (),
    again: bool = False,
) -> str:
    """Records who erased what, by references and ids alone, then erases the private parts of the events.

    The event that says so; the last of several.
    """
    said = ""
    for start in range(0, max(len(events), 1), _AT_ONCE):
        part = list(events[start : start + _AT_ONCE])
        body: dict[str, object] = {"pii_refs": list(refs) if start == 0 else [], "overdue": False}
        if standing:
            body["standing"] = list(standing)
        said = _record(
            act, EventKind.PERSONAL_ERASED, subject, body | ({"events": part} if part else {}), words
        )
        erasing.erase(act.conn, part, said, act.posted_at, again=again)
    return said


def _vault(act: Act) -> Vault:
    return Vault(act.conn, act.chain.derived(PURPOSE), act.chain.ids)


def _of(act: Act, asked: Subject) -> Sequence[Any]:
    return personal.of_subject(act.conn, rma=asked.rma, customer=asked.customer)


def _subject(asked: Subject) -> str:
    return f"rma:{asked.rma}" if asked.rma is not None else f"customer:{asked.customer}"


def _record(
    act: Act, kind: EventKind, subject: str, body: dict[str, object], words: str | None = None
) -> str:
    # What somebody typed may name a person: it stands where it can be erased.
    private = {"reason": words} if words is not None else None
    said = act.event(str(kind), (subject,), (), body, private)
    act.record(said)
    return said.event_id


def _told(kept: Kept, *, label: bool) -> dict[str, object]:
    values = {kind: masked(kind, value) if label else value for kind, value in kept.values.items()}
    return {
        "pii_ref": kept.ref,
        "rma": kept.rma,
        "kept_at": kept.kept_at,
        "keep_until": kept.keep_until,
        "values": values,
    }
