"""Codes are remembered, each with the number that came first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.seen import SeenCodes


@given(st.lists(st.tuples(st.sampled_from(["sku", "gtin"]), st.text(max_size=3), st.integers(0, 2**32 - 1))))
def test_it_remembers_as_a_dictionary_would(given_: list[tuple[str, str, int]]) -> None:
    seen, expected = SeenCodes(), dict[tuple[str, str], int]()
    for kind, code, number in given_:
        assert seen.get(kind, code) == expected.get((kind, code))
        seen.put(kind, code, number)
        expected.setdefault((kind, code), number)
    assert len(seen) == len(expected)
    assert all(seen.get(kind, code) == number for (kind, code), number in expected.items())


def test_it_grows_and_forgets_nothing() -> None:
    seen = SeenCodes()
    for n in range(20_000):
        seen.put("sku", f"K-{n}", n)
    assert len(seen) == 20_000
    assert all(seen.get("sku", f"K-{n}") == n for n in range(20_000))
    assert seen.get("sku", "K-20000") is None
    assert seen.get("gtin", "K-1") is None
