"""Events as journal entries, worked out by hand."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import Account, Status
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual, lane
from sync.central.rules.books.bookkeeper import Bookkeeper, Happened, Sold, crossing
from sync.central.rules.books.costing import Fifo, MovingAverage, Worth
from sync.central.rules.books.entry import Entry
from sync.central.rules.books.sale import Price, Sale

DAY, OWNER = date(2026, 7, 3), "ACME"
SHELF, BENCH = "A-01", "BENCH-07"


def at(place: str, sku: str = "A", status: Status | None = Status.SELLABLE) -> Account:
    inside = not place.startswith("@")
    return Account(OWNER, sku, place, status if inside or place.startswith("@transit") else None)


def move(qty: int, start: str, end: str, sku: str = "A", kind: MoveKind = MoveKind.RECEIVE) -> Move:
    return Move(qty, at(start, sku), at(end, sku), kind)


class Books:
    """An owner's books of A (standard 2.50), B (4.00) and a KIT (11.00), all in one currency."""

    def __init__(self, make: type[MovingAverage | Fifo] = MovingAverage, locked: date | None = None) -> None:
        self.worths: dict[tuple[str, str], Worth] = {(OWNER, sku): make() for sku in ("A", "B", "KIT")}
        self.keeper = Bookkeeper(
            self.worths,
            {"A": 250, "B": 400, "KIT": 1100},
            dict.fromkeys(self.worths, "GBP"),
            {OWNER: locked},
        )
        self.balance: defaultdict[str, int] = defaultdict(int)
        self.count = 0

    def happen(self, *moves: Move, **more: object) -> dict[str, int]:
        """Tells an event; what it does to each account."""
        self.count += 1
        given: dict[str, object] = {"occurred_on": DAY, "kind": "test", "moves": moves} | more
        self.last = self.keeper.entries(Happened(f"e-{self.count}", **given))  # type: ignore[arg-type]
        found: defaultdict[str, int] = defaultdict(int)
        for entry in self.last:
            for line in entry.lines:
                found[line.book.name.lower()] += line.minor
                self.balance[line.book.name.lower()] += line.minor
        assert self.balance["inventory"] == sum(worth.value for worth in self.worths.values())
        return {name: minor for name, minor in found.items() if minor}

    def worth(self, sku: str = "A") -> tuple[int, int]:
        return self.worths[OWNER, sku].qty, self.worths[OWNER, sku].value

    def buy(self, qty: int, value: int, sku: str = "A") -> dict[str, int]:
        return self.happen(move(qty, Virtual.SUPPLIER, SHELF, sku), bought={sku: (qty, value)})

    def sell(self, qty: int, sale: Sale, price: Price | None = None) -> dict[str, int]:
        return self.happen(
            move(qty, SHELF, Virtual.CUSTOMER, sale.sku, MoveKind.SHIP), sold=[Sold(sale, qty, price)]
        )


def undone(entries: list[Entry]) -> dict[tuple[str, str], tuple[object, ...]]:
    return {(entry.owner, entry.currency): entry.lines for entry in entries}


def test_goods_from_a_supplier_are_worth_what_they_cost() -> None:
    books = Books()
    assert books.buy(10, 1234) == {"inventory": 1234, "goods_received": -1234}
    assert books.worth() == (10, 1234)


def test_goods_whose_cost_nobody_told_are_worth_what_their_record_says() -> None:
    books = Books()
    assert books.happen(move(4, Virtual.SUPPLIER, SHELF)) == {"inventory": 1000, "goods_received": -1000}


def test_a_sale_brings_its_price_and_costs_the_average() -> None:
    """10 at 1.00 and 10 at 1.60; three leave at 1.30 for 2.50 each with 1.50 of tax on the line."""
    books = Books()
    books.buy(10, 1000)
    books.buy(10, 1600)
    assert books.sell(3, Sale(1, 1, "A", "GBP"), Price(250, "GBP", 150, 3)) == {
        "inventory": -390,
        "cost_of_sales": 390,
        "receivable": 900,
        "sales": -750,
        "sales_tax": -150,
    }


def test_first_in_first_out_costs_what_came_first() -> None:
    books = Books(Fifo)
    books.buy(10, 1000)
    books.buy(10, 1600)
    assert books.sell(12, Sale(1, 1, "A", "GBP")) == {"inventory": -1320, "cost_of_sales": 1320}


def test_what_comes_back_is_worth_what_it_had_cost_when_it_was_sold() -> None:
    """Sold at a cost of 1.00; the average is 3.00 by the time it comes back; then it is written off."""
    books, sale = Books(), Sale(1, 1, "A", "GBP")
    books.buy(2, 200)
    books.sell(2, sale)
    books.buy(1, 300)
    back = (move(1, Virtual.CUSTOMER, BENCH), move(1, BENCH, "HOLD-3"))
    assert books.happen(*back, back=[(sale, 9)]) == {"inventory": 100, "cost_of_sales": -100}
    assert (books.worth(), sale.out) == ((2, 400), 1)
    assert books.happen(move(1, "HOLD-3", Virtual.SCRAP)) == {"inventory": -200, "write_off": 200}


def test_what_nobody_sold_comes_back_at_what_such_units_cost_now() -> None:
    books = Books()
    books.buy(2, 700)
    assert books.happen(move(1, Virtual.CUSTOMER, BENCH)) == {"inventory": 350, "cost_of_sales": -350}
    assert books.happen(move(1, Virtual.CUSTOMER, BENCH, "B")) == {"inventory": 400, "cost_of_sales": -400}


def test_more_than_was_sold_comes_back_at_two_costs() -> None:
    books, sale = Books(), Sale(1, 1, "A", "GBP")
    books.buy(1, 100)
    books.sell(1, sale)
    assert books.happen(move(3, Virtual.CUSTOMER, BENCH), back=[(sale, 9)])["inventory"] == 100 + 2 * 250


def test_every_way_out_has_its_account() -> None:
    books = Books()
    books.buy(10, 1000)
    ends = {
        Virtual.SCRAP: "write_off",
        Virtual.LIQUIDATION: "liquidated",
        Virtual.VENDOR_RETURN: "vendor_claims",
        Virtual.DONATED: "donated",
        Virtual.RECYCLED: "recycled",
        Virtual.COUNT: "count_differences",
    }
    for end, book in ends.items():
        assert books.happen(move(1, SHELF, end)) == {"inventory": -100, book: 100}
    assert books.happen(move(1, Virtual.COUNT, SHELF)) == {"inventory": 100, "count_differences": -100}


def test_goods_on_their_way_between_sites_and_between_shelves_are_ours_all_the_time() -> None:
    books = Books()
    books.buy(5, 500)
    there = at(lane("WH1", "WH2"), status=Status.IN_TRANSIT)
    assert books.happen(Move(3, at(SHELF), there, MoveKind.TRANSFER)) == {}
    assert books.happen(Move(1, there, at(Virtual.COUNT), MoveKind.ADJUST)) == {
        "inventory": -100,
        "count_differences": 100,
    }
    assert not crossing([move(1, SHELF, "B-01"), Move(3, at(SHELF), there, MoveKind.TRANSFER)])
    assert crossing([move(1, SHELF, Virtual.SCRAP)])


def test_a_kit_costs_what_goes_into_it() -> None:
    """Two kits of 2 A and 1 B leave together with one from the shelf; one comes back at a third of it all."""
    books, sale = Books(), Sale(1, 1, "KIT", "GBP")
    books.buy(4, 400)
    books.buy(2, 1000, "B")
    books.buy(1, 900, "KIT")
    found = books.happen(
        move(1, SHELF, Virtual.CUSTOMER, "KIT", MoveKind.SHIP),
        move(4, SHELF, Virtual.CONVERSION, "A", MoveKind.CONVERT),
        move(2, SHELF, Virtual.CONVERSION, "B", MoveKind.CONVERT),
        move(2, Virtual.CONVERSION, Virtual.CUSTOMER, "KIT", MoveKind.SHIP),
        sold=[Sold(sale, 3)],
    )
    assert found == {"inventory": -2300, "cost_of_sales": 2300}
    assert (sale.cost, books.worth("KIT")) == (2300, (0, 0))
    back = books.happen(move(1, Virtual.CUSTOMER, BENCH, "KIT"), back=[(sale, 9)])
    assert back == {"inventory": 767, "cost_of_sales": -767}


def test_what_is_taken_apart_is_worth_what_it_was_together() -> None:
    """A kit of 9.00 becomes 2 A and 1 B, which by their records cost 5.00 and 4.00."""
    books = Books()
    books.buy(1, 900, "KIT")
    books.happen(
        move(1, SHELF, Virtual.CONVERSION, "KIT", MoveKind.CONVERT),
        move(2, Virtual.CONVERSION, SHELF, "A", MoveKind.CONVERT),
        move(1, Virtual.CONVERSION, SHELF, "B", MoveKind.CONVERT),
    )
    assert (books.worth("A"), books.worth("B"), books.worth("KIT")) == ((2, 500), (1, 400), (0, 0))
    assert books.balance["conversion"] == 0


def test_what_left_before_it_was_received_is_made_good() -> None:
    """Three leave at the standard of 2.50 with none there; five come at 3.00: 1.50 is variance."""
    books = Books()
    assert books.sell(3, Sale(1, 1, "A", "GBP")) == {"inventory": -750, "cost_of_sales": 750}
    assert books.buy(5, 1500) == {"inventory": 1350, "goods_received": -1500, "cost_variance": 150}
    assert books.worth() == (2, 600)


def test_an_event_that_is_taken_back_leaves_the_books_as_they_were() -> None:
    books, sale = Books(), Sale(1, 1, "A", "GBP")
    books.buy(3, 1000)
    books.sell(2, sale)
    before = (books.worth(), dict(books.balance))
    books.happen(move(1, Virtual.CUSTOMER, BENCH), back=[(sale, 9)])
    assert sale.out == 1
    books.happen(
        move(1, BENCH, Virtual.CUSTOMER), undone=undone(books.last), back=[(sale, 9)], reverses="e-3"
    )
    assert (books.last[0].reverses, sale.out, sale.back_cost) == ("e-3", 2, 0)
    assert (books.worth(), {**books.balance}) == before


def test_what_happened_in_a_closed_period_is_booked_in_the_open_one() -> None:
    books = Books(locked=date(2026, 7, 31))
    books.buy(1, 100)
    (entry,) = books.last
    assert (entry.occurred_on, entry.posted_on, entry.late) == (DAY, date(2026, 8, 1), True)


def test_a_sale_in_another_currency_is_an_entry_of_its_own() -> None:
    books = Books()
    books.buy(2, 500)
    books.sell(1, Sale(1, 1, "A", "EUR"), Price(900, "EUR"))
    assert {entry.currency: sum(abs(n.minor) for n in entry.lines) for entry in books.last} == {
        "GBP": 500,
        "EUR": 1800,
    }


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("buy"), st.integers(1, 5), st.integers(0, 900)),
            st.tuples(st.just("sell"), st.integers(1, 5), st.integers(0, 900)),
            st.tuples(st.just("back"), st.integers(1, 5), st.just(0)),
            st.tuples(st.just("scrap"), st.integers(1, 5), st.just(0)),
            st.tuples(st.just("undo"), st.just(1), st.just(0)),
        ),
        max_size=20,
    ),
    st.sampled_from([MovingAverage, Fifo]),
)
def test_whatever_happens_the_books_balance_and_show_what_the_stock_is_worth(
    steps: list[tuple[str, int, int]], make: type[MovingAverage | Fifo]
) -> None:
    """`Books.happen` checks after each event that inventory is what all units are worth."""
    books, sale, units = Books(make), Sale(1, 1, "A", "GBP"), 0
    for what, qty, money in steps:
        if what == "buy":
            books.buy(qty, money)
        elif what == "sell":
            books.sell(qty, sale, Price(money, "GBP", money // 5, 7))
        elif what == "back":
            books.happen(move(qty, Virtual.CUSTOMER, BENCH), back=[(sale, 9)])
        elif what == "scrap":
            books.happen(move(qty, SHELF, Virtual.SCRAP))
        elif books.count and books.last:
            books.happen(undone=undone(books.last), reverses=f"e-{books.count}")
        units = books.worth()[0]
    assert sum(books.balance.values()) == 0
    assert units or books.worth() == (0, 0)


def test_no_more_comes_back_on_a_sale_than_its_return_was_matched_with() -> None:
    books, dear, cheap = Books(), Sale(1, 1, "A", "GBP"), Sale(2, 1, "A", "GBP")
    books.buy(2, 200)
    books.sell(2, cheap)
    books.buy(2, 1800)
    books.sell(2, dear)
    back = books.happen(move(2, Virtual.CUSTOMER, BENCH), back=[(dear, 1), (cheap, 1)])
    assert back == {"inventory": 1000, "cost_of_sales": -1000}
    assert (dear.out, cheap.out) == (1, 1)


def test_units_that_are_told_apart_share_what_came_with_them_to_the_cent() -> None:
    books = Books()
    units = [move(1, Virtual.SUPPLIER, SHELF) for _ in range(3)]
    assert books.happen(*units, bought={"A": (3, 1000)}) == {"inventory": 1000, "goods_received": -1000}
