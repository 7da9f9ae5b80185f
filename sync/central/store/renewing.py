"""Epochs of a station: a renewal begins the next one, closes the one before, and opens one exception.

Epochs only grow, also past numbers that a centre which was put back from a backup has no memory of. Asked
again with the same token, a renewal is answered as before and nothing is done twice.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, insert, select, text, update

from app.domain import codes
from app.domain.clock import to_text
from app.domain.codes import CodeFamily
from app.domain.envelope import genesis
from app.domain.resealing import content_digest
from sync.central.rules.renewing import Closed, telling, type_of
from sync.central.store.enrolment import Station
from sync.central.store.exceptions import Case, open_case
from sync.central.store.feed import position
from sync.central.store.prepared import asking
from sync.central.store.tables import account, event, meta, past_chain, receipt, renewal, station
from sync.central.store.worth_of_events import priced_as_posted
from sync.wire.renewals import Holds, Offer, Renew, Renewed

EXPECTED = "expected_heads"
"""Under this name `meta` keeps how far each chain was at the centre that a backup replaced."""

BEGUN_AGAIN = "epochs_begun_again"
"""Under this name `meta` keeps up to which epoch a centre that a backup replaced may have gone."""

RECALLED = "recalled_renewals"
"""Under this name `meta` keeps which epoch followed from which at a centre that a backup replaced."""

# No centre renews one station's epoch so often between two backups.
_LEAP = 1_000
# Nor so often within a minute, of which each has a generation of its own.
_EACH = 64

# No bench counts so far; whoever writes such a label by hand must not end its numbers.
_LARGEST = 10**11

# Station, older epoch, newer epoch.
Renewals = frozenset[tuple[str, int, int]]


def renew(conn: Connection, caller: Station, asked: Renew, now: datetime) -> Renewed:
    """Begins the next epoch; `caller` was read in this transaction with its row locked."""
    gen, _ = position(conn)
    before = conn.execute(_by_token, {"of": caller.head.station_id, "token": asked.token}).one_or_none()
    if before is not None:
        return Renewed(asked.token, int(before.epoch), gen, labels_of(conn, caller.bench))
    used = (newer for of, newer, _ in recalled_renewals(conn) if of == caller.head.station_id)
    epoch = max(asked.epoch, caller.head.epoch, begun_again(conn), *used) + 1
    known = conn.execute(_station, {"of": caller.head.station_id}).one()
    closed = Closed(
        asked.epoch,
        asked.head.seq,
        asked.confirmed,
        _seen(conn, caller, asked.epoch),
        expected_heads(conn).get((caller.head.station_id, asked.epoch), 0),
    )
    _close(conn, caller, epoch, asked.install_id)
    conn.execute(
        insert(renewal).values(
            station_id=caller.head.station_id,
            epoch=epoch,
            from_epoch=asked.epoch,
            token=asked.token,
            cause=asked.cause.value,
            install_id=asked.install_id,
            replaced=known.install_id,
            head_seq=closed.held,
            confirmed=closed.confirmed,
            seen=closed.seen,
            renewed_at=to_text(now),
        )
    )
    installs = (asked.install_id, str(known.install_id))
    case = Case(
        key=case_key(caller.head.station_id, epoch),
        type=type_of(asked.cause),
        subject=f"station:{caller.head.station_id}",
        owner_role="admin",
        fix=telling(known.name, asked.cause, closed, epoch, installs),
    )
    # What the centre holds and the station's disk does not may be done at the bench a second time.
    forgotten = and_(
        receipt.c.station_id == caller.head.station_id,
        receipt.c.epoch == asked.epoch,
        receipt.c.seq > closed.held,
        text("receipt.state = 'posted'"),
    )
    unknown_there = event.c.event_id.in_(select(receipt.c.event_id).where(forgotten))
    open_case(conn, priced_as_posted(conn, case, unknown_there), now)
    return Renewed(asked.token, epoch, gen, labels_of(conn, caller.bench))


def labels_of(conn: Connection, bench: int) -> dict[str, int]:
    """By family of codes, the highest number on any label of a bench that stock was ever kept under."""
    highest = dict[str, int]()
    for family in (CodeFamily.UNIT_LABEL, CodeFamily.HOLDING_LABEL):
        for label in conn.scalars(_labels, {"begins": f"{family}{bench:02d}-%"}):
            # What only looks like one of its labels is none.
            if codes.check(label) and (number := codes.parse(label).number) < _LARGEST:
                highest[family] = max(number, highest.get(family, 0))
    return highest


def case_key(station_id: str, epoch: int) -> str:
    """The key of the exception about the renewal that began an epoch."""
    return f"chain_renewed:{station_id}:{epoch}"


def _close(conn: Connection, caller: Station, epoch: int, install_id: str) -> None:
    head = caller.head
    conn.execute(
        insert(past_chain).values(
            station_id=head.station_id, epoch=head.epoch, head_seq=head.seq, head_hash=head.hash
        )
    )
    begun = genesis(head.station_id, epoch, caller.public_key)
    conn.execute(
        update(station)
        .where(station.c.station_id == head.station_id)
        .values(epoch=epoch, head_seq=0, head_hash=begun.hash, install_id=install_id)
    )


def _seen(conn: Connection, caller: Station, epoch: int) -> int:
    """Up to which number of an epoch the centre holds the station's chain."""
    if epoch == caller.head.epoch:
        return caller.head.seq
    return int(conn.scalar(_past, {"of": caller.head.station_id, "epoch": epoch}) or 0)


def holds(conn: Connection, station_id: str, offer: Offer) -> Holds:
    """Which of the offered events the centre holds of that station, saying what the station says."""
    offered = {one.event_id: one.content for one in offer.events}
    rows = _headers.rows(conn, ids=sorted(offered), of=station_id) if offered else ()
    same = frozenset(row.event_id for row in rows if content_digest(row.header) == offered[row.event_id])
    return Holds(position(conn)[0], same)


def renewed_among(conn: Connection, said: Iterable[tuple[str, int]]) -> Renewals:
    """Each epoch that was asked about, of a station, with every newer one that follows from it by renewals.

    A centre that was put back has no memory of renewals since its copy. Of an epoch that a station came from
    and that was never open here it can only be said that the newest one before it led there. Renewals at a
    centre that was replaced, where they are remembered, count like its own.
    """
    asked = defaultdict[str, set[int]](set)
    for of, epoch in said:
        asked[of].add(epoch)
    follows = {(of, newer): older for of, newer, older in recalled_renewals(conn) if of in asked}
    follows |= {
        (str(row.station_id), int(row.epoch)): int(row.from_epoch)
        for row in _renewals.rows(conn, stations=sorted(asked))
    }
    unknown = any((of, older) not in follows for (of, _), older in follows.items())
    opened = _opened(conn, asked) if unknown and position(conn)[0] > 1 else None
    found = set[tuple[str, int, int]]()
    for of, newer in follows:
        at: int | None = newer
        while at is not None:
            older = follows.get((of, at))
            if older is None and opened is not None and at not in opened[of]:
                older = max((epoch for epoch in opened[of] if epoch < at), default=0)
                between = (epoch for epoch in asked[of] if older < epoch < at)
                found.update((of, epoch, newer) for epoch in between)
            if older in asked[of]:
                found.add((of, older, newer))
            at = older or None
    return frozenset(found)


def begin_epochs_again(conn: Connection, generation: int) -> None:
    """Has a centre that was put back from a copy begin its epochs far behind any that the lost one began.

    That one went on after the copy, and its stations still live in epochs that nobody remembers here: a
    number that was given twice would make the second of them look like a renewal of the wrong one. The lost
    one may itself have been put back from this very copy: the new generation of the feed tells them apart.
    """
    highest = int(conn.scalar(_highest) or 0)
    behind = max(highest, begun_again(conn)) + _LEAP
    _keep(conn, BEGUN_AGAIN, [[max(behind, generation * _EACH)]])


def begun_again(conn: Connection) -> int:
    """Epochs up to this one may be of a centre that this one replaces; 0 where none was replaced."""
    return max((int(upto) for (upto,) in _kept(conn, BEGUN_AGAIN)), default=0)


def forgotten_among(conn: Connection, said: Iterable[tuple[str, int]]) -> frozenset[tuple[str, int]]:
    """Those epochs, each of a station, that a lost centre may have renewed into any newer one."""
    upto = begun_again(conn)
    return frozenset((of, epoch) for of, epoch in said if epoch <= upto)


def _opened(conn: Connection, stations: Iterable[str]) -> defaultdict[str, set[int]]:
    """The closed epochs of these stations that were open at this centre."""
    found = defaultdict[str, set[int]](set)
    for row in _opened_here.rows(conn, stations=sorted(stations)):
        found[str(row.station_id)].add(int(row.epoch))
    return found


def expected_heads(conn: Connection) -> Mapping[tuple[str, int], int]:
    """By station and epoch, how far the chain was at a centre that was replaced by a backup."""
    return {(str(of), int(epoch)): int(seq) for of, epoch, seq in _kept(conn, EXPECTED)}


def expect_heads(conn: Connection, heads: Mapping[tuple[str, int], int]) -> None:
    """Remembers how far chains were, so that what is lost on both sides can be told; the farthest counts."""
    known = dict(expected_heads(conn))
    for place, seq in heads.items():
        known[place] = max(seq, known.get(place, 0))
    _keep(conn, EXPECTED, [[of, epoch, seq] for (of, epoch), seq in sorted(known.items())])


def recalled_renewals(conn: Connection) -> list[tuple[str, int, int]]:
    """Station, newer and older epoch of each renewal at a centre that was replaced by a backup."""
    return [(str(of), int(newer), int(older)) for of, newer, older in _kept(conn, RECALLED)]


def recall_renewals(conn: Connection, renewals: Iterable[tuple[str, int, int]]) -> None:
    """Remembers renewals (station, newer and older epoch) that a backup has not got, beside those before.

    They are no renewals of this ledger: none of their chains was closed in it, and no case was opened.
    """
    known = sorted({*recalled_renewals(conn), *renewals})
    if known:
        _keep(conn, RECALLED, [list(one) for one in known])


def _kept(conn: Connection, name: str) -> list[list[Any]]:
    kept = conn.scalar(_value, {"kept": name})
    found: list[list[Any]] = json.loads(kept) if kept else []
    return found


def _keep(conn: Connection, name: str, entries: list[list[Any]]) -> None:
    value = json.dumps(entries)
    if conn.execute(update(meta).where(meta.c.name == name).values(value=value)).rowcount == 0:
        conn.execute(insert(meta).values(name=name, value=value))


def closed_chains(conn: Connection) -> Mapping[str, list[tuple[int, int, str]]]:
    """By station, its closed epochs in order, each with the head that the centre holds of it."""
    found = dict[str, list[tuple[int, int, str]]]()
    for row in conn.execute(select(past_chain).order_by(past_chain.c.station_id, past_chain.c.epoch)):
        found.setdefault(row.station_id, []).append((int(row.epoch), int(row.head_seq), row.head_hash))
    return found


_labels = select(account.c.label).distinct().where(account.c.label.like(bindparam("begins")))
_by_token = select(renewal.c.epoch).where(
    renewal.c.station_id == bindparam("of"), renewal.c.token == bindparam("token")
)
_station = select(station.c.name, station.c.install_id).where(station.c.station_id == bindparam("of"))
_past = select(func.max(past_chain.c.head_seq)).where(
    past_chain.c.station_id == bindparam("of"), past_chain.c.epoch == bindparam("epoch")
)
_value = select(meta.c.value).where(meta.c.name == bindparam("kept"))
_highest = select(func.max(station.c.epoch))
_renewals = asking(
    lambda among: select(renewal.c.station_id, renewal.c.epoch, renewal.c.from_epoch).where(
        among(renewal.c.station_id, "stations")
    )
)
_opened_here = asking(
    lambda among: select(past_chain.c.station_id, past_chain.c.epoch).where(
        among(past_chain.c.station_id, "stations")
    )
)
# The partial index is only used for a condition written out, so the state stands here as a word.
_headers = asking(
    lambda among: select(receipt.c.event_id, receipt.c.header).where(
        among(receipt.c.event_id, "ids"),
        receipt.c.station_id == bindparam("of"),
        text("receipt.state <> 'evidence'"),
    )
)
