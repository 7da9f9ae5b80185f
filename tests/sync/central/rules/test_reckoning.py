"""The figures of an item add up in a sentence, whatever was asked for."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.reckoning import instant, kept_for, reckoned, within

POOL = {"sellable": 14, "reserved": 3, "basket": 2, "safety": 1}


def test_what_is_left_is_said_and_who_has_the_rest() -> None:
    kept = {"kept_for": {"market": 4}}
    assert reckoned("K", POOL | kept | {"room": 4}, {}) == (
        "Of K there were 14 sellable, of which 3 reserved, 2 in baskets, 1 kept as safety stock, "
        "4 kept for market, leaving 4."
    )
    assert reckoned("K", {"sellable": 6, "room": 6}, {}, now=True) == "Of K there are 6 sellable."
    assert reckoned("K", {"sellable": 0, "room": 0}, {}) == "Of K there were none sellable."


def test_a_scope_in_which_less_is_to_be_had_is_named() -> None:
    said = reckoned("K", {"sellable": 9, "reserved": 4, "room": 2}, {"site": "WH2"}, now=True)
    assert said == (
        "Of K there are 9 sellable, of which 4 reserved, leaving 5; 2 of them can be had (from site WH2)."
    )


def test_units_told_by_their_grade_are_none_of_the_figures() -> None:
    assert reckoned("K", {"sellable": 9, "room": 2}, {"grade": "B"}) == "Of K (of grade B) 2 were free."


def test_what_is_sellable_and_left_out_is_said() -> None:
    said = reckoned("K", {"sellable": 2, "reserved": 2, "room": 0, "expired": 5}, {})
    assert said == (
        "Of K there were 2 sellable, of which 2 reserved, leaving none. 5 more were left out: past its date."
    )


def test_nobody_keeps_what_is_claimed_already() -> None:
    full = {"sellable": 8, "reserved": 6, "basket": 0, "safety": 1, "kept_for": {"a": 4, "b": 2}}
    assert kept_for(full) == {"a": 1}


def test_words_for_people() -> None:
    assert instant("2026-11-29T08:00:00.000Z") == "2026-11-29 08:00 UTC"
    assert instant("yesterday") == "yesterday"
    assert within({"lot": "L1", "fresh": "2027-01-01"}) == " (of lot L1, good at least until 2027-01-01)"
    assert within({}) == ""


units = st.integers(0, 9)


@given(
    st.fixed_dictionaries(dict.fromkeys(("sellable", "reserved", "basket", "safety", "before"), units)), units
)
def test_the_claims_and_what_is_left_are_what_there_was(pool: dict[str, int], kept: int) -> None:
    sellable = pool["sellable"]
    said = reckoned("K", pool | {"kept_for": {"m": kept}}, {})
    there, _, rest = said.partition("sellable")
    numbers = [int(number) for number in re.findall(r"\d+", rest)]
    if rest != ".":
        assert sum(numbers) == sellable
    assert (there == "Of K there were none ") == (sellable == 0)
