"""What is derived, held against its source.

Balances against moves, return progress and photos against events, the outbox against acknowledgements.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import TracebackType
from typing import Any, Self

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    func,
    literal,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.sqlite import insert

from app.domain import laws
from app.domain.account import KEY_PARTS, Account
from app.domain.digests import photos_named
from app.domain.laws import Violation
from app.domain.place import is_virtual
from app.domain.refusal import Refused
from app.ledger import epochs, meta
from app.ledger.posting import Progress
from app.ledger.tables import account, balance, event, move, outbox, photo, resent, return_progress

_STREAM = {"yield_per": 1000}
_NAMES_PHOTOS = text("instr(CAST(event.facts AS TEXT), '\"photos\":') > 0")


# Owner, item, serial.
_Unit = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Balances:
    """How many accounts there are, the laws that do not hold, and what only the centre can answer."""

    accounts: int
    violations: tuple[Violation, ...]
    questions: tuple[Violation, ...] = ()


def check_balances(connection: Connection) -> Balances:
    """Balances against moves, conservation, and serials in one place, item by item."""
    accounts = 0
    found: list[Violation] = []
    doubtful: dict[_Unit, dict[Account, int]] = {}
    for rows in _by_item(connection):
        stored: dict[Account, int] = {}
        folded: dict[Account, int] = {}
        for row in rows:
            accounts += 1
            try:
                here = Account.from_key({part: getattr(row, part) for part in KEY_PARTS})
            except Refused as no:
                found.append(Violation("balances", f"account {row.id}", no.code, "an account that can be"))
                continue
            stored[here], folded[here] = row.stored, row.folded
        found += laws.balances_are_fold(stored, folded)
        found += laws.conservation(stored)
        if laws.one_place(stored):
            doubtful |= _units(stored)
    wrong, asked = _one_place(connection, doubtful)
    return Balances(accounts, (*found, *wrong), tuple(asked))


def _units(stored: Mapping[Account, int]) -> dict[_Unit, dict[Account, int]]:
    """The balances of each unit with a serial that is not in one place."""
    units: defaultdict[_Unit, dict[Account, int]] = defaultdict(dict)
    for held, qty in stored.items():
        if held.serial:
            units[held.owner, held.item, held.serial][held] = qty
    return {unit: balances for unit, balances in units.items() if laws.one_place(balances)}


def _one_place(
    connection: Connection, doubtful: Mapping[_Unit, Mapping[Account, int]]
) -> tuple[list[Violation], list[Violation]]:
    """Which units cannot be where they are, and which came back by several returns.

    A unit that was sold again from elsewhere left by a record that this station does not hold. It is in
    question, not wrong, while each of its arrivals belongs to another return.
    """
    wrong: list[Violation] = []
    asked: list[Violation] = []
    arrivals = _arrivals(connection, doubtful) if doubtful else {}
    for unit, balances in doubtful.items():
        came = arrivals.get(unit, {}).values()
        inside = sum(qty for held, qty in balances.items() if not is_virtual(held.location))
        apart = all(qty == 1 for qty in came) and sum(came) == inside
        (asked if apart else wrong).extend(laws.one_place(balances))
    return wrong, asked


def _arrivals(
    connection: Connection, doubtful: Mapping[_Unit, Mapping[Account, int]]
) -> dict[_Unit, dict[str | None, int]]:
    """What each document brought into the building of these units, less what it took out again."""
    source, target = account.alias("s"), account.alias("t")
    rows = connection.execute(
        select(
            target.c.owner,
            target.c.item,
            target.c.serial,
            move.c.document,
            move.c.qty,
            source.c.location,
            target.c.location,
        )
        .join(source, source.c.id == move.c.source)
        .join(target, target.c.id == move.c.target)
        .where(target.c.serial != ""),
        execution_options=_STREAM,
    )
    brought: defaultdict[_Unit, defaultdict[str | None, int]] = defaultdict(lambda: defaultdict(int))
    for owner, item, serial, document, qty, left, reached in rows:
        unit = (owner, item, serial)
        if unit in doubtful:
            brought[unit][document] += qty * (is_virtual(left) - is_virtual(reached))
    return {unit: {doc: qty for doc, qty in of.items() if qty} for unit, of in brought.items()}


def _by_item(connection: Connection) -> Iterator[list[Row[Any]]]:
    changes = union_all(
        select(move.c.source.label("id"), (-move.c.qty).label("qty")),
        select(move.c.target.label("id"), move.c.qty.label("qty")),
    ).subquery()
    fold = select(changes.c.id, func.sum(changes.c.qty).label("qty")).group_by(changes.c.id).subquery()
    rows = connection.execute(
        select(
            account,
            func.coalesce(balance.c.qty, 0).label("stored"),
            func.coalesce(fold.c.qty, 0).label("folded"),
        )
        .outerjoin(balance, balance.c.account_id == account.c.id)
        .outerjoin(fold, fold.c.id == account.c.id)
        .order_by(account.c.owner, account.c.item),
        execution_options=_STREAM,
    )
    for _, group in groupby(rows, key=lambda row: (row.owner, row.item)):
        yield list(group)


class SealedProgress:
    """Return progress added up from sealed events, in a table that lives as long as the audit.

    On disk rather than in memory: a station of some years has millions of lines.
    """

    _AT_ONCE = 1000

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: list[dict[str, object]] = []
        self._table = Table(
            "sealed_progress",
            MetaData(),
            Column("rma", Text, primary_key=True),
            Column("line", Integer, primary_key=True, autoincrement=False),
            Column("qty", Integer, nullable=False),
            prefixes=["TEMPORARY"],
            sqlite_with_rowid=False,
        )
        new = insert(self._table)
        self._add = new.on_conflict_do_update(
            index_elements=["rma", "line"], set_={"qty": self._table.c.qty + new.excluded.qty}
        )

    def add(self, progress: Progress) -> None:
        """Counts one event's change."""
        self._waiting.append({"rma": progress.rma, "line": progress.line, "qty": progress.qty})
        if len(self._waiting) >= self._AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._connection.execute(self._add, self._waiting)
            self._waiting = []

    def violations(self) -> tuple[Violation, ...]:
        """Lines whose stored progress is not what the events add up to."""
        self._flush()
        own, folded = return_progress, self._table
        both = union_all(
            select(own.c.rma, own.c.line, own.c.qty.label("stored"), literal(0).label("sealed")),
            select(folded.c.rma, folded.c.line, literal(0), folded.c.qty),
        ).subquery()
        rma, line, stored, sealed = both.columns
        rows = self._connection.execute(
            select(rma, line, func.sum(stored).label("stored"), func.sum(sealed).label("sealed"))
            .group_by(rma, line)
            .having(func.sum(stored) != func.sum(sealed))
        )
        return tuple(
            Violation("progress", f"{row.rma} line {row.line}", str(row.stored), str(row.sealed))
            for row in rows
        )

    def __enter__(self) -> Self:
        self._table.drop(self._connection, checkfirst=True)
        self._table.create(self._connection)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        wrong: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._table.drop(self._connection)


def photo_violations(connection: Connection) -> tuple[Violation, ...]:
    """Each photo that an event names is noted under the first that does, and no other is."""
    named = dict[str, int]()
    rows = connection.execute(select(event.c.seq, event.c.facts).where(_NAMES_PHOTOS).order_by(event.c.seq))
    for seq, facts in rows:
        for digest in photos_named(json.loads(facts))[0]:
            named.setdefault(digest, seq)
    noted = {row.digest: row.seq for row in connection.execute(select(photo.c.digest, photo.c.seq))}
    return tuple(
        Violation("photo", digest, f"event number {noted.get(digest)}", f"event number {named.get(digest)}")
        for digest in sorted(named.keys() | noted.keys())
        if noted.get(digest) != named.get(digest)
    )


def outbox_violations(connection: Connection) -> tuple[Violation, ...]:
    """Exactly the events of the newest chain that are not acknowledged wait in the outbox."""
    upto = int(meta.read(connection, meta.ACKNOWLEDGED))
    now = epochs.current(connection, int(meta.read(connection, meta.EPOCH)))
    # Not by the column of their epoch, which nobody signed: whatever was recorded since it began is of it.
    since = select(event.c.seq).where(event.c.seq > max(upto + now.shift, now.begun))
    anew = select(resent.c.seq).where(resent.c.epoch == now.epoch, resent.c.number > upto)
    expected = {*connection.scalars(since), *connection.scalars(anew)}
    waiting = set(connection.scalars(select(outbox.c.seq)))
    return tuple(
        Violation("outbox", f"event number {seq}", *words)
        for seqs, words in (
            (expected - waiting, ("not waiting", f"waiting, acknowledged are {upto}")),
            (waiting - expected, ("waiting", f"not waiting, acknowledged are {upto}")),
        )
        for seq in sorted(seqs)
    )
