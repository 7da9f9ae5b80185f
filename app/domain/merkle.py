"""A Merkle tree over a list that only grows, after RFC 6962: roots, and proofs that somebody else can check.

Whoever holds a root can be shown that an entry stands at its place (inclusion) and that an older root is of a
beginning of the same list (consistency), without the list. Leaves and inner nodes are hashed with different
first bytes, so that none passes for the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
_LEAF, _NODE = b"\x00", b"\x01"

Nodes = Callable[[int, int], bytes]
"""From a level (0: leaves) and a number in it: the hash over those `2 ** level` entries, which are there."""


@dataclass(frozen=True, slots=True)
class Tree:
    """How many entries a list had, and the root over them (32 bytes)."""

    size: int = 0
    root: bytes = EMPTY_ROOT


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry."""
    return hashlib.sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two neighbours."""
    return hashlib.sha256(_NODE + left + right).digest()


def perfect(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes of one level."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def root(size: int, nodes: Nodes) -> bytes:
    """The root over the first `size` entries."""
    return _over(0, size, nodes) if size else EMPTY_ROOT


def inclusion(index: int, size: int, nodes: Nodes) -> tuple[bytes, ...]:
    """The proof that the entry at `index` (from 0) stands in the tree of `size` entries.

    Raises:
        ValueError: it does not.
    """
    if not 0 <= index < size:
        raise ValueError(f"entry {index} of {size}")
    path, start = list[bytes](), 0
    while size > 1:
        half = _half(size)
        if index < half:
            path.append(_over(start + half, size - half, nodes))
            size = half
        else:
            path.append(_over(start, half, nodes))
            start, index, size = start + half, index - half, size - half
    return tuple(reversed(path))


def consistency(old: int, new: int, nodes: Nodes) -> tuple[bytes, ...]:
    """The proof that the tree of `old` entries is a beginning of that of `new`; nothing for none or all.

    Raises:
        ValueError: it is longer.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a beginning of {old} entries of {new}")
    if old in {0, new}:
        return ()
    path, start, whole = list[bytes](), 0, True
    while old != new:
        half = _half(new)
        if old <= half:
            path.append(_over(start + half, new - half, nodes))
            new = half
        else:
            path.append(_over(start, half, nodes))
            start, old, new, whole = start + half, old - half, new - half, False
    if not whole:
        path.append(_over(start, new, nodes))
    return tuple(reversed(path))


def includes(tree: Tree, index: int, leaf: bytes, path: Sequence[bytes]) -> bool:
    """Whether a proof shows that this leaf (its hash) stands at `index` of the tree."""
    if not 0 <= index < tree.size:
        return False
    left = list(path)
    try:
        found = _climb(leaf, index, tree.size, left)
    except IndexError:  # shorter than the way up
        return False
    return not left and found == tree.root


def follows(old: Tree, new: Tree, path: Sequence[bytes]) -> bool:
    """Whether a proof shows that `old` is a beginning of `new`."""
    if old.size in {0, new.size}:
        known = old.root == (EMPTY_ROOT if old.size == 0 else new.root)
        return known and not path and (new.size > 0 or new.root == EMPTY_ROOT)
    if old.size > new.size:
        return False
    left = list(path)
    try:
        found = _both(old.root, old.size, new.size, left)
    except IndexError:
        return False
    return not left and found == (old.root, new.root)


class Growing:
    """The root of a list that is read once, from its first entry on; keeps one hash a level."""

    def __init__(self) -> None:
        self._peaks = list[tuple[int, bytes]]()
        self.size = 0

    def add(self, leaf: bytes) -> None:
        """Takes the hash of the next entry."""
        level = 0
        while self._peaks and self._peaks[-1][0] == level:
            leaf = node_hash(self._peaks.pop()[1], leaf)
            level += 1
        self._peaks.append((level, leaf))
        self.size += 1

    @property
    def tree(self) -> Tree:
        """The tree over what was read so far."""
        if not self._peaks:
            return Tree()
        found = self._peaks[-1][1]
        for _, peak in reversed(self._peaks[:-1]):
            found = node_hash(peak, found)
        return Tree(self.size, found)


def _half(size: int) -> int:
    """The largest power of two below `size`, which is 2 or more."""
    return 1 << ((size - 1).bit_length() - 1)


def _over(start: int, size: int, nodes: Nodes) -> bytes:
    """The root over `size` entries from `start` on, which is a multiple of every half of it."""
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return nodes(level, start >> level)
    half = _half(size)
    return node_hash(_over(start, half, nodes), _over(start + half, size - half, nodes))


def _climb(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that follows from a leaf; what is needed of the path is taken from its end."""
    if size == 1:
        return leaf
    half, beside = _half(size), path.pop()
    if index < half:
        return node_hash(_climb(leaf, index, half, path), beside)
    return node_hash(beside, _climb(leaf, index - half, size - half, path))


def _both(known: bytes, old: int, new: int, path: list[bytes], *, whole: bool = True) -> tuple[bytes, bytes]:
    """The roots of both trees that follow from a proof; `known` is the older one, as it is believed."""
    if old == new:
        found = known if whole else path.pop()
        return found, found
    half, beside = _half(new), path.pop()
    if old <= half:
        before, after = _both(known, old, half, path, whole=whole)
        return before, node_hash(after, beside)
    before, after = _both(known, old - half, new - half, path, whole=False)
    return node_hash(beside, before), node_hash(beside, after)
