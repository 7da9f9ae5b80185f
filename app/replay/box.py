"""What comes back with one credit note: a box, with what was authorized and what nobody expects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.clock import from_text, to_text
from app.domain.fields import Fields


@dataclass(frozen=True, slots=True)
class Units:
    """Units of one credited line, all in one condition."""

    sku: str
    qty: int
    grade: str


@dataclass(frozen=True, slots=True)
class Box:
    """`announced` stands on the RMA, in the order of its lines; `blind` was matched with no sale."""

    note: str
    at: datetime
    rma: str | None
    announced: tuple[Units, ...]
    blind: tuple[Units, ...]

    @property
    def events(self) -> int:
        """Events that the bench records for it: one for its arrival, one for each line."""
        return (1 + len(self.announced) if self.rma else 0) + len(self.blind)

    def to_json(self) -> dict[str, object]:
        """As the journal keeps it."""
        return {
            "note": self.note,
            "at": to_text(self.at),
            "rma": self.rma,
            "announced": [_written(units) for units in self.announced],
            "blind": [_written(units) for units in self.blind],
        }

    @classmethod
    def from_json(cls, f: Fields) -> Box:
        """Reads what `to_json` wrote."""
        return cls(
            f.text("note"),
            from_text(f.text("at")),
            f.maybe_text("rma"),
            tuple(_read(units) for units in f.objects("announced")),
            tuple(_read(units) for units in f.objects("blind")),
        )


def _written(units: Units) -> dict[str, object]:
    return {"sku": units.sku, "qty": units.qty, "grade": units.grade}


def _read(f: Fields) -> Units:
    return Units(f.text("sku"), f.whole("qty", least=1), f.text("grade"))
