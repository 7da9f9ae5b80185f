"""What the centre does is sealed and entered as its own event."""

from __future__ import annotations

from sqlalchemy import select

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.store.tables import event, receipt
from tests.sync.central.shop import Shop


def test_a_recorded_event_is_sealed_and_entered(shop: Shop) -> None:
    shelf = Account("ACME", "K", "WH1", Status.SELLABLE)
    move = Move(1, Account("ACME", "K", Virtual.SUPPLIER), shelf, MoveKind.RECEIVE)
    made = shop.act(
        lambda act: (
            happened := act.event(EventKind.GOODS_RECEIVED, ("sku:K",), (move,), {"a": 1}, {"note": "n"}),
            act.record(happened),
        )[0]
    )
    sealed = shop.ask(lambda conn: conn.execute(select(receipt)).one())
    entered = shop.ask(lambda conn: conn.execute(select(event)).one())
    assert sealed.event_id == entered.event_id == made.event_id
    assert (entered.origin, entered.operator) == ("centre", "sam")
    assert (sealed.private, len(sealed.salt)) == (b'{"note":"n"}', 32)
