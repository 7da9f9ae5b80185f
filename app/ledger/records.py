"""Records of the centre's feed as this program understands them; pure readers, one per kind.

A document that a reader refuses is not lost: the mirror keeps it whole, unread and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.fields import Fields
from app.domain.item import Item
from app.domain.place import Location
from app.domain.policy import Policy, read_policy
from app.domain.refusal import Refused
from app.domain.returns import Rma
from app.domain.transfer import Transfer


class RecordKind(StrEnum):
    """The kinds of records a station mirrors and understands."""

    ITEM = "item"
    LOCATION = "location"
    POLICY = "policy"
    RMA = "rma"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Done:
    """`qty` units of one RMA line that a station has given a disposition, as far as the centre knows."""

    line: int
    station: str
    qty: int


@dataclass(frozen=True, slots=True)
class MirroredRma:
    """An RMA with what the centre knows of its progress; `state` is open, closed or cancelled."""

    rma: Rma
    state: str
    done: tuple[Done, ...]

    @classmethod
    def from_json(cls, data: object) -> MirroredRma:
        """Reads the feed's document."""
        f = Fields(data, "RMA")
        done = tuple(Done(d.whole("line"), d.text("station"), d.whole("qty")) for d in f.objects("done"))
        return cls(Rma.from_json(data), f.text_or("state", "open"), done)


def policy_from_json(data: object) -> Policy:
    """Reads the feed's policy document, whose `source` is the published text."""
    f = Fields(data, "policy")
    return read_policy(f.text("source"), f"policy {f.text_or('version', 'of the centre')}")


@dataclass(frozen=True, slots=True)
class LookUps:
    """The texts a person can scan that lead to a record."""

    gtins: tuple[str, ...] = ()
    tracking: tuple[str, ...] = ()
    serials: tuple[tuple[str, int], ...] = ()


def look_ups(kind: str, key: str, document: Mapping[str, object]) -> LookUps | None:
    """What leads to this record; None when the kind or the document cannot be read by this program."""
    read = _READERS.get(kind)
    if read is None:
        return None
    try:
        name, found = read(document)
    except Refused:
        return None
    return found if name == key else None


def _item(document: object) -> tuple[str, LookUps]:
    item = Item.from_json(document)
    return item.sku, LookUps(gtins=tuple(dict.fromkeys(item.gtins)))


def _location(document: object) -> tuple[str, LookUps]:
    return Location.from_json(document).code, LookUps()


def _policy(document: object) -> tuple[str, LookUps]:
    return policy_from_json(document).version, LookUps()


def _rma(document: object) -> tuple[str, LookUps]:
    rma = MirroredRma.from_json(document).rma
    serials = dict.fromkeys((serial, line.line) for line in rma.lines for serial in line.serials)
    return rma.code, LookUps(tracking=tuple(dict.fromkeys(rma.tracking)), serials=tuple(serials))


def _transfer(document: object) -> tuple[str, LookUps]:
    return Transfer.from_json(document).code, LookUps()


_READERS: Mapping[str, Callable[[object], tuple[str, LookUps]]] = {
    RecordKind.ITEM: _item,
    RecordKind.LOCATION: _location,
    RecordKind.POLICY: _policy,
    RecordKind.RMA: _rma,
    RecordKind.TRANSFER: _transfer,
}
