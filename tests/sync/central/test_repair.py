"""Repair makes anew what repeats other rows, says so in the centre's chain, and touches no fact."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.refusal import Refused
from sync.central.audit import audit
from sync.central.repair import RepairReport, rehearse, repair
from sync.central.store import feed
from sync.central.store.tables import event, move, receipt, reservation, rma_event, sold_serial
from tests.sync.central.checks.busy import Busy, busy_at, update
from tests.sync.central.shop import Shop, open_shop

# What is never touched.
FACTS = (event, move, receipt, sold_serial, rma_event)


@pytest.fixture(params=["sqlite", "postgresql"])
def day(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Busy]:
    """A busy day of one's own, to be spoilt and repaired."""
    url = (
        request.getfixturevalue("postgres_url")
        if request.param == "postgresql"
        else f"sqlite:///{tmp_path / 'centre.db'}"
    )
    with busy_at(url) as found:
        yield found


def spoil(shop: Shop, *changes: str) -> None:
    with shop.database.write() as conn:
        for change in changes:
            assert conn.exec_driver_sql(change).rowcount > 0, change


def mend(shop: Shop) -> RepairReport:
    return repair(shop.database, shop.chain, shop.clock.now())


def facts(shop: Shop) -> dict[str, list[Any]]:
    """Every row of the tables that hold facts."""
    return shop.ask(
        lambda conn: {
            table.name: list(conn.execute(select(table).order_by(*table.primary_key))) for table in FACTS
        }
    )


def caches(report: RepairReport) -> list[str]:
    return [correction.cache for correction in report.corrections]


S3 = "SELECT id FROM account WHERE serial = 's3'"
SPOILT = (
    # An account that is off, one that is lost, one under another name, one that holds nothing.
    update("balance", "qty = qty + 3", "account = 2"),
    "DELETE FROM balance WHERE account = 4",
    update("balance", "status = 'damaged'", f"account IN ({S3}) AND qty = 1"),
    # Lines: more than is claimed, and less than was shipped, without its time.
    update("order_line", "reserved = reserved - 1", "reserved = 3"),
    update("order_line", "shipped = 0, shipped_at = NULL", "shipped = 2"),
    # Stock whose worth is not what the journal says.
    update("stock_worth", "value = value + 7", "sku = 'B'"),
    # A case that was answered while the stock still stands below nothing.
    update("exception", "state = 'resolved'", "type = 'stock.negative' AND state = 'open'"),
)


def test_everything_that_repeats_rows_is_made_anew(day: Busy) -> None:
    shop, before = day.shop, facts(day.shop)
    assert audit(shop.database).holds
    spoil(shop, *SPOILT)
    broken = audit(shop.database)
    found = rehearse(shop.database, shop.clock.now())
    assert (found.before.violations, found.after, found.event_ids) == (broken.violations, None, ())
    assert found.left == ()
    done = mend(shop)
    assert done.corrections == found.corrections
    assert sorted(set(caches(done))) == ["balances", "exceptions", "reserved", "shipped", "worth"]
    assert done.after is not None
    assert done.after.holds
    assert (done.left, audit(shop.database).holds) == ((), True)
    after = facts(shop)
    for name, rows in before.items():
        assert after[name][: len(rows)] == rows
    assert {name: len(after[name]) - len(rows) for name, rows in before.items()} == {
        "event": 1,
        "move": 0,
        "receipt": 1,
        "sold_serial": 0,
        "rma_event": 0,
    }


def test_the_repair_itself_is_on_the_record(day: Busy) -> None:
    spoil(day.shop, SPOILT[0])
    done = mend(day.shop)
    (event_id,) = done.event_ids
    asked = select(event).where(event.c.event_id == event_id)
    row = day.shop.ask(lambda conn: conn.execute(asked).one())
    assert (row.kind, row.origin, row.operator) == ("ledger.repaired", "centre", "backhaul")
    assert json.loads(row.body) == {
        "part": 1,
        "parts": 1,
        "corrections": [
            {"cache": "balances", "subject": "ACME A WH1-A sellable", "stored": "17", "rows_say": "14"}
        ],
    }


def test_a_second_repair_finds_nothing_and_writes_nothing(day: Busy) -> None:
    spoil(day.shop, *SPOILT)
    mend(day.shop)
    rows = facts(day.shop)
    again = mend(day.shop)
    assert (again.corrections, again.left, again.event_ids, again.after) == ((), (), (), None)
    assert rehearse(day.shop.database, day.shop.clock.now()).corrections == ()
    assert facts(day.shop) == rows


def test_a_rehearsal_changes_nothing(day: Busy) -> None:
    spoil(day.shop, *SPOILT)
    broken, position = audit(day.shop.database), day.shop.ask(feed.position)
    rehearse(day.shop.database, day.shop.clock.now())
    assert audit(day.shop.database).violations == broken.violations
    assert day.shop.ask(feed.position) == position


def test_moves_that_are_not_what_was_sealed_are_no_proof(day: Busy) -> None:
    """A new fold would only write down what somebody did to the moves."""
    spoil(
        day.shop,
        update("move", "qty = qty - 1", "event = 1 AND n = 1"),
        update("balance", "qty = 9", "account = 4"),
    )
    rows = facts(day.shop)
    done = mend(day.shop)
    # The event that was changed is about A and B: nothing of them is made anew, and the finding is named.
    assert done.corrections == ()
    assert {entry.violation.law for entry in done.left} >= {"facts", "balances"}
    assert all(entry.do for entry in done.left)
    assert facts(day.shop) == rows


def test_other_stock_is_repaired_beside_facts_in_doubt(day: Busy) -> None:
    spoil(day.shop, update("move", "qty = qty + 1", "event = 1 AND n = 1"))
    spoil(day.shop, update("balance", "qty = qty + 1", f"account IN ({S3}) AND qty = 1"))
    done = mend(day.shop)
    assert [(entry.cache, entry.rows_say) for entry in done.corrections] == [("balances", "1")]
    assert "facts" in {entry.violation.law for entry in done.left}


def test_a_chain_that_is_cut_holds_everything_back(day: Busy) -> None:
    spoil(day.shop, update("station", "head_hash = 'x'", "bench = 7 OR name = 'Bench'"), SPOILT[0])
    done = mend(day.shop)
    assert done.corrections == ()
    assert {entry.violation.law for entry in done.left} == {"chain", "balances", "conservation", "books"}


def test_what_contradicts_itself_is_left_and_named(day: Busy) -> None:
    shop = day.shop
    spoil(
        shop,
        update("reservation", "qty = 99", "item = 'A' AND per = 1"),
        update("order_line", "cancelled = 1", "reserved = 3"),
    )
    done = mend(shop)
    assert "reserved" not in caches(done)
    lefts = {entry.violation.law: entry.do for entry in done.left}
    assert "Release, cancel or capture anew" in lefts["reserved"]
    assert "Release, cancel or capture anew" in lefts["order line"]


@pytest.fixture
def trade(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path) as shop:
        shop.items("A")
        shop.receive({"A": 5})
        yield shop


def test_stock_that_was_never_there_is_promised_no_more(trade: Shop) -> None:
    """Claims follow corrected stock as they follow any other change of it."""
    spoil(trade, update("balance", "qty = 9", "qty = 5"), update("balance", "qty = -9", "qty = -5"))
    trade.order({"A": 4})
    trade.order({"A": 4})
    assert trade.line("o2") == (4, 0, 0, 0)
    done = mend(trade)
    assert (done.left, trade.line("o1")[0], trade.line("o2")[0]) == ((), 4, 1)
    assert trade.cases() == ["promise.lost"]


def test_stock_that_was_lost_from_sight_fills_backorders(trade: Shop) -> None:
    spoil(trade, update("balance", "qty = 1", "qty = 5"), update("balance", "qty = -1", "qty = -5"))
    trade.order({"A": 4}, ship="available")
    assert trade.line("o1") == (0, 1, 3, 0)
    done = mend(trade)
    assert (done.left, trade.line("o1")) == ((), (0, 4, 0, 0))


def test_baskets_that_ended_are_cleared(trade: Shop) -> None:
    for units, minutes in ((2, 1), (2, 2), (1, 3)):
        trade.hold({"A": units}, minutes=minutes)
    trade.clock.pass_by(minutes=2)
    done = mend(trade)
    assert [(entry.cache, entry.stored) for entry in done.corrections] == [("baskets", "2 ended, of 4 units")]
    assert trade.ask(lambda conn: conn.scalars(select(reservation.c.qty)).all()) == [1]


def test_a_long_repair_is_several_events(trade: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.central.repair._PER_EVENT", 1)
    spoil(trade, update("balance", "qty = qty + 1", "qty <> 0"))
    done = mend(trade)
    assert len(done.event_ids) == len(done.corrections) == 2
    bodies = trade.ask(
        lambda conn: [
            json.loads(text)
            for text in conn.scalars(select(event.c.body).where(event.c.kind == "ledger.repaired"))
        ]
    )
    assert [(body["part"], body["parts"]) for body in bodies] == [(1, 2), (2, 2)]


def test_a_repair_that_would_break_a_law_is_taken_back(trade: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were claims not to follow the stock, they would promise what is not there."""
    spoil(trade, update("balance", "qty = 9", "qty = 5"), update("balance", "qty = -9", "qty = -5"))
    trade.order({"A": 9})
    monkeypatch.setattr("sync.central.repair.allocate", _nothing)
    broken = audit(trade.database).violations
    with pytest.raises(Refused) as no:
        mend(trade)
    assert no.value.code == "repair.worse"
    assert audit(trade.database).violations == broken
    monkeypatch.undo()
    assert mend(trade).left == ()


def _nothing(*_: object) -> None:
    pass


def test_accounts_that_cannot_be_read_stop_everything(trade: Shop) -> None:
    spoil(trade, update("account", "status = 'lost'", "status = 'sellable'"), SPOILT[0])
    done = mend(trade)
    assert done.corrections == ()
    assert {entry.violation.law for entry in done.left} == {"account"}
    spoil(trade, update("account", "status = 'sellable'", "status = 'lost'"))
    assert mend(trade).left == ()
