"""One case for one key, however often it is found; found again after it was resolved it opens again."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from sqlalchemy import select

from app.domain.account import Account, Status
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.commands.exceptions import resolve
from sync.central.commands.requests import Resolution
from sync.central.store.exceptions import Case, close_cases, open_case, stored_key
from sync.central.store.tables import exception, exception_closing
from tests.sync.central.receiving import Bench, store_in
from tests.sync.central.shop import Shop

CASE = Case("k", "some.type", "sku:A", "planner", "Count it.", sku="A", qty=3)


def test_a_case_is_opened_once_with_the_money_at_risk(shop: Shop) -> None:
    shop.items("A")
    for _ in range(3):
        shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
    row = shop.ask(lambda conn: conn.execute(select(exception)).one())
    assert (row.money_minor, row.currency, row.owner_role, row.state) == (750, "GBP", "planner", "open")


def test_a_case_about_an_unknown_item_has_no_price(shop: Shop) -> None:
    shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
    assert shop.ask(lambda conn: conn.scalar(select(exception.c.money_minor))) is None


def test_a_case_that_is_about_nothing_any_more_is_closed(shop: Shop) -> None:
    long = replace(CASE, key="k" * 400)
    shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
    shop.act(lambda act: open_case(act.conn, long, act.posted_at))
    shop.act(lambda act: close_cases(act.conn, [], act.posted_at, "Nothing."))
    assert len(shop.cases()) == 2
    shop.act(lambda act: close_cases(act.conn, [long.key, "another"], act.posted_at, "It is there now."))
    rows = shop.ask(lambda conn: conn.execute(select(exception).order_by(exception.c.id)).all())
    assert [(row.state, row.resolution, row.resolved_by) for row in rows] == [
        ("open", None, None),
        ("resolved", "It is there now.", "centre"),
    ]


def test_a_resolved_case_opens_again_when_it_is_found_again(shop: Shop) -> None:
    shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
    shop.act(lambda act: resolve(act, 1, Resolution(note="counted")))
    assert shop.cases() == []
    shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
    assert shop.cases() == ["some.type"]
    assert shop.ask(lambda conn: conn.execute(select(exception)).one()).resolution is None


def test_what_was_said_of_a_case_outlives_its_being_found_anew(shop: Shop) -> None:
    for note in ("Paid out, Ms Roe agreed.", "Again, the same box."):
        shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
        shop.act(partial(resolve, number=1, asked=Resolution(note=note)), operator="ann")
        shop.clock.pass_by(hours=1)
    shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
    shop.act(lambda act: close_cases(act.conn, ["k"], act.posted_at, "It is there.", "e-9"))
    kept = select(exception_closing).order_by(exception_closing.c.id)
    rows = shop.ask(lambda conn: conn.execute(kept).all())
    assert [(row.closed_by, row.note) for row in rows] == [
        ("ann", "Paid out, Ms Roe agreed."),
        ("ann", "Again, the same box."),
        ("centre", "It is there."),
    ]
    assert rows[2].event_id == "e-9"


def test_a_case_is_due_from_when_it_opens_or_opens_again(shop: Shop) -> None:
    def found() -> str:
        shop.act(lambda act: open_case(act.conn, replace(CASE, type="stock.negative"), act.posted_at))
        return str(shop.ask(lambda conn: conn.scalar(select(exception.c.due_at))))

    assert found() == "2026-11-24T10:00:00.000Z"
    shop.clock.pass_by(hours=5)
    assert found() == "2026-11-24T10:00:00.000Z"
    shop.act(lambda act: close_cases(act.conn, ["k"], act.posted_at, "It is there."))
    assert found() == "2026-11-24T15:00:00.000Z"


def test_a_case_found_anew_says_what_is_so_now_and_keeps_when_it_began(shop: Shop) -> None:
    shop.items("A")
    shop.act(lambda act: open_case(act.conn, CASE, act.posted_at))
    before = shop.ask(lambda conn: conn.execute(select(exception)).one())
    shop.clock.pass_by(hours=2)
    now = replace(CASE, fix="Count both places.", qty=9, owner_role="admin")
    shop.act(lambda act: open_case(act.conn, now, act.posted_at))
    row = shop.ask(lambda conn: conn.execute(select(exception)).one())
    assert (row.fix, row.money_minor, row.owner_role) == ("Count both places.", 2250, "admin")
    assert row.opened_at == before.opened_at


def test_no_text_of_an_event_keeps_the_queue_from_moving(
    tmp_path: Path, postgres_url: str, expect_log: Callable[[str], None]
) -> None:
    expect_log("was not posted")
    noise = random.Random(1)
    long = "".join(noise.choice(string.ascii_letters) for _ in range(6_000))
    unit = Account("ACME", "K-17", "R-03", Status.SELLABLE, serial=long)
    sold = Account("ACME", "K-17", Virtual.CUSTOMER, serial=long)
    with store_in(tmp_path, postgres_url) as store:
        bench = Bench()
        store.enrol(bench)
        bench.record(moves=(Move(1, sold, unit, MoveKind.RETURN),))
        bench.record(body={"rma": long, "line": 1, "sku": "K", "qty": 1})
        bench.record(kind="return.new\x00kind")
        for event in bench.events:
            store.push(bench, [event])
        # Whatever could not be posted has its case, and each event was taken.
        assert {"event.unposted", "kind.unknown"} <= set(store.cases())


def test_a_long_key_is_one_case_too(shop: Shop) -> None:
    for _ in range(2):
        shop.act(lambda act: open_case(act.conn, replace(CASE, key="k" * 9_000), act.posted_at))
    shop.act(lambda act: open_case(act.conn, replace(CASE, key="k" * 9_001), act.posted_at))
    keys = shop.ask(lambda conn: conn.scalars(select(exception.c.key)).all())
    assert len(keys) == 2
    assert stored_key("k" * 9_000) in keys
