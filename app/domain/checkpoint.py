"""Checkpoints: the centre's signed word on what its two lists held, so that neither can be told anew later.

One list is the feed, as stations pull it; the other is what was received, as stations signed it. A checkpoint
names how long both were and the roots over them (`app.domain.merkle`), and the checkpoint before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain import canonical
from app.domain.approvals.signed import Signed, hexadecimal, opened, sign
from app.domain.clock import from_text, to_text
from app.domain.envelope import digest
from app.domain.fields import Fields
from app.domain.merkle import HASH_SIZE, Tree, follows, leaf_hash
from app.domain.signing import Signer

CHECKPOINT_TAG = b"backhaul/audit/checkpoint/v1\n"
_WHERE = "checkpoint"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the centre's lists held at an instant of its clock.

    `number` counts from 1; `previous` is the digest of the checkpoint before, empty for the first. `daily` is
    the first of a day (UTC). `feed_gen` grows when the centre was restored: then lists may be shorter.
    """

    number: int
    at: datetime
    daily: bool
    centre_id: str
    feed_gen: int
    feed: Tree
    receipts: Tree
    previous: str = ""

    def signed(self, policy_key: Signer) -> Signed:
        """The centre's word."""
        return sign(
            {
                "number": self.number,
                "at": to_text(self.at),
                "daily": self.daily,
                "centre_id": self.centre_id,
                "feed_gen": self.feed_gen,
                "feed": _said(self.feed),
                "receipts": _said(self.receipts),
                "previous": self.previous,
            },
            CHECKPOINT_TAG,
            policy_key,
        )

    @classmethod
    def read(cls, signed: Signed) -> Checkpoint:
        """What it says; whether the centre said so is for the caller to ask.

        Raises:
            Refused: a field is missing or of another type.
        """
        f = opened(signed, _WHERE)
        return cls(
            number=f.whole("number", least=1),
            at=from_text(f.text("at")),
            daily=f.flag("daily", default=False),
            centre_id=f.text("centre_id"),
            feed_gen=f.whole("feed_gen"),
            feed=_read(f.inner("feed")),
            receipts=_read(f.inner("receipts")),
            previous=f.text_or("previous", ""),
        )


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One position of the feed; `document` is the text that is stored."""

    pos: int
    gen: int
    kind: str
    key: str
    document: str
    event_id: str | None

    @property
    def leaf(self) -> bytes:
        """Its hash in the tree over the feed."""
        entry = {
            "document": digest(self.document.encode()),
            "event_id": self.event_id,
            "gen": self.gen,
            "key": self.key,
            "kind": self.kind,
            "pos": self.pos,
        }
        return leaf_hash(canonical.encode(entry))


def receipt_leaf(event_hash: str, sig: str, received_at: str) -> bytes:
    """The hash of a receipt in the tree over what was received.

    The event's own hash covers everything of it; a private part may be erased and the leaf stays the same.
    """
    return leaf_hash(canonical.encode({"hash": event_hash, "received_at": received_at, "sig": sig}))


def _said(tree: Tree) -> dict[str, object]:
    return {"size": tree.size, "root": tree.root.hex()}


def _read(f: Fields) -> Tree:
    return Tree(f.whole("size"), hexadecimal(f, "root", HASH_SIZE))


class Found(StrEnum):
    """What a checkpoint is to somebody who holds an earlier one."""

    HELD = "held"
    """It goes on from there."""
    SAME = "same"
    """It is that one."""
    RESTARTED = "restarted"
    """In a newer generation its lists begin differently: it was restored, or tells its history anew."""
    DIFFERS = "differs"
    """The centre told its lists anew, or another centre speaks."""


@dataclass(frozen=True, slots=True)
class Proofs:
    """Why the trees of an earlier checkpoint are beginnings of those of the newer one."""

    feed: tuple[bytes, ...] = ()
    receipts: tuple[bytes, ...] = ()


def compare(known: Checkpoint | None, told: Checkpoint, proofs: Proofs) -> tuple[Found, str]:
    """What a signed checkpoint is beside the last that was held (None: the first), and why it differs."""
    if known is None or told == known:
        return (Found.HELD if known is None else Found.SAME), ""
    if told.centre_id != known.centre_id:
        return Found.DIFFERS, "it is another centre's"
    if told.feed_gen < known.feed_gen:
        return Found.DIFFERS, f"it is of generation {told.feed_gen}, generation {known.feed_gen} was told"
    broken = [
        f"{name} was {old.size} long and is {new.size}, and begins differently"
        for name, old, new, path in (
            ("the feed", known.feed, told.feed, proofs.feed),
            ("what was received", known.receipts, told.receipts, proofs.receipts),
        )
        if not follows(old, new, path)
    ]
    restored = told.feed_gen > known.feed_gen
    if broken:
        return (Found.RESTARTED if restored else Found.DIFFERS), "; ".join(broken)
    if told.number <= known.number and not restored:
        return Found.DIFFERS, f"it is number {told.number}, number {known.number} was told otherwise"
    return Found.HELD, ""
