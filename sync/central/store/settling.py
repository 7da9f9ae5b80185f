"""Settling a stored event: posted, or waiting as `unposted` or `parked` until it can be.

Posting runs in a savepoint, so that an event which breaks it leaves nothing half done and stands in nobody's
way but its own subject's. What waits is tried again, in order, by `settle_waiting`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, text, update

from app.domain.clock import from_text
from app.domain.envelope import Envelope, event_of, header_fields, moves_of, reopen, wall_of
from app.domain.event import EventKind
from app.domain.refusal import Refused
from sync.central.store.act import Act
from sync.central.store.chain import CentreChain
from sync.central.store.exceptions import Case, close_cases, open_case
from sync.central.store.failures import DATABASE_FAILED, quiet
from sync.central.store.journal import Fact
from sync.central.store.posting import post
from sync.central.store.prepared import asking, updating
from sync.central.store.savepoint import savepoint
from sync.central.store.tables import receipt
from sync.central.store.worth_of_events import priced_as_told

_log = logging.getLogger(__name__)

POSTED, UNPOSTED, PARKED = "posted", "unposted", "parked"
DUPLICATE, QUARANTINED, EVIDENCE = "duplicate", "quarantined", "evidence"

KNOWN: Mapping[str, int] = {str(kind): 1 for kind in EventKind}
"""The newest version of each kind that this centre reads; versions grow, and older ones are read for ever."""


class Settler:
    """Settles events in the order they came, in one transaction of the one writer."""

    def __init__(self, conn: Connection, chain: CentreChain, now: datetime) -> None:
        self._conn = conn
        self._chain = chain
        self._now = now
        self._came: dict[str, datetime] = {}

    def settle(self, envelopes: Sequence[Envelope]) -> None:
        """Posts events whose receipts say `posted`, or lets some of them wait."""
        blocked = _subjects_waiting(self._conn)
        if not self._all_at_once(envelopes, blocked):
            self._one_by_one(envelopes, blocked)

    def settle_waiting(self) -> int:
        """Tries everything that waits again, oldest first; answers how many events are posted now.

        Their cases are closed with them.
        """
        rows = _waiting.rows(self._conn)
        envelopes = []
        for row in rows:
            salt = bytes.fromhex(row.salt) if row.salt is not None else None
            envelopes.append(reopen(row.header, row.facts, row.private, salt, bytes.fromhex(row.sig)))
            self._came[envelopes[-1].hash] = from_text(row.received_at)
            self._mark(envelopes[-1], POSTED)
        posted = self._one_by_one(envelopes, set())
        if posted:
            keys = {_unposted_key(envelope) for envelope in posted}
            keys |= {key for envelope in posted for key in unknown_keys(envelope.kind, _version(envelope))}
            close_cases(self._conn, keys, self._now, "The event is posted now.")
        return len(posted)

    def _all_at_once(self, envelopes: Sequence[Envelope], blocked: set[str]) -> bool:
        """The common case in one savepoint; False, and nothing done, when an event needs a closer look."""
        if not envelopes:
            return True
        if any(_unknown(envelope) for envelope in envelopes):
            return False
        if blocked and any(
            not blocked.isdisjoint(_subjects(envelope.header, envelope.facts)) for envelope in envelopes
        ):
            return False
        try:
            with savepoint(self._conn):
                self._post(envelopes)
        except DATABASE_FAILED:
            raise
        except Exception:  # noqa: BLE001 - whichever event it was: one by one it will show
            return False
        return True

    def _one_by_one(self, envelopes: Sequence[Envelope], blocked: set[str]) -> list[Envelope]:
        """Posts what can be posted, which is the answer; marks what waits."""
        posted = list[Envelope]()
        for envelope in envelopes:
            subjects = _subjects(envelope.header, envelope.facts)
            if not blocked.isdisjoint(subjects):
                state = PARKED
            elif key := _unknown(envelope):
                self._open_unknown(envelope, key)
                state = UNPOSTED
            elif self._posted(envelope):
                posted.append(envelope)
                continue
            else:
                state = UNPOSTED
            self._mark(envelope, state)
            blocked |= subjects
        return posted

    def _posted(self, envelope: Envelope) -> bool:
        try:
            with quiet(), savepoint(self._conn):
                self._post([envelope])
        except DATABASE_FAILED:
            raise
        except Exception as why:  # noqa: BLE001 - whatever an event does to posting, those behind it move on
            if not isinstance(why, Refused):
                _log.exception(
                    "event %s of station %s was not posted", envelope.event_id, envelope.station_id
                )
            self._open_unposted(envelope, why)
            return False
        return True

    def _post(self, envelopes: Sequence[Envelope]) -> None:
        facts = [
            Fact(
                event_of(envelope),
                envelope.station_id,
                from_text(wall_of(envelope)),
                envelope,
                self._came.get(envelope.hash, self._now),
            )
            for envelope in envelopes
        ]
        post(self._conn, facts, self._now, self._chain)

    def _mark(self, envelope: Envelope, state: str) -> None:
        place = {"of": envelope.station_id, "at_epoch": envelope.epoch, "at_seq": envelope.seq}
        _set_state.run(self._conn, [{**place, "becomes": state}])

    def _open_unposted(self, envelope: Envelope, why: Exception) -> None:
        said = str(why) if isinstance(why, Refused) else "The centre's program failed on it."
        case = Case(
            _unposted_key(envelope),
            "event.unposted",
            f"event:{envelope.event_id}",
            "admin",
            f"{envelope.kind} {envelope.seq} of station {envelope.station_id} is stored but not posted: "
            f"{said} Later events about the same wait behind it. Upgrade the centre or correct by hand.",
        )
        open_case(self._conn, priced_as_told(self._conn, case, envelope), self._now)

    def _open_unknown(self, envelope: Envelope, key: str) -> None:
        kind = envelope.kind
        what = f"{kind!r} in its version {_version(envelope)}" if kind in KNOWN else f"{kind!r}"
        case = Case(
            key,
            "kind.unknown",
            f"kind:{kind}",
            "admin",
            f"Stations record {what}, which this centre does not know. Such events are stored and counted; "
            "upgrade the centre and they are posted.",
        )
        open_case(self._conn, case, self._now)


def settle_waiting(act: Act) -> None:
    """Tries everything that waits again, after a command that may have changed what stood in its way."""
    Settler(act.conn, act.chain, act.posted_at).settle_waiting()


def _unposted_key(envelope: Envelope) -> str:
    return f"unposted:{envelope.event_id}"


def unknown_keys(kind: object, version: object) -> tuple[str, str]:
    """The keys of the cases that may answer for an event: of its kind, and of that version of it."""
    return f"unknown_kind:{kind}", f"unknown_kind:{kind}:{version}"


def _unknown(envelope: Envelope) -> str:
    """The key of the case for an event whose meaning this centre does not know; empty when it does."""
    version, newest = _version(envelope), KNOWN.get(envelope.kind)
    of_kind, of_version = unknown_keys(envelope.kind, version)
    if newest is None:
        return of_kind
    # What is no version at all, posting refuses.
    return of_version if isinstance(version, int) and version > newest else ""


def _version(envelope: Envelope) -> object:
    return header_fields(envelope.header).raw().get("kind_ver")


def _subjects_waiting(conn: Connection) -> set[str]:
    return {subject for row in _headers_waiting.rows(conn) for subject in _subjects(row.header, row.facts)}


def _subjects(header: bytes, facts: bytes) -> set[str]:
    """What an event holds up when it waits: itself and what it corrects too, so that an undo waits with it.

    Units that it moves it holds up whether or not it names them: what is judged by where they stood, as whose
    decision that was, must not overtake it. Not its SKU: units of one item move in any order, and a busy item
    would stand still for one bad event.
    """
    said = header_fields(header).raw()
    named = said.get("subject")
    # Posting refuses what is no list of texts; here it only must not hold up others.
    listed = named if isinstance(named, Sequence) and not isinstance(named, str) else ()
    subjects = [name for name in listed if isinstance(name, str)]
    events = (said.get("event_id"), said.get("corrects"))
    return {
        *_named(subjects),
        *(f"event:{event_id}" for event_id in events if isinstance(event_id, str) and event_id),
        *_units(facts),
    }


def _named(subjects: Sequence[str]) -> Iterator[str]:
    """What an event names; a serial with its item, where it names one: makers count theirs alike."""
    skus = [name.removeprefix("sku:") for name in subjects if name.startswith("sku:")]
    for name in subjects:
        word, _, serial = name.partition(":")
        if word == "serial" and skus:
            yield from (f"serial:{sku}:{serial}" for sku in skus)
        elif word != "sku":
            yield name


def _units(facts: bytes) -> Iterator[str]:
    """The labels and serials of the units that are moved; of facts that nobody can read, none."""
    with suppress(Refused):
        for move in moves_of(facts):
            for account in (move.source, move.target):
                yield from (f"label:{account.label}",) if account.label else ()
                yield from (f"serial:{account.item}:{account.serial}",) if account.serial else ()


# The partial index is only used for a condition written out, so the states stand here as words.
_waits = text("receipt.state IN ('unposted', 'parked')")
_waiting = asking(lambda _: select(receipt).where(_waits).order_by(receipt.c.id))
_headers_waiting = asking(lambda _: select(receipt.c.header, receipt.c.facts).where(_waits))
_set_state = updating(
    update(receipt)
    .where(
        receipt.c.station_id == bindparam("of"),
        receipt.c.epoch == bindparam("at_epoch"),
        receipt.c.seq == bindparam("at_seq"),
        text("receipt.state <> 'evidence'"),
    )
    .values(state=bindparam("becomes")),
    "of",
    "at_epoch",
    "at_seq",
    "becomes",
)
