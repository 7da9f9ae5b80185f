"""A return ends once, and its sales have back what did not come."""

from __future__ import annotations

from typing import Any

from app.domain.event import Event
from app.domain.returns import LineState
from sync.central.store.act import Act
from sync.central.store.posting import record
from sync.central.store.return_ends import ended, open_return
from tests.sync.central.shop import Shop


def test_what_did_not_come_is_given_back_by_the_policy_it_was_authorized_under(shop: Shop) -> None:
    shop.items("A")
    shop.policy("one")
    shop.receive({"A": 2})
    shop.order({"A": 2}, ship="available", customer="c-1")
    code = shop.authorize({"A": 2}, customer="c-1")["rma"]
    shop.policy("two")
    shop.disposition("A", rma=code, line=1)
    row = shop.ask(lambda conn: open_return(conn, code))
    assert row is not None
    event = shop.act(lambda act: _end(act, row))
    assert (event.policy_ver, event.body["given_back"]) == ("one", [{"line": 1, "qty": 1}])
    assert shop.ask(lambda conn: open_return(conn, code)) is None
    assert shop.authorize({"A": 2}, customer="c-1")["lines"][0]["authorized"] == 1


def _end(act: Act, row: Any) -> Event:
    event = ended(act, row, LineState.EXPIRED, "late")
    record(act, event)
    return event
