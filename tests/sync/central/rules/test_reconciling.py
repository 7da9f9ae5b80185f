"""Two ledgers side by side, as finely as the other one tells its stock."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.reconciling import Balance, Difference, Key, Why, compare

PLACES = {"A1": "WH1", "A2": "WH1", "B1": "WH2"}
OURS = (
    Balance("K", "WH1", "A1", "sellable", 5),
    Balance("K", "WH1", "A2", "damaged", 1),
    Balance("K", "WH2", "B1", "sellable", 7),
    Balance("M", "WH2", "B1", "sellable", 2),
)


def differences(theirs: dict[Key, int], skus: set[str] | None = None) -> list[Difference]:
    known = {"K", "M"} if skus is None else skus
    return list(compare(theirs, OURS, known, PLACES).differences)


def test_by_item_alone_all_places_are_added_up() -> None:
    assert differences({Key("K"): 13, Key("M"): 2}) == []
    assert differences({Key("K"): 12, Key("M"): 2}) == [Difference(Key("K"), 13, 12, Why.QUANTITY)]


def test_by_site_and_status_only_what_falls_under_it_counts() -> None:
    theirs = {Key("K", "WH1"): 6, Key("K", "WH2", "", "sellable"): 7, Key("M", "WH2"): 3}
    assert differences(theirs) == [Difference(Key("M", "WH2"), 2, 3, Why.QUANTITY)]


def test_what_they_do_not_name_is_added_up_as_finely_as_they_tell_stock() -> None:
    assert differences({Key("K", location="A1"): 5}) == [
        Difference(Key("K", location="A2"), 1, None, Why.UNKNOWN_THERE),
        Difference(Key("K", location="B1"), 7, None, Why.UNKNOWN_THERE),
        Difference(Key("M", location="B1"), 2, None, Why.UNKNOWN_THERE),
    ]
    assert differences({Key("K", "WH1"): 6}) == [
        Difference(Key("K", "WH2"), 7, None, Why.UNKNOWN_THERE),
        Difference(Key("M", "WH2"), 2, None, Why.UNKNOWN_THERE),
    ]
    assert differences({}) == [
        Difference(Key("K"), 13, None, Why.UNKNOWN_THERE),
        Difference(Key("M"), 2, None, Why.UNKNOWN_THERE),
    ]


def test_an_unknown_item_place_or_site_is_unknown_here() -> None:
    theirs = {Key("K"): 13, Key("M"): 2, Key("X"): 1, Key("K", "WH9"): 1, Key("K", location="Z"): 0}
    assert [(d.key, d.ours, d.why) for d in differences(theirs)] == [
        (Key("K", location="Z"), None, Why.UNKNOWN_HERE),
        (Key("K", "WH9"), None, Why.UNKNOWN_HERE),
        (Key("X"), None, Why.UNKNOWN_HERE),
    ]


def test_none_and_nothing_are_equal() -> None:
    assert differences({Key("K"): 13, Key("M"): 2, Key("N"): 0}, {"K", "M", "N"}) == []
    assert differences({Key("K"): 13, Key("M"): 2, Key("N"): 4}, {"K", "M", "N"}) == [
        Difference(Key("N"), 0, 4, Why.QUANTITY)
    ]


balances = st.lists(
    st.builds(
        lambda sku, place, status, qty: Balance(sku, PLACES[place], place, status, qty),
        st.sampled_from("KMN"),
        st.sampled_from(sorted(PLACES)),
        st.sampled_from(["sellable", "damaged"]),
        st.integers(-3, 9),
    )
)


@given(balances, st.sampled_from(["item", "site", "location", "status"]))
def test_our_own_stock_sent_back_never_differs(ours: list[Balance], fineness: str) -> None:
    theirs: dict[Key, int] = {}
    for balance in ours:
        key = Key(
            balance.sku,
            balance.site if fineness == "site" else "",
            balance.location if fineness in {"location", "status"} else "",
            balance.status if fineness == "status" else "",
        )
        theirs[key] = theirs.get(key, 0) + balance.qty
    assert compare(theirs, ours, set("KMN"), PLACES).differences == ()
