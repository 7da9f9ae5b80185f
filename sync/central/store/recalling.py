"""What a centre that was put back from a copy takes over of the one it replaces, so as not to undo it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from sync.central.store import erasing, numbers, personal
from sync.central.store.copying import (
    ERASED,
    PRIVATE_ERASED,
    RECALLED,
    RENEWALS,
    SHUT_OUT,
    STANDING,
    UNLOCKED,
)
from sync.central.store.feed import begin_generation
from sync.central.store.renewing import RECALLED as RENEWALS_RECALLED
from sync.central.store.renewing import begin_epochs_again, expect_heads, recall_renewals
from sync.central.store.tables import approver_unlock, station


@dataclass(frozen=True, slots=True)
class Replaced:
    """What is replaced: the generation of its feed, and how far each station's chain was in it.

    Also its renewals (station, newer and older epoch), the references of personal values and the events with
    private parts that were erased in it, the people who were, how far it counted codes, which stations were
    shut out, and approvers' unlocks; `known` when it was read.
    """

    generation: int = 0
    heads: Mapping[tuple[str, int], int] = field(default_factory=dict)
    renewals: Sequence[tuple[str, int, int]] = ()
    erased: Sequence[str] = ()
    private: Sequence[str] = ()
    standing: Sequence[str] = ()
    counted: Sequence[tuple[str, int]] = ()
    shut_out: Sequence[str] = ()
    unlocked: Sequence[tuple[Any, ...]] = ()
    known: bool = False


NOTHING = Replaced()
Asking = Callable[[str, str], Sequence[tuple[Any, ...]]]
"""Answers with the rows of a question to a table; with none where the table is not there."""


def what_was(generation: int, heads: Mapping[tuple[str, int], int], asking: Asking) -> Replaced:
    """Reads what is replaced, by whatever its database answers."""
    recalled = {name: json.loads(value) for name, value in asking(*RECALLED)}
    rows = [*asking(*RENEWALS), *recalled.get(RENEWALS_RECALLED, ())]
    refs = (ref for (body,) in asking(*ERASED) for ref in json.loads(body).get("pii_refs", ()))
    return Replaced(
        generation,
        heads,
        renewals=[(str(of), int(newer), int(older)) for of, newer, older in rows],
        erased=[str(ref) for ref in (*refs, *recalled.get(personal.RECALLED, ()))],
        private=[str(event_id) for (event_id,) in asking(*PRIVATE_ERASED)],
        standing=[str(name) for (name,) in asking(*STANDING)],
        counted=[(str(name), int(upto)) for name, upto in asking(*numbers.COUNTED)],
        shut_out=[str(of) for (of,) in asking(*SHUT_OUT)],
        unlocked=[tuple(row) for row in asking(*UNLOCKED)],
        known=True,
    )


def take_over(conn: Connection, replaced: Replaced, now: datetime) -> tuple[int, Sequence[str]]:
    """Begins a generation after the replaced one, and undoes nothing that was done in that one.

    Answers with the generation and the names of the stations that are shut out.
    """
    generation = begin_generation(conn, replaced.generation, now)
    # What stations and this centre both lack can be told only by how far the replaced one was.
    expect_heads(conn, replaced.heads)
    recall_renewals(conn, replaced.renewals)
    begin_epochs_again(conn, generation)
    numbers.count_on(conn, replaced.counted)
    shut = shut_out_again(conn, replaced.shut_out)
    unlock_again(conn, replaced.unlocked)
    # Who asked to be forgotten is not remembered again by a copy.
    personal.recall_erased(conn, replaced.erased)
    erasing.recall(conn, replaced.private, now)
    erasing.stand(conn, replaced.standing, "", now)
    return generation, shut


def shut_out_again(conn: Connection, stations: Iterable[str]) -> Sequence[str]:
    """Shuts out those that were shut out since the copy was made; the names of all that are, by bench."""
    for station_id in stations:
        conn.execute(_shut, {"which": station_id})
    return list(conn.scalars(_shut_names))


def unlock_again(conn: Connection, given: Iterable[tuple[Any, ...]]) -> None:
    """Keeps the later number of each approver's unlocks at a station, which heard of it and used it."""
    for approver, at, number, given_at, given_by in given:
        of = {"whose": approver, "where": at}
        row = {"number": int(number), "given_at": given_at, "given_by": given_by}
        kept = conn.execute(_last, of).scalar_one_or_none()
        if kept is None:
            conn.execute(insert(approver_unlock).values(approver=approver, station=at, **row))
        elif int(kept) < int(number):
            conn.execute(_later, of | {f"its_{name}": value for name, value in row.items()})


_shut = update(station).where(station.c.station_id == bindparam("which")).values(fenced=True)
_shut_names = select(station.c.name).where(station.c.fenced, station.c.bench != 0).order_by(station.c.bench)
_mine = (approver_unlock.c.approver == bindparam("whose"), approver_unlock.c.station == bindparam("where"))
_last = select(approver_unlock.c.number).where(*_mine)
_later = (
    update(approver_unlock)
    .where(*_mine)
    .values(
        number=bindparam("its_number"),
        given_at=bindparam("its_given_at"),
        given_by=bindparam("its_given_by"),
    )
)
