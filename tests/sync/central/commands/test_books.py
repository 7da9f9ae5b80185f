"""How books are kept is said once and closed days stay closed."""

from __future__ import annotations

import pytest

from app.domain.refusal import Refused
from sync.central.commands.books import BooksAsked, books_document, keep_books
from tests.sync.central.shop import OWNER, Shop


def keep(shop: Shop, **asked: str) -> dict[str, object]:
    return shop.act(lambda act: keep_books(act, BooksAsked.model_validate({"owner": OWNER} | asked)))


def test_what_is_left_out_stays_as_it_is(shop: Shop) -> None:
    assert keep(shop) == {"owner": OWNER, "costing": "moving_average", "locked_until": None}
    assert keep(shop, costing="fifo")["costing"] == "fifo"
    assert keep(shop, locked_until="2026-10-31") == {
        "owner": OWNER,
        "costing": "fifo",
        "locked_until": "2026-10-31",
    }
    shown = shop.ask(books_document)
    assert shown == {"books": [{"owner": OWNER, "costing": "fifo", "locked_until": "2026-10-31"}]}


@pytest.mark.parametrize(("day", "code"), [("2026-09-30", "books.locked"), ("2026-11-22", "books.not_over")])
def test_closed_days_stay_closed_and_a_day_that_is_not_over_cannot_be(
    shop: Shop, day: str, code: str
) -> None:
    keep(shop, locked_until="2026-10-31")
    with pytest.raises(Refused) as no:
        keep(shop, locked_until=day)
    assert no.value.code == code
    assert keep(shop)["locked_until"] == "2026-10-31"


def test_another_method_goes_on_with_what_stock_is_worth(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2}, cost_minor=300)
    keep(shop, costing="fifo")
    shop.receive({"A": 1}, cost_minor=900)
    shop.order({"A": 2}, ship="available")
    keep(shop, costing="moving_average")
    shop.order({"A": 1}, ship="available")
    assert shop.audit().holds
