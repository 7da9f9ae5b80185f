"""A move: an integer quantity from one account to another, never changed afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.account import Account
from app.domain.fields import EXACT_MAX, Fields
from app.domain.refusal import Refused


class MoveKind(StrEnum):
    """Why units moved."""

    RECEIVE = "receive"
    RETURN = "return"
    DISPOSE = "dispose"
    SHIP = "ship"
    WRITE_OFF = "write_off"
    ADJUST = "adjust"
    OPEN = "open"
    CONVERT = "convert"
    TRANSFER = "transfer"
    DEPART = "depart"
    UNDO = "undo"


_KINDS = frozenset(map(str, MoveKind))


@dataclass(frozen=True, slots=True)
class Move:
    """`qty` base units of one item from `source` to `target`.

    Both accounts name the same item and owner, so every item sums to zero over all accounts by construction.
    Kits and relabelling are two moves through the conversion end. A correction is another move.
    """

    qty: int
    source: Account
    target: Account
    kind: MoveKind
    reason: str | None = None
    document: str | None = None

    def __post_init__(self) -> None:
        """Refuses what could not have happened."""
        if not 0 < self.qty <= EXACT_MAX:
            raise self._refusal(
                "move.quantity", f"quantity {self.qty}", "a whole number of base units above 0"
            )
        if self.source.item != self.target.item or self.source.owner != self.target.owner:
            raise self._refusal(
                "move.other_item",
                f"{self.source.item} of {self.source.owner} to {self.target.item} of {self.target.owner}",
                "one item of one owner; another item goes through the conversion end",
            )
        if self.source == self.target:
            raise self._refusal("move.nowhere", f"{self.source.location} twice", "two different accounts")

    @staticmethod
    def _refusal(code: str, read: str, expected: str) -> Refused:
        return Refused(code, f"Read a move of {read}.", f"Expected {expected}.", "Correct the move.")

    def reversed(self, reason: str) -> Move:
        """The counter-move, which takes this one back."""
        return Move(self.qty, self.target, self.source, MoveKind.UNDO, reason, self.document)

    def to_json(self) -> dict[str, object]:
        """The move as it is signed; parts that are none are left out."""
        found: dict[str, object] = {
            "from": self.source.to_json(),
            "kind": self.kind,
            "qty": self.qty,
            "to": self.target.to_json(),
        }
        if self.reason:
            found["reason"] = self.reason
        if self.document:
            found["document"] = self.document
        return found

    @classmethod
    def from_json(cls, data: object) -> Move:
        """Reads what `to_json` wrote."""
        f = Fields(data, "move")
        kind = f.text("kind")
        if kind not in _KINDS:
            raise cls._refusal("move.kind", f"kind {kind!r}", f"one of {', '.join(MoveKind)}")
        return cls(
            f.whole("qty", least=1),
            Account.from_json(f.inner("from").raw()),
            Account.from_json(f.inner("to").raw()),
            MoveKind(kind),
            f.maybe_text("reason"),
            f.maybe_text("document"),
        )
