"""Keeping the books: each event that is entered becomes journal entries in the same transaction.

What stock is worth and what sales cost is read once for all events of a batch, followed in memory, and
written once.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from app.domain.clock import to_text
from app.domain.event import Event, EventKind
from sync.central.rules import replacements
from sync.central.rules.books import Book, Entry, Line, Method, Worth, opened, restored
from sync.central.rules.books.bookkeeper import Bookkeeper, Happened, Stock, crossing
from sync.central.rules.consignment_money import settled
from sync.central.rules.refunds import MONEY, booked
from sync.central.rules.work import WORKED, worked
from sync.central.store.booking_sales import Sales, read_sales
from sync.central.store.chain import CENTRE
from sync.central.store.journal import Fact
from sync.central.store.prepared import asking, inserting, replacing
from sync.central.store.tables import (
    blind_unit,
    event,
    item,
    journal_entry,
    journal_line,
    owner_books,
    stock_worth,
)

_DAY = 10
_DEFAULT_CURRENCY = "GBP"


@dataclass(frozen=True, slots=True)
class Late:
    """One event is booked long after it was entered.

    It is `gone` when what took it back stands in the books without it: it has no sale's units back. `later`
    are units of its return line that are counted by now, its own and those of later events.
    """

    gone: bool
    later: int


def book(
    conn: Connection,
    facts: Sequence[Fact],
    rows: Mapping[str, int],
    late: Late | None = None,
    unapproved: Collection[str] = frozenset(),
) -> list[Entry]:
    """Writes what events, in their order, do to the books of the owners they are about.

    Args:
        conn: inside the one writer's transaction.
        facts: what happened and was just entered; one event that was entered before when it is `late`.
        rows: the row of each event by its id.
        late: what has changed since it was entered.
        unapproved: the ids of events whose losses nobody with the right to it approved.
    """
    about = [fact for fact in facts if fact.event.corrects or books_something(fact)]
    if not about:
        return []
    before = _Before.read(conn, about)
    undone = before.entries
    sales = read_sales(conn, about, undone.values())
    if late is not None:
        sales.rewind(late.later, gone=late.gone)
    opened_books = _Opened.read(conn, about, undone)
    written = list[Entry]()
    for fact in about:
        loose = fact.event.event_id in unapproved
        entries = [
            entry
            for happened in _happened(fact, sales, before)
            for entry in opened_books.keeper.entries(replace(happened, unapproved=loose))
        ]
        # What was entered in this batch can be taken back in it.
        undone[fact.event.event_id] = {(e.owner, e.currency): e.lines for e in entries}
        if fact.event.corrects:
            undone.pop(fact.event.corrects, None)
        written += entries
    _write(conn, written, rows)
    opened_books.write(conn)
    sales.write(conn)
    return written


_Lines = dict[tuple[str, str], Sequence[Line]]


@dataclass(frozen=True, slots=True)
class _Before:
    """What was booked before that some events are about: `entries` by event, none that was taken back.

    `matches` are, by the event of a unit that came blind, those by which it found its sale.
    """

    entries: dict[str, _Lines]
    matches: Mapping[str, Sequence[str]]

    @classmethod
    def read(cls, conn: Connection, facts: Sequence[Fact]) -> _Before:
        corrected = [fact.event.corrects for fact in facts if fact.event.corrects]
        matches = defaultdict[str, list[str]](list)
        for row in _matches.rows(conn, ids=corrected) if corrected else ():
            matches[row.event_id].append(row.matched_by)
        blind = [came for fact in facts if (came := named_unit(fact)) is not None]
        found = {*corrected, *blind, *(match for of in matches.values() for match in of)}
        return cls(_entries_of(conn, sorted(found)), matches)


def _happened(fact: Fact, sales: Sales, before: _Before) -> Iterator[Happened]:
    """What the books hear of a fact; with a unit that came blind goes the match that named its sale."""
    what = fact.event
    day = date.fromisoformat(to_text(fact.dated)[:_DAY])
    for match in before.matches.get(what.corrects or "", ()):
        if lines := before.entries.pop(match, {}):
            back = sales.back(what, lines)
            yield Happened(what.event_id, str(what.kind), day, back=back, undone=lines, reverses=match)
    lines = before.entries.get(what.corrects, {}) if what.corrects else {}
    yield Happened(
        what.event_id,
        str(what.kind),
        day,
        what.moves,
        _bought(what) if fact.origin == CENTRE and what.kind == EventKind.GOODS_RECEIVED else {},
        sales.sold(fact),
        sales.back(what, lines),
        lines,
        _money(fact) if _moves_money(fact) else {},
        before.entries.get(named_unit(fact) or "", {}),
        what.corrects if lines else None,
    )


def books_something(fact: Fact) -> bool:
    """Whether an event that takes nothing back has an entry: it moves value, money or a unit's cost."""
    return crossing(fact.event.moves) or _moves_money(fact) or named_unit(fact) is not None


def named_unit(fact: Fact) -> str | None:
    """The event by which a unit came blind that finds its sale by this one, which is the centre's to say."""
    blind = fact.event.body.get("blind")
    matched = fact.origin == CENTRE and fact.event.kind == EventKind.RETURN_MATCHED
    return blind if matched and isinstance(blind, str) else None


def _moves_money(fact: Fact) -> bool:
    """Whether the centre books it without any goods; a station's word moves no money."""
    return fact.origin == CENTRE and fact.event.kind in _BOOKED


def _money(fact: Fact) -> dict[tuple[str, str], Sequence[Line]]:
    body = fact.event.body
    return {(str(body["owner"]), str(body["currency"])): money_of(fact.event.kind, body)}


def money_of(kind: str, body: Mapping[str, Any]) -> Sequence[Line]:
    """The lines of an event of one of the kinds in `PAYS`, without those of the goods that it moves."""
    return _BOOKED[kind](kind, body)


_BOOKED: Mapping[str, Callable[[str, Mapping[str, Any]], Sequence[Line]]] = {
    **dict.fromkeys(MONEY, booked),
    **dict.fromkeys(replacements.DECIDED, replacements.booked),
    **dict.fromkeys(replacements.PAID, replacements.paid),
    **dict.fromkeys(WORKED, lambda _, body: worked(body)),
    EventKind.CONSIGNMENT_SETTLED: lambda _, body: settled(body),
}
"""What each kind of event that is about money writes beside its goods."""
PAYS = frozenset(map(str, _BOOKED))
"""Kinds of events of the centre that move money, with goods or without."""


def _bought(what: Event) -> dict[str, tuple[int, int]]:
    """Units and value by item of goods that came with their cost."""
    found = dict[str, tuple[int, int]]()
    lines = what.body.get("lines")
    for line in lines if isinstance(lines, list | tuple) else ():
        cost = line.get("cost_minor") if isinstance(line, dict) else None
        if isinstance(cost, int):
            units, value = found.get(line["sku"], (0, 0))
            found[line["sku"]] = (units + line["qty"], value + cost)
    return found


@dataclass(slots=True)
class _Opened:
    """The books of the owners and items that some events are about."""

    keeper: Bookkeeper
    methods: Mapping[str, Method]
    worths: Mapping[Stock, Worth]
    currencies: Mapping[Stock, str]

    @classmethod
    def read(cls, conn: Connection, facts: Sequence[Fact], undone: Mapping[str, _Lines]) -> _Opened:
        """Reads them; an item that is new to an owner's books is counted in the currency of its record."""
        keys = dict.fromkeys(
            (move.source.owner, move.source.item) for fact in facts for move in fact.event.moves
        )
        payers = {str(fact.event.body["owner"]) for fact in facts if _moves_money(fact)}
        keys |= dict.fromkeys(
            (owner, line.sku)
            for entries in undone.values()
            for (owner, _), lines in entries.items()
            for line in lines
            if line.sku is not None
        )
        owners, skus = sorted({owner for owner, _ in keys} | payers), sorted({sku for _, sku in keys})
        settings = {row.owner: row for row in _settings.rows(conn, owners=owners)}
        methods = {
            owner: Method(settings[owner].costing) if owner in settings else Method.MOVING_AVERAGE
            for owner in owners
        }
        locked = {
            owner: date.fromisoformat(row.locked_until) if row.locked_until else None
            for owner, row in settings.items()
        }
        # What moves money alone is about no item.
        known = _records.rows(conn, skus=skus) if skus else ()
        stocked = _worths.rows(conn, owners=owners, skus=skus) if skus else ()
        records = {row.sku: row for row in known}
        kept = {(row.owner, row.sku): row for row in stocked}
        worths, currencies = dict[Stock, Worth](), dict[Stock, str]()
        for owner, sku in keys:
            row, record = kept.get((owner, sku)), records.get(sku)
            worths[owner, sku] = (
                restored(methods[owner], row.qty, row.value, json.loads(row.kept))
                if row is not None
                else opened(methods[owner])
            )
            currencies[owner, sku] = (
                row.currency if row is not None else record.currency if record else _DEFAULT_CURRENCY
            )
        standards = {sku: int(row.value_minor) for sku, row in records.items()}
        return cls(Bookkeeper(worths, standards, currencies, locked), methods, worths, currencies)

    def write(self, conn: Connection) -> None:
        """Writes what they are worth now."""
        _put.run(
            conn,
            [
                {
                    "owner": owner,
                    "sku": sku,
                    "currency": self.currencies[owner, sku],
                    "costing": self.methods[owner].value,
                    "qty": worth.qty,
                    "value": worth.value,
                    "kept": json.dumps(worth.to_json(), separators=(",", ":")),
                }
                for (owner, sku), worth in self.worths.items()
            ],
        )


def _entries_of(conn: Connection, events: Sequence[str]) -> dict[str, _Lines]:
    """The lines of the entries of some events, by event id, owner and currency."""
    found: defaultdict[str, defaultdict[tuple[str, str], list[Line]]]
    found = defaultdict(lambda: defaultdict(list))
    if events:
        # Taken back once, an entry is not taken back again.
        over = {row.reverses for row in _reversed.rows(conn, ids=list(events))}
        for row in _lines.rows(conn, ids=[event_id for event_id in events if event_id not in over]):
            sale = (row.order, row.line) if row.order is not None else None
            line = Line(Book(row.book), int(row.minor), row.sku, int(row.qty), sale)
            found[row.event_id][row.owner, row.currency].append(line)
    return {event_id: dict(lines) for event_id, lines in found.items()}


def _write(conn: Connection, entries: Sequence[Entry], rows: Mapping[str, int]) -> None:
    heads, lines = list[dict[str, Any]](), list[dict[str, Any]]()
    counted: defaultdict[int, int] = defaultdict(int)
    for entry in entries:
        row = rows[entry.event_id]
        counted[row] += 1
        heads.append(
            {
                "event": row,
                "n": counted[row],
                "owner": entry.owner,
                "currency": entry.currency,
                "occurred_on": entry.occurred_on.isoformat(),
                "posted_on": entry.posted_on.isoformat(),
                "reverses": entry.reverses,
            }
        )
        lines += [
            {
                "event": row,
                "entry": counted[row],
                "n": n,
                "book": line.book.value,
                "minor": line.minor,
                "sku": line.sku,
                "qty": line.qty,
                "order": line.sale[0] if line.sale else None,
                "line": line.sale[1] if line.sale else None,
            }
            for n, line in enumerate(entry.lines, 1)
        ]
    _new_entries.run(conn, heads)
    _new_lines.run(conn, lines)


_settings = asking(lambda among: select(owner_books).where(among(owner_books.c.owner, "owners")))
_records = asking(
    lambda among: select(item.c.sku, item.c.value_minor, item.c.currency).where(among(item.c.sku, "skus"))
)
_worths = asking(
    lambda among: select(stock_worth).where(
        among(stock_worth.c.owner, "owners"), among(stock_worth.c.sku, "skus")
    )
)
_put = replacing(stock_worth, ("owner", "sku"))
_lines = asking(
    lambda among: (
        select(
            event.c.event_id,
            journal_entry.c.owner,
            journal_entry.c.currency,
            journal_line.c.book,
            journal_line.c.minor,
            journal_line.c.sku,
            journal_line.c.qty,
            journal_line.c.order,
            journal_line.c.line,
        )
        .join_from(event, journal_entry, journal_entry.c.event == event.c.id)
        .join(
            journal_line,
            (journal_line.c.event == journal_entry.c.event) & (journal_line.c.entry == journal_entry.c.n),
        )
        .where(among(event.c.event_id, "ids"))
        .order_by(journal_line.c.event, journal_line.c.entry, journal_line.c.n)
    )
)
_reversed = asking(
    lambda among: select(journal_entry.c.reverses).where(among(journal_entry.c.reverses, "ids"))
)
_matches = asking(
    lambda among: select(blind_unit.c.event_id, blind_unit.c.matched_by).where(
        among(blind_unit.c.event_id, "ids"), blind_unit.c.matched_by.is_not(None)
    )
)
_new_entries = inserting(journal_entry)
_new_lines = inserting(journal_line, *(column.name for column in journal_line.columns))
