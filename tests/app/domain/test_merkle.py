"""Trees and proofs against the published roots, against the definition, and against every small change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.merkle import (
    EMPTY_ROOT,
    Growing,
    Tree,
    consistency,
    follows,
    includes,
    inclusion,
    leaf_hash,
    node_hash,
    perfect,
    root,
)

# The entries and roots that implementations of RFC 6962 test themselves with.
_ENTRIES = tuple(
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
_ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
_MANY = [leaf_hash(b"%d" % n) for n in range(70)]
sizes = st.integers(0, len(_MANY))


class Listed:
    """The nodes over a list in memory."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._leaves = leaves

    def __call__(self, level: int, number: int) -> bytes:
        width = 1 << level
        entries = self._leaves[number * width : (number + 1) * width]
        assert len(entries) == width, "a node over entries that are not there"
        return perfect(entries)


def tree_of(leaves: Sequence[bytes]) -> Tree:
    return Tree(len(leaves), root(len(leaves), Listed(leaves)))


def by_definition(leaves: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:half]) + by_definition(leaves[half:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_that_were_published(size: int) -> None:
    leaves = [leaf_hash(entry) for entry in _ENTRIES[:size]]
    assert root(size, Listed(leaves)).hex() == _ROOTS[size]


def test_three_entries_by_hand() -> None:
    a, b, c = (hashlib.sha256(b"\x00" + word).digest() for word in (b"a", b"b", b"c"))
    ab = hashlib.sha256(b"\x01" + a + b).digest()
    whole = hashlib.sha256(b"\x01" + ab + c).digest()
    leaves = [leaf_hash(word) for word in (b"a", b"b", b"c")]
    assert tree_of(leaves) == Tree(3, whole)
    assert inclusion(0, 3, Listed(leaves)) == (b, c)
    assert inclusion(1, 3, Listed(leaves)) == (a, c)
    assert inclusion(2, 3, Listed(leaves)) == (ab,)
    assert consistency(1, 3, Listed(leaves)) == (a, b, c)[1:]
    assert consistency(2, 3, Listed(leaves)) == (c,)


def test_seven_entries_as_the_rfc_draws_them() -> None:
    a, b, c, d, e, f, j = leaves = [leaf_hash(word) for word in (b"0", b"1", b"2", b"3", b"4", b"5", b"6")]
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, left = node_hash(i, j), node_hash(g, h)
    nodes = Listed(leaves)
    assert inclusion(0, 7, nodes) == (b, h, k)
    assert inclusion(3, 7, nodes) == (c, g, k)
    assert inclusion(4, 7, nodes) == (f, j, left)
    assert inclusion(6, 7, nodes) == (i, left)
    assert consistency(3, 7, nodes) == (c, d, g, k)
    assert consistency(4, 7, nodes) == (k,)
    assert consistency(6, 7, nodes) == (i, j, left)


@given(sizes)
def test_a_list_read_once_gives_the_root_of_the_definition(size: int) -> None:
    growing = Growing()
    for leaf in _MANY[:size]:
        growing.add(leaf)
    assert growing.size == size
    assert growing.tree == tree_of(_MANY[:size]) == Tree(size, by_definition(_MANY[:size]))


@given(st.integers(1, len(_MANY)), st.data())
def test_each_entry_is_shown_at_its_place_and_nowhere_else(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    tree, path = tree_of(_MANY[:size]), inclusion(index, size, Listed(_MANY))
    assert includes(tree, index, _MANY[index], path)
    other = data.draw(st.integers(-1, size))
    assert other == index or not includes(tree, other, _MANY[index], path)
    assert not includes(tree, index, leaf_hash(b"another"), path)
    assert not includes(tree, index, _MANY[index], (*path, EMPTY_ROOT))
    assert not path or not includes(tree, index, _MANY[index], path[:-1])


@given(sizes, sizes)
def test_a_beginning_is_shown_to_be_one(first: int, second: int) -> None:
    old, new = sorted((first, second))
    path = consistency(old, new, Listed(_MANY))
    assert follows(tree_of(_MANY[:old]), tree_of(_MANY[:new]), path)
    assert old == new or not follows(tree_of(_MANY[:new]), tree_of(_MANY[:old]), path)
    assert not follows(tree_of(_MANY[:old]), tree_of(_MANY[:new]), (*path, EMPTY_ROOT))


@given(st.integers(1, len(_MANY)), st.integers(1, len(_MANY)), st.data())
def test_a_changed_list_is_never_shown_to_go_on(first: int, second: int, data: st.DataObject) -> None:
    old, new = sorted((first, second))
    changed = list(_MANY[:new])
    at = data.draw(st.integers(0, old - 1))
    changed[at] = leaf_hash(b"told otherwise")
    for nodes in (Listed(changed), Listed(_MANY)):
        path = consistency(old, new, nodes)
        assert not follows(tree_of(_MANY[:old]), tree_of(changed), path)


@given(st.integers(2, len(_MANY)), st.data())
def test_a_proof_with_any_part_changed_shows_nothing(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    path = list(consistency(old, size, Listed(_MANY)))
    at = data.draw(st.integers(0, len(path) - 1))
    path[at] = bytes([path[at][0] ^ 1]) + path[at][1:]
    assert not follows(tree_of(_MANY[:old]), tree_of(_MANY[:size]), path)
    assert not follows(tree_of(_MANY[:old]), tree_of(_MANY[:size]), path[:at])


def test_what_is_no_tree_is_nobodys_beginning() -> None:
    assert follows(Tree(), Tree(), ())
    assert not follows(Tree(0, b"1" * 32), tree_of(_MANY[:2]), ())
    assert not follows(Tree(), Tree(0, b"1" * 32), ())
    assert not follows(Tree(2, b"1" * 32), tree_of(_MANY[:2]), ())


def test_proofs_of_what_is_not_there_are_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="entry 3 of 3"):
        inclusion(3, 3, Listed(_MANY))
    with pytest.raises(ValueError, match="4 entries of 3"):
        consistency(4, 3, Listed(_MANY))
