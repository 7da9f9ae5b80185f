"""Items that hang together stay together, and everything else may be played apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.simulation import Groups


def test_joining_chains_items() -> None:
    groups = Groups()
    for skus in (["a", "b"], ["c"], ["d", "e"], ["e", "b"], []):
        groups.join(skus)
    assert groups.of("abcde") == [["a", "b", "d", "e"], ["c"]]
    assert sorted(groups) == list("abcde")


def test_batches_keep_groups_whole() -> None:
    groups = Groups()
    for skus in ("abc", "de", "f", "g"):
        groups.join(skus)
    assert groups.batches(2) == [["a", "b", "c"], ["d", "e"], ["f", "g"]]
    assert groups.batches(4) == [["a", "b", "c"], ["d", "e", "f", "g"]]


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3)), st.integers(1, 9))
def test_whatever_is_joined_is_in_one_batch(joined: list[list[str]], most: int) -> None:
    groups = Groups()
    for skus in joined:
        groups.join(skus)
    batches = groups.batches(most)
    assert sorted(sku for batch in batches for sku in batch) == sorted(
        {sku for skus in joined for sku in skus}
    )
    assert all(any(set(skus) <= set(batch) for batch in batches) for skus in joined)
