"""How a station asks for the newest checkpoint, and what it is shown with it."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.approvals.signed import Signed
from app.domain.fields import Fields
from app.domain.merkle import HASH_SIZE, Tree
from sync.wire.protocol import PREFIX
from sync.wire.sealed import read_hex

CHECKPOINT_PATH = f"{PREFIX}/checkpoint"
MOST_STEPS = 128
"""Hashes in a proof: trees are never as high."""

Path = tuple[bytes, ...]
_EMPTY = Tree()


@dataclass(frozen=True, slots=True)
class Shown:
    """The newest checkpoint with the grant of its key, and why it goes on from what the station holds.

    `feed` and `receipts` prove that the trees of the sizes it asked with are beginnings of those in the
    checkpoint; both are empty when they are longer than those, which no proof could mend. `checkpoint` is
    None while the centre has made none.
    """

    checkpoint: Signed | None
    grant: Signed | None = None
    feed: Path = ()
    receipts: Path = ()

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        if self.checkpoint is None or self.grant is None:
            return {"checkpoint": None}
        return {
            "checkpoint": self.checkpoint.to_json(),
            "policy_key": self.grant.to_json(),
            "feed": [step.hex() for step in self.feed],
            "receipts": [step.hex() for step in self.receipts],
        }

    @classmethod
    def from_json(cls, f: Fields) -> Shown:
        """Reads what `to_json` wrote."""
        if f.raw().get("checkpoint") is None:
            return cls(None)
        return cls(
            Signed.from_json(f.inner("checkpoint").raw(), "checkpoint"),
            Signed.from_json(f.inner("policy_key").raw(), "policy key"),
            _path(f, "feed"),
            _path(f, "receipts"),
        )


@dataclass(frozen=True, slots=True)
class Holding:
    """The newest checkpoint that somebody holds: how long both lists were, their roots, its generation.

    `number` is 0 where none is held; an older station says only how long the lists were.
    """

    feed: Tree = _EMPTY
    receipts: Tree = _EMPTY
    gen: int = 0
    number: int = 0


def checkpoint_target(held: Holding) -> str:
    """Asks for the newest checkpoint, from what is held on."""
    sizes = f"{CHECKPOINT_PATH}?feed={held.feed.size}&receipts={held.receipts.size}"
    if not held.number:
        return sizes
    roots = f"feed_root={held.feed.root.hex()}&receipts_root={held.receipts.root.hex()}"
    return f"{sizes}&gen={held.gen}&number={held.number}&{roots}"


def _path(f: Fields, name: str) -> Path:
    steps = f.texts(name)
    if len(steps) > MOST_STEPS:
        raise f.wrong(name, f"at most {MOST_STEPS} hashes")
    return tuple(read_hex(step, name, HASH_SIZE) for step in steps)
