from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import Account, Status
from app.domain.feed import Change, Cursor, Held, Page, StockPage
from app.domain.refusal import Refused
from tests.app.domain.examples import json_values

_names = st.text(min_size=1, max_size=8)
_documents = st.none() | st.dictionaries(st.text(max_size=8), json_values | st.floats(allow_nan=False))
_changes = st.builds(Change, st.integers(1, 1 << 50), _names, _names, _documents)
_pages = st.builds(
    Page,
    st.integers(0, 1 << 50),
    st.integers(0, 1 << 50),
    st.lists(_changes, max_size=4).map(tuple),
    st.booleans(),
)


def _stock(qty: int, asks_with: str = "9.1") -> dict[str, object]:
    held = Held(Account("acme", "K-17", "A-1", Status.SELLABLE), qty)
    return StockPage(asks_with, 0, (held,)).to_json()


def test_the_largest_exact_balances_are_read() -> None:
    for qty in (2**53 - 1, -(2**53) + 1):
        assert StockPage.from_json(_stock(qty)).held[0].qty == qty


@given(_pages)
def test_a_page_survives_the_wire(page: Page) -> None:
    assert Page.from_json(json.loads(json.dumps(page.to_json()))) == page


def test_unknown_fields_of_a_document_are_kept() -> None:
    change = Change.from_json({"pos": 1, "kind": "item", "key": "K", "document": {"new": [1.5]}, "more": 1})
    assert change.document == {"new": [1.5]}


def test_a_missing_document_is_a_removal() -> None:
    assert Change.from_json({"pos": 1, "kind": "item", "key": "K"}).document is None


def test_a_page_ends_at_its_cursor() -> None:
    assert Page(3, 1204).cursor == Cursor(3, 1204)
    assert Cursor(1, 99) < Cursor(2, 0) < Cursor(2, 1)


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"gen": 1},
        {"gen": -1, "upto": 0},
        {"gen": 1, "upto": 1, "changes": [{"pos": 0, "kind": "item", "key": "K"}]},
        {"gen": 1, "upto": 1, "changes": [{"pos": 1, "kind": "", "key": "K"}]},
        {"gen": 1, "upto": 1, "changes": [{"pos": 1, "kind": "item", "key": "K", "document": "x"}]},
        {"gen": 1, "upto": 1, "changes": "x"},
        {"gen": 1, "upto": 1, "more": "yes"},
        {"gen": 1, "upto": 1, "stock": _stock(2**53)},
        {"gen": 1, "upto": 1, "stock": _stock(-(2**53))},
        {"gen": 1, "upto": 1, "stock": _stock(1, "9" * 41)},
    ],
)
def test_what_is_not_a_page_is_refused(data: object) -> None:
    with pytest.raises(Refused):
        Page.from_json(data)
