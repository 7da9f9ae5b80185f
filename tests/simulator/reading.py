"""What is stored, read plainly from the tables: no rule of the product has a say in it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.simulator.bench import Bench
from tests.simulator.house import House

Account = tuple[tuple[str, str], ...]
"""The named parts of an account that are there, in the order of their names."""
_PARTS = ("owner", "item", "location", "status", "reason", "lot", "serial", "label", "grade")


@dataclass(frozen=True, slots=True)
class Stored:
    """One receipt of the centre's, its signed facts read as the JSON they are."""

    station_id: str
    event_id: str
    state: str
    facts: Mapping[str, Any]

    def moves(self) -> Iterator[tuple[int, Mapping[str, str], Mapping[str, str]]]:
        """Units, from where, to where."""
        for move in self.facts.get("moves", ()):
            yield int(move["qty"]), move["from"], move["to"]


def account_of(parts: Mapping[str, str]) -> Account:
    """One account, whatever the order of its parts."""
    return tuple(sorted((name, value) for name, value in parts.items() if value))


def is_inside(parts: Mapping[str, str]) -> bool:
    """True for a place that somebody can walk to."""
    return not parts["location"].startswith("@")


class Centre:
    """The centre's tables, each read when it is first asked for."""

    def __init__(self, house: House) -> None:
        self._house = house

    def rows(self, sql: str) -> Sequence[Any]:
        """What a question is answered with."""
        with self._house.database.read() as conn:
            return conn.exec_driver_sql(sql).all()

    @cached_property
    def stations(self) -> set[str]:
        """The stations' ids; the centre's own chain is none."""
        return {str(row[0]) for row in self.rows("SELECT station_id FROM station WHERE bench <> 0")}

    @cached_property
    def receipts(self) -> list[Stored]:
        """Everything that is part of a chain, in the order it came."""
        asked = "SELECT station_id, event_id, state, facts FROM receipt WHERE state <> 'evidence' ORDER BY id"
        return [Stored(row[0], row[1], row[2], json.loads(row[3])) for row in self.rows(asked)]

    @cached_property
    def posted(self) -> dict[str, Stored]:
        """What counts, by event."""
        return {stored.event_id: stored for stored in self.receipts if stored.state == "posted"}

    def label_of(self, event_id: str) -> str | None:
        """The label of a unit that a posted event saved; the event itself stands for a unit without one."""
        stored = self.posted.get(event_id)
        return str(stored.facts.get("label") or event_id) if stored is not None else None

    @cached_property
    def states(self) -> dict[str, Counter[str]]:
        """How often each event is there in which state."""
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for event_id, state in self.rows(
            "SELECT event_id, state FROM receipt WHERE state <> 'evidence' ORDER BY id"
        ):
            found[event_id][state] += 1
        return found

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The kinds of posted events."""
        return {row[0]: row[1] for row in self.rows("SELECT event_id, kind FROM event")}

    @cached_property
    def fold(self) -> Counter[Account]:
        """Balances as the sealed moves add up to; those at zero are left out."""
        found = Counter[Account]()
        for stored in self.receipts:
            if stored.state == "posted":
                for qty, source, target in stored.moves():
                    found[account_of(source)] -= qty
                    found[account_of(target)] += qty
        return Counter({held: qty for held, qty in found.items() if qty})

    @cached_property
    def balances(self) -> Counter[Account]:
        """Balances as they are kept."""
        parts = ", ".join(f"a.{name}" for name in _PARTS)
        rows = self.rows(f"SELECT b.qty, {parts} FROM balance b JOIN account a ON a.id = b.account")  # noqa: S608
        return Counter(
            {account_of(dict(zip(_PARTS, row[1:], strict=True))): row[0] for row in rows if row[0]}
        )

    @cached_property
    def found_missing(self) -> set[str]:
        """The labels of units that were not there when their bin was counted."""
        rows = self.rows(
            "SELECT DISTINCT a.label FROM move m JOIN event e ON e.id = m.event "
            "JOIN account a ON a.id = m.source WHERE e.kind = 'stock.adjusted' AND e.corrects IS NULL"
        )
        return {row[0] for row in rows} - {""}

    @cached_property
    def cases(self) -> dict[str, tuple[str, str]]:
        """Exceptions by key: type and state."""
        return {row[0]: (row[1], row[2]) for row in self.rows("SELECT key, type, state FROM exception")}

    @cached_property
    def fixes(self) -> dict[str, str]:
        """What each exception says is to be done, by key."""
        return {row[0]: row[1] for row in self.rows("SELECT key, fix FROM exception")}

    @cached_property
    def case_count(self) -> Counter[tuple[str, str]]:
        """How many open cases there are of a type about a subject."""
        rows = self.rows("SELECT type, subject FROM exception WHERE state = 'open'")
        return Counter((row[0], row[1]) for row in rows)

    @cached_property
    def feed(self) -> dict[tuple[str, str], str]:
        """The last document of each record that was published."""
        rows = self.rows("SELECT kind, key, document FROM feed ORDER BY pos")
        return {(row[0], row[1]): row[2] for row in rows}

    def feed_end(self) -> tuple[int, int]:
        """Generation and position."""
        gen = int(self.rows("SELECT value FROM meta WHERE name = 'feed_gen'")[0][0])
        return gen, int(self.rows("SELECT value FROM counter WHERE name = 'feed'")[0][0])


def mirrored(bench: Bench) -> dict[tuple[str, str], str]:
    """A station's mirror of the feed."""
    rows = bench.ledger.connection.exec_driver_sql("SELECT kind, key, document FROM mirror")
    return {(row[0], row[1]): row[2] for row in rows}


def shelved(bench: Bench) -> Counter[Account]:
    """What a station mirrors of its site's stock."""
    parts = ", ".join(f"a.{name}" for name in _PARTS)
    rows = bench.ledger.connection.exec_driver_sql(
        f"SELECT s.qty, {parts} FROM stock s JOIN account a ON a.id = s.account_id"  # noqa: S608
    )
    return Counter({account_of(dict(zip(_PARTS, row[1:], strict=True))): row[0] for row in rows if row[0]})


def shelved_at(bench: Bench, place: str) -> Counter[str]:
    """What a station mirrors of one bin, by item."""
    found = Counter[str]()
    for held, qty in shelved(bench).items():
        parts = dict(held)
        if parts["location"] == place:
            found[parts["item"]] += qty
    return found


def events_of(bench: Bench) -> list[str]:
    """The ids of all events on a station's disk, in the order of its chain."""
    rows = bench.ledger.connection.exec_driver_sql("SELECT event_id FROM event ORDER BY seq")
    return [str(row[0]) for row in rows]
