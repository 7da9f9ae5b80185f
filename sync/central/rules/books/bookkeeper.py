"""From what happened to what it does to the books: each event becomes balanced entries, in its order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from app.domain.approvals.needing import LOSSES
from app.domain.move import Move
from app.domain.place import TRANSIT_PREFIX, Virtual, is_virtual
from sync.central.rules.books.chart import AGAINST, Book
from sync.central.rules.books.costing import Worth
from sync.central.rules.books.entry import Entry, Line, posting_day, together
from sync.central.rules.books.named import found_sales, read_revalued
from sync.central.rules.books.sale import Price, Sale
from sync.central.rules.books.shares import ratio, share

Stock = tuple[str, str]
"""Owner and item."""
_STOCK = frozenset({Book.INVENTORY, Book.COST_VARIANCE})


@dataclass(frozen=True, slots=True)
class Sold:
    """Units of an order line in a shipment: the line's sale so far, and its price where it has one.

    `against` is the account that its price stands on until somebody pays.
    """

    sale: Sale
    qty: int
    price: Price | None = None
    against: Book = Book.RECEIVABLE


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as the books see it.

    `bought` is what each item cost by what came with the goods: (units, value) in the item's currency. `sold`
    are the order lines that left. `back` are the sales that units from a customer belong to, with how many of
    them at most, in that order; of an event that is taken back, those that they belonged to. `undone` are the
    lines, by owner and currency, of the entries that it takes back, of the event `reverses`; `money` is what
    it does beside moving goods. `blind` are the lines by which units came that find their sale by it.
    `unapproved`: nobody with the right to it approved that goods are gone.
    """

    event_id: str
    kind: str
    occurred_on: date
    moves: Sequence[Move] = ()
    bought: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    sold: Sequence[Sold] = ()
    back: Sequence[tuple[Sale, int]] = ()
    undone: Mapping[tuple[str, str], Sequence[Line]] = field(default_factory=dict)
    money: Mapping[tuple[str, str], Sequence[Line]] = field(default_factory=dict)
    blind: Mapping[tuple[str, str], Sequence[Line]] = field(default_factory=dict)
    reverses: str | None = None
    unapproved: bool = False


@dataclass(slots=True)
class Bookkeeper:
    """Keeps the books while events are told one after the other.

    `worths` has what stock is worth by owner and item, `standards` what a unit costs that was never bought,
    `currencies` in which each is counted; `locked` the last closed day by owner.
    """

    worths: Mapping[Stock, Worth]
    standards: Mapping[str, int]
    currencies: Mapping[Stock, str]
    locked: Mapping[str, date | None] = field(default_factory=dict)

    def entries(self, told: Happened) -> list[Entry]:
        """What an event does to the books of every owner it is about; nothing when it moves no value."""
        takes_back = _takes_back(told)
        if takes_back:
            sales = {sale.key: sale for sale, _ in told.back}
            found = {key: self._undo(key, lines, sales) for key, lines in told.undone.items()}
        else:
            by_owner = defaultdict[str, list[Move]](list)
            for move in told.moves:
                by_owner[move.source.owner].append(move)
            found = {}
            for owner, moves in by_owner.items():
                page = _Page(self, owner, told)
                page.take(moves)
                found |= {(owner, currency): lines for currency, lines in page.lines().items()}
            for key, lines in told.money.items():
                found[key] = [*found.get(key, ()), *lines]
            for key, lines in told.blind.items():
                found[key] = [*found.get(key, ()), *self._named(key[0], lines, told.back)]
        return [
            Entry(
                told.event_id,
                owner,
                currency,
                told.kind,
                told.occurred_on,
                posting_day(told.occurred_on, self.locked.get(owner)),
                lines,
                told.reverses if takes_back else None,
            )
            for (owner, currency), all_lines in found.items()
            if (lines := together(all_lines))
        ]

    def _undo(
        self, key: tuple[str, str], lines: Sequence[Line], sales: Mapping[tuple[int, int], Sale]
    ) -> list[Line]:
        """The lines that take an entry back; what its units are worth is as if it had never been."""
        found, (owner, _) = list[Line](), key
        again = read_revalued(lines)
        if again is not None:
            back = replace(again, was=again.now, now=again.was)
            found += back.lines(self.worths[owner, again.sku])
        for line in lines:
            if again is not None and line.book in _STOCK:
                # Made anew above, from what the stock is by now.
                continue
            found.append(line.reversed())
            if line.book is Book.INVENTORY and line.sku is not None:
                worth = self.worths[owner, line.sku]
                if line.qty < 0:
                    variance = worth.put_back(-line.qty, -line.minor)
                else:
                    variance = worth.take_back(line.qty, line.minor)
                found += [Line(Book.INVENTORY, -variance, line.sku), Line(Book.COST_VARIANCE, variance)]
            elif line.book is Book.COST_OF_SALES and line.sale is not None and line.sale in sales:
                sales[line.sale].not_back(-line.qty, -line.minor)
        return found

    def _named(self, owner: str, came: Sequence[Line], back: Sequence[tuple[Sale, int]]) -> list[Line]:
        """The lines by which units that came blind are worth what they had cost when they were sold."""
        found = found_sales(came, back)
        if found is None:
            return []
        revalued, against = found
        return [*revalued.lines(self.worths[owner, revalued.sku]), *against]


@dataclass(slots=True)
class _Gone:
    """Units of one item that left for customers in one event: from the shelf, and put together for it."""

    shelf: int = 0
    shelf_cost: int = 0
    made: int = 0
    made_cost: int = 0

    def take(self, most: int) -> tuple[int, int, int, int]:
        """Up to so many units, those from the shelf first: units and cost of these, then of made ones."""
        shelf = min(most, self.shelf)
        shelf_cost = share(self.shelf_cost, self.shelf, 0, shelf) if shelf else 0
        made = min(most - shelf, self.made)
        made_cost = share(self.made_cost, self.made, 0, made) if made else 0
        self.shelf, self.shelf_cost = self.shelf - shelf, self.shelf_cost - shelf_cost
        self.made, self.made_cost = self.made - made, self.made_cost - made_cost
        return shelf, shelf_cost, made, made_cost


@dataclass(slots=True)
class _Page:
    """The lines of one event for one owner.

    `pot` is what conversions consumed and did not make yet, `gone` what left for customers, `priced` how many
    units were given their part of what came with the goods, `nameless` what customers sent without a name.
    """

    books: Bookkeeper
    owner: str
    told: Happened
    found: defaultdict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))
    pot: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    gone: defaultdict[str, _Gone] = field(default_factory=lambda: defaultdict(_Gone))
    priced: Counter[str] = field(default_factory=Counter)
    nameless: Counter[str] = field(default_factory=Counter)

    def take(self, moves: Sequence[Move]) -> None:
        """Books the moves in their order, then what the units that left for customers brought."""
        for number, move in enumerate(moves):
            start, end = move.source.location, move.target.location
            if start == Virtual.CUSTOMER and end == Virtual.UNIDENTIFIED:
                self.nameless[move.source.item] += move.qty
            elif start == Virtual.UNIDENTIFIED and self.nameless[move.source.item] >= move.qty:
                # A thing that gets its name comes from the customer who sent it.
                self.nameless[move.source.item] -= move.qty
                start = Virtual.CUSTOMER
            if _inside(start) and not _inside(end):
                self._leave(move, end)
            elif _inside(end) and not _inside(start):
                self._come(move, start, moves[number:])
            elif start == Virtual.CONVERSION and end == Virtual.CUSTOMER:
                value = self._made(move, moves[number:])
                self._add(move.source.item, Line(Book.CONVERSION, -value))
                gone = self.gone[move.source.item]
                gone.made, gone.made_cost = gone.made + move.qty, gone.made_cost + value
        self._brought()

    def lines(self) -> Mapping[str, list[Line]]:
        """The lines by currency."""
        return self.found

    def _add(self, sku: str, *lines: Line) -> None:
        self.found[self.books.currencies[self.owner, sku]] += lines

    def _leave(self, move: Move, end: str) -> None:
        sku = move.source.item
        value = self.books.worths[self.owner, sku].take(move.qty, self.books.standards.get(sku, 0))
        if end == Virtual.CUSTOMER:
            # Which order lines they belong to is booked at the end.
            gone = self.gone[sku]
            gone.shelf, gone.shelf_cost = gone.shelf + move.qty, gone.shelf_cost + value
            return
        if end == Virtual.CONVERSION:
            self.pot[self.books.currencies[self.owner, sku]] += value
        self._add(sku, Line(Book.INVENTORY, -value, sku, -move.qty), Line(self._gone_to(end), value))

    def _gone_to(self, end: str) -> Book:
        """Against which account goods leave: a loss that is not approved waits in one of its own."""
        loose = self.told.unapproved and end in LOSSES
        return Book.UNAPPROVED_LOSS if loose else _against(end)

    def _come(self, move: Move, start: str, moves: Sequence[Move]) -> None:
        sku = move.target.item
        parts: list[tuple[int, int, Sale | None]]
        if start == Virtual.CUSTOMER:
            parts = self._from_customer(sku, move.qty)
        elif start == Virtual.CONVERSION:
            parts = [(move.qty, self._made(move, moves), None)]
        else:
            parts = [(move.qty, self._price(sku, move.qty, start), None)]
        for qty, value, sale in parts:
            variance = self.books.worths[self.owner, sku].put(qty, value)
            against = Line(_against(start), -value)
            if sale is not None:
                # Whoever takes it back knows by it which sale has its units out again.
                against = replace(against, sku=sku, qty=-qty, sale=sale.key)
            arrived = Line(Book.INVENTORY, value - variance, sku, qty)
            self._add(sku, arrived, Line(Book.COST_VARIANCE, variance), against)

    def _from_customer(self, sku: str, qty: int) -> list[tuple[int, int, Sale | None]]:
        """Units that come back at what they had cost when they were sold, others at what such cost now."""
        parts = list[tuple[int, int, Sale | None]]()
        for sale, most in self.told.back:
            units = min(qty, sale.out, most) if sale.sku == sku else 0
            if units > 0:
                parts.append((units, sale.come_back(units), sale))
                qty -= units
        if qty:
            parts.append((qty, self._now(sku, qty), None))
        return parts

    def _price(self, sku: str, qty: int, start: str) -> int:
        bought = self.told.bought.get(sku) if start == Virtual.SUPPLIER else None
        if bought is not None:
            units, value = bought
            begin = min(self.priced[sku], units)
            end = min(begin + qty, units)
            self.priced[sku] = end
            return share(value, units, begin, end)
        return self._now(sku, qty)

    def _now(self, sku: str, qty: int) -> int:
        """What such units are worth now; those nobody has, what they cost last or by the item's record."""
        worth, standard = self.books.worths[self.owner, sku], self.books.standards.get(sku, 0)
        return ratio(worth.value, qty, worth.qty) if worth.qty > 0 else qty * standard

    def _made(self, move: Move, moves: Sequence[Move]) -> int:
        """What a made thing is worth: its part of what was consumed, by what records say that such cost."""
        currency = self.books.currencies[self.owner, move.source.item]
        made = list[Move]()
        for entry in moves:
            if entry.source.location != Virtual.CONVERSION:
                break
            made.append(entry)
        weights = [self.books.standards.get(entry.source.item, 0) * entry.qty for entry in made]
        if not sum(weights):
            weights = [entry.qty for entry in made]
        value = share(self.pot[currency], sum(weights), 0, weights[0])
        self.pot[currency] -= value
        return value

    def _brought(self) -> None:
        """The units that left for customers, order line by order line."""
        for sold in self.told.sold:
            if sold.sale.sku not in self.gone:
                continue
            units, cost = self._left(sold.sale.sku, sold.qty, sold.sale)
            net, tax = sold.sale.leave(units, cost, sold.price)
            if sold.price is not None:
                self.found[sold.price.currency] += (
                    Line(sold.against, net + tax),
                    Line(Book.SALES, -net),
                    Line(Book.SALES_TAX, -tax),
                )
        for sku, gone in self.gone.items():
            self._left(sku, gone.shelf + gone.made, None)

    def _left(self, sku: str, most: int, sale: Sale | None) -> tuple[int, int]:
        """Units that left for a customer: what they were worth is the cost of what was sold."""
        shelf, shelf_cost, made, made_cost = self.gone[sku].take(most)
        self._add(
            sku,
            Line(Book.INVENTORY, -shelf_cost, sku, -shelf, sale.key if sale else None),
            Line(Book.COST_OF_SALES, shelf_cost + made_cost),
        )
        return shelf + made, shelf_cost + made_cost


def _inside(location: str) -> bool:
    """Ours: on a shelf, at a bench, or on its way between our sites."""
    return not is_virtual(location) or location.startswith(TRANSIT_PREFIX)


def _against(end: str) -> Book:
    return AGAINST.get(end, Book.UNIDENTIFIED)


def _takes_back(told: Happened) -> bool:
    """Whether exactly those units go back that came, and come back that went, with what is taken back."""
    if not told.undone:
        return False
    units = Counter[tuple[str, str]]()
    for (owner, _), lines in told.undone.items():
        for line in lines:
            if line.book is Book.INVENTORY and line.sku is not None:
                units[owner, line.sku] += line.qty
    for move in told.moves:
        came = _inside(move.target.location) - _inside(move.source.location)
        units[move.source.owner, move.source.item] += came * move.qty
    return not any(units.values())


def crossing(moves: Iterable[Move]) -> bool:
    """Whether any of these units enters or leaves what is ours."""
    return any(_inside(m.source.location) != _inside(m.target.location) for m in moves)
