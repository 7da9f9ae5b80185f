"""Claims that somebody was told about are not broken in silence."""

from __future__ import annotations

from sync.central.checks.excused import unallocated
from sync.central.store.exceptions import Case, open_case
from sync.central.store.tables import exception
from tests.sync.central.shop import Shop


def told(shop: Shop, session: str, owner: str, sku: str) -> None:
    key = f"allocation.failed:{session}:{owner}:{sku}"
    case = Case(key, "allocation.failed", session, "admin", "look")
    shop.act(lambda act: open_case(act.conn, case, act.posted_at))


def test_an_open_case_excuses_its_item_alone(shop: Shop) -> None:
    told(shop, "event:e-1", "ACME", "A")
    excused = shop.ask(unallocated)
    assert excused("ACME", "A")
    assert not excused("ACME", "B")
    assert not excused("NEW", "A")


def test_a_key_too_long_to_be_stored_as_it_is_excuses_too(shop: Shop) -> None:
    told(shop, "event:e-1", "ACME", "A" * 400)
    assert shop.ask(unallocated)("ACME", "A" * 400)


def test_a_resolved_case_excuses_nothing(shop: Shop) -> None:
    told(shop, "event:e-1", "ACME", "A")
    shop.act(lambda act: act.conn.execute(exception.update().values(state="resolved")))
    assert not shop.ask(unallocated)("ACME", "A")


def test_too_much_claimed_is_excused_like_any_claim(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    shop.order({"A": 2})
    shop.act(lambda act: act.conn.exec_driver_sql("UPDATE reservation SET qty = 9"))
    shop.act(lambda act: act.conn.exec_driver_sql("UPDATE order_line SET reserved = 9, qty = 9"))
    assert [violation.law for violation in shop.audit().violations] == ["promised once"]
    told(shop, "event:e-1", "ACME", "A")
    assert shop.audit().violations == ()
