"""The trees of the audit trail: grown over feed and receipts, and asked for the hashes of proofs.

The leaves of full tiles are kept, 256 side by side; those after the last full one are hashed from their rows
when they are asked for. So a proof reads a few tiles, and nothing that is kept ever changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select

from app.domain.checkpoint import FeedEntry, receipt_leaf
from app.domain.merkle import HASH_SIZE, Tree, inclusion, perfect, root
from sync.central.store.tables import audit_tile, feed, receipt

_DEPTH = 8
WIDTH = 1 << _DEPTH
AT_ONCE = 64
"""Tiles that one tick makes at most: the writer is not held for longer than a moment."""


class TreeName(StrEnum):
    """The two lists that are vouched for."""

    FEED = "feed"
    RECEIPTS = "receipts"


class Stored:
    """The nodes of one tree as `app.domain.merkle` asks for them, within one transaction.

    `most` is how many entries are asked about; what came after them is not read then.
    """

    def __init__(self, conn: Connection, tree: TreeName, most: int | None = None) -> None:
        self._conn = conn
        self._tree = tree
        last = conn.execute(_last, {"tree": tree, "level": 0}).one_or_none()
        self._full = int(last.number) + 1 if last else 0
        self.upto = int(last.upto) if last else 0
        """The position, or the receipt, that the last full tile ends with."""
        self._most = None if most is None else max(0, most - self._full * WIDTH)
        self._rest: list[bytes] | None = None
        self._tiles = dict[tuple[int, int], bytes | None]()

    @property
    def size(self) -> int:
        """How many entries there are now."""
        return self._full * WIDTH + len(self._leaves_left())

    def tree(self) -> Tree:
        """The tree over all of them."""
        return Tree(self.size, root(self.size, self))

    def __call__(self, level: int, number: int) -> bytes:
        """The hash over `2 ** level` entries."""
        rows, within = divmod(level, _DEPTH)
        start, width = number << within, 1 << within
        return perfect([self._entry(rows, at) for at in range(start, start + width)])

    def _entry(self, rows: int, at: int) -> bytes:
        """A hash of every eighth level, where tiles are."""
        tile, within = divmod(at, WIDTH)
        hashes = self._tile(rows, tile)
        if hashes is not None:
            return hashes[within * HASH_SIZE : (within + 1) * HASH_SIZE]
        if rows == 0:
            return self._leaves_left()[at - self._full * WIDTH]
        below = self._tile(rows - 1, at)
        if below is None:
            return perfect([self._entry(rows - 1, n) for n in range(at * WIDTH, (at + 1) * WIDTH)])
        return root_of(below)

    def _tile(self, level: int, number: int) -> bytes | None:
        key = level, number
        if key not in self._tiles:
            found = self._conn.scalar(_tile, {"tree": self._tree, "level": level, "number": number})
            self._tiles[key] = bytes(found) if found is not None else None
        return self._tiles[key]

    def _leaves_left(self) -> list[bytes]:
        if self._rest is None:
            self._rest = [leaf for _, leaf in leaves_after(self._conn, self._tree, self.upto, self._most)]
        return self._rest


def grow(conn: Connection, tree: TreeName, most: int = AT_ONCE) -> bool:
    """Makes tiles of the entries that came since, at most so many; True when no full one is left to make."""
    last = conn.execute(_last, {"tree": tree, "level": 0}).one_or_none()
    number, upto = (int(last.number) + 1, int(last.upto)) if last else (0, 0)
    found = leaves_after(conn, tree, upto, most * WIDTH)
    while len(full := list(islice(found, WIDTH))) == WIDTH:
        _keep(conn, tree, (0, number), b"".join(leaf for _, leaf in full), full[-1][0])
        number, most = number + 1, most - 1
    return most > 0


def _keep(conn: Connection, tree: TreeName, place: tuple[int, int], hashes: bytes, upto: int) -> None:
    """Keeps a tile, and the one above that it may have filled."""
    level, number = place
    conn.execute(insert(audit_tile).values(tree=tree, level=level, number=number, hashes=hashes, upto=upto))
    if (number + 1) % WIDTH == 0:
        span = {"tree": tree, "level": level, "first": number + 1 - WIDTH, "last": number}
        roots = [root_of(bytes(kept)) for kept in conn.scalars(_row, span)]
        _keep(conn, tree, (level + 1, number // WIDTH), b"".join(roots), upto)


def root_of(tile: bytes) -> bytes:
    """The root over the hashes of a tile."""
    return perfect([tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)])


def leaves_after(
    conn: Connection, tree: TreeName, after: int, limit: int | None = None
) -> Iterator[tuple[int, bytes]]:
    """Position, or number of the receipt, and hash of each entry after one, in order."""
    asked, leaf = _ENTRIES[tree]
    given = asked if limit is None else asked.limit(limit)
    with conn.execute(given, {"after": after}, execution_options={"yield_per": 1000}) as rows:
        for row in rows:
            yield int(row[0]), leaf(row)


def index_of(conn: Connection, tree: TreeName, place: int) -> int:
    """The index of an entry (from 0) by its position, or its receipt's number, which is there."""
    tile = conn.execute(_before, {"tree": tree, "place": place}).one_or_none()
    number, upto = (int(tile.number) + 1, int(tile.upto)) if tile else (0, 0)
    between = conn.scalar(_COUNTS[tree], {"after": upto, "place": place})
    return number * WIDTH + int(between or 0) - 1


def entries_of(conn: Connection, event_id: str) -> list[int]:
    """The numbers of the receipts of an event, in their order."""
    return list(conn.scalars(_receipts_of, {"event_id": event_id}))


def inclusion_of(conn: Connection, tree: TreeName, place: int, size: int) -> dict[str, object] | None:
    """The proof that an entry is among the first `size`; None when it is not there or came later."""
    if conn.scalar(_THERE[tree], {"place": place}) is None:
        return None
    index = index_of(conn, tree, place)
    if index >= size:
        return None
    stored = Stored(conn, tree, size)
    path = inclusion(index, size, stored)
    return {
        "index": index,
        "leaf": stored(0, index).hex(),
        "size": size,
        "path": [step.hex() for step in path],
    }


def _feed_leaf(row: Any) -> bytes:
    return FeedEntry(*row).leaf


def _receipt_leaf(row: Any) -> bytes:
    return receipt_leaf(row.hash, row.sig, row.received_at)


_ENTRIES: dict[TreeName, tuple[Select[Any], Any]] = {
    TreeName.FEED: (
        select(feed.c.pos, feed.c.gen, feed.c.kind, feed.c.key, feed.c.document, feed.c.event_id)
        .where(feed.c.pos > bindparam("after"))
        .order_by(feed.c.pos),
        _feed_leaf,
    ),
    TreeName.RECEIPTS: (
        select(receipt.c.id, receipt.c.hash, receipt.c.sig, receipt.c.received_at)
        .where(receipt.c.id > bindparam("after"))
        .order_by(receipt.c.id),
        _receipt_leaf,
    ),
}
_COUNTS: dict[TreeName, Select[Any]] = {
    name: select(func.count()).where(column > bindparam("after"), column <= bindparam("place"))
    for name, column in ((TreeName.FEED, feed.c.pos), (TreeName.RECEIPTS, receipt.c.id))
}
_THERE: dict[TreeName, Select[Any]] = {
    name: select(column).where(column == bindparam("place"))
    for name, column in ((TreeName.FEED, feed.c.pos), (TreeName.RECEIPTS, receipt.c.id))
}
_receipts_of = select(receipt.c.id).where(receipt.c.event_id == bindparam("event_id")).order_by(receipt.c.id)
_of_tree = audit_tile.c.tree == bindparam("tree")
_of_level = audit_tile.c.level == bindparam("level")
_last = (
    select(audit_tile.c.number, audit_tile.c.upto)
    .where(_of_tree, _of_level)
    .order_by(audit_tile.c.number.desc())
    .limit(1)
)
_tile = select(audit_tile.c.hashes).where(_of_tree, _of_level, audit_tile.c.number == bindparam("number"))
_row = (
    select(audit_tile.c.hashes)
    .where(_of_tree, _of_level, audit_tile.c.number.between(bindparam("first"), bindparam("last")))
    .order_by(audit_tile.c.number)
)
_before = (
    select(audit_tile.c.number, audit_tile.c.upto)
    .where(_of_tree, audit_tile.c.level == 0, audit_tile.c.upto < bindparam("place"))
    .order_by(audit_tile.c.upto.desc())
    .limit(1)
)
