"""What people really did, counted plainly: the model that the ledgers are held against.

Nothing here is asked of the product's own rules. A deed is written down when the station said that it was
saved, or when it turned out to be on the station's disk after its process had died over it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Act(StrEnum):
    """What kind of deed."""

    RETURN = "return"
    APART = "apart"
    BLIND = "blind"
    THING = "unidentified thing"
    FINISH = "finish"
    REGRADE = "regrade"
    UNDO = "undo"
    TRANSFER = "transfer"
    COUNT = "count"
    WRITE_OFF = "write-off"
    ACCEPT = "serial accepted"
    OTHERWISE = "decided otherwise"
    NOTE = "note"


LABELLED = frozenset({Act.RETURN, Act.APART, Act.BLIND, Act.THING, Act.REGRADE, Act.OTHERWISE})
"""Deeds that put a label on a unit, or that found it by one."""
SIGNED = frozenset({Act.WRITE_OFF, Act.ACCEPT, Act.OTHERWISE})
"""Deeds that an approver signs."""
CAME_BACK = frozenset({Act.RETURN, Act.APART, Act.BLIND})
"""Deeds by which a unit comes from a customer into the building."""


@dataclass(slots=True)
class Deed:
    """One thing that somebody did at a station.

    `came` are the units that a receipt told of, by SKU; `missing` those that a finish named, by SKU;
    `place` where a supervisor said that a unit goes;
    `undoes` the event that an undo takes back, `uses` the one whose unit something else happened to.
    `life` tells the copies of one station apart; `ahead_s` is by how much its clock was ahead of the truth;
    `who` did it, and what `grade` they gave.
    """

    act: Act
    station: int
    life: int = 0
    ahead_s: float = 0.0
    who: str = ""
    grade: str = ""
    sku: str = ""
    serial: str = ""
    qty: int = 1
    document: str = ""
    came: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    undoes: str = ""
    uses: str = ""
    approver: str = ""
    place: str = ""
    late: bool = False
    """The approver had been revoked at the centre before it was done."""


@dataclass(slots=True)
class Book:
    """All deeds by the event that stands for each, in the order in which they were done."""

    deeds: dict[str, Deed] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    """What was found wrong on the way, before anything was compared."""
    gone: set[str] = field(default_factory=set)
    """Events of which every copy was overwritten, on stations' disks and at the centre: nobody has them."""

    held: set[str] = field(default_factory=set)
    """Events that stay on a disk which somebody edited until a person has looked: nothing follows."""
    reused: set[str] = field(default_factory=set)
    """Ids that a station gave to two events; the deed of an id is the one that the centre had first."""

    pins: Counter[int] = field(default_factory=Counter)
    """Wrong PINs that a station said no to."""

    def saved(self, event_id: str, deed: Deed, ahead_s: float = 0.0, who: str = "") -> None:
        """The station told that person that this is saved, while its clock was so far ahead of the truth."""
        deed.ahead_s, deed.who = ahead_s, who
        if event_id in self.deeds:
            self.wrong.append(f"I2: event {event_id} was said to be saved twice")
        self.deeds[event_id] = deed

    @property
    def physical(self) -> int:
        """How many deeds people did; notes of the program are none."""
        return sum(deed.act is not Act.NOTE for deed in self.deeds.values())

    def undone(self) -> set[str]:
        """The events that were taken back, by an event that somebody still has."""
        return {
            deed.undoes
            for event_id, deed in self.deeds.items()
            if deed.act is Act.UNDO and deed.undoes and event_id not in self.gone | self.held
        }

    def standing(self, *acts: Act) -> Iterator[tuple[str, Deed]]:
        """Deeds of these kinds that nobody took back."""
        undone = self.undone()
        return (
            (event_id, deed)
            for event_id, deed in self.deeds.items()
            if deed.act in acts and event_id not in undone
        )
