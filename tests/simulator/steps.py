"""The steps of a history, drawn from a seed before anything happens, so that any of them can be left out.

A step names what is tried and at which station; what exactly it comes to is drawn from its own noise when it
is its turn. Leaving steps out never changes what the others draw.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MOST_STATIONS = 8
LEAST_STATIONS = 2
LENGTH = 470


class Try(StrEnum):
    """What a step tries."""

    RETURN = "return"
    SAME_RETURN = "the same return at another station"
    SAME_SERIAL = "the same serial at another station"
    EXTRA = "an item that nobody authorized"
    BLIND = "blind"
    THING = "a thing without a name"
    FINISH = "a box with something missing"
    UNDO = "undo"
    REGRADE = "regrade"
    COUNT = "count"
    UNDO_COUNT = "undo a count"
    TRANSFER = "receive a transfer"
    UNDO_TRANSFER = "undo a receipt"
    WRITE_OFF = "write off with approval"
    WRITE_OFF_UNIT = "write off the last unit"
    WRONG_PIN = "wrong PIN"
    ACCEPT = "a supervisor accepts a serial"
    OTHERWISE = "a supervisor decides otherwise"

    SYNC = "sync"
    BAD_SYNC = "sync over a bad network"
    PHOTOS = "photos are sent"
    SPOIL = "a photo on a disk is spoiled"
    DOWN = "network down"
    UP = "network up"
    DIE = "station dies at work"
    DIE_SYNCING = "station dies while syncing"
    RESTART = "station restarts"
    CLOCK = "clock changed"
    WAIT = "time passes"

    AUTHORIZE = "authorize a return"
    CANCEL = "end a return"
    DECIDE = "decide write-offs"
    SEND = "send a transfer"
    ADVANCE = "a transfer goes on"
    CLOSE = "close a transfer"
    WORD = "decide anew about the last unit"
    SHIP = "ship an order"
    RESERVE = "reserve for an order"
    POLICY = "publish a policy"
    REVOKE = "revoke an approver"
    UPKEEP = "upkeep"
    CENTRE_DIES = "centre restarts"
    POISON = "posting fails for a while"

    CARRY = "events are carried in files"
    TAMPER = "a station's file is edited"
    SNAPSHOT = "a station's disk is copied"
    RESTORE = "a station's disk is put back"
    CLONE = "a station is cloned"
    BACKUP = "the centre is backed up"
    PUT_BACK = "the centre is put back"
    REWIND = "a station goes back in time"


WORK: Mapping[Try, float] = {
    Try.RETURN: 130,
    Try.SAME_RETURN: 26,
    Try.SAME_SERIAL: 8,
    Try.EXTRA: 8,
    Try.BLIND: 14,
    Try.THING: 5,
    Try.FINISH: 9,
    Try.UNDO: 16,
    Try.REGRADE: 10,
    Try.COUNT: 10,
    Try.UNDO_COUNT: 2,
    Try.TRANSFER: 14,
    Try.UNDO_TRANSFER: 2,
    Try.WRITE_OFF: 7,
    Try.WRITE_OFF_UNIT: 4,
    Try.WRONG_PIN: 3,
    Try.ACCEPT: 6,
    Try.OTHERWISE: 10,
}
"""How often each deed is tried, of 284."""

WORLD: Mapping[Try, float] = {
    Try.SYNC: 38,
    Try.BAD_SYNC: 38,
    Try.PHOTOS: 7,
    Try.SPOIL: 1.5,
    Try.DOWN: 6,
    Try.UP: 6,
    Try.DIE: 10,
    Try.DIE_SYNCING: 6,
    Try.RESTART: 3,
    Try.CLOCK: 5,
    Try.WAIT: 8,
    Try.AUTHORIZE: 4,
    Try.CANCEL: 2,
    Try.DECIDE: 3,
    Try.SEND: 2,
    Try.ADVANCE: 4,
    Try.CLOSE: 1,
    Try.WORD: 5,
    Try.SHIP: 3,
    Try.RESERVE: 5,
    Try.POLICY: 2,
    Try.REVOKE: 1,
    Try.UPKEEP: 2,
    Try.CENTRE_DIES: 2,
    Try.POISON: 1.5,
    Try.CARRY: 3,
    Try.TAMPER: 0.8,
}
"""How often everything else happens, of 161 or so."""

COPIES: Mapping[Try, float] = {
    Try.SNAPSHOT: 3,
    Try.RESTORE: 2,
    Try.CLONE: 1,
    Try.BACKUP: 2,
    Try.PUT_BACK: 1,
    Try.REWIND: 1,
}
"""How often disks are copied and put back, where that is turned on."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is tried, at which station (from 1), and the noise of whatever it draws."""

    number: int
    what: Try
    station: int
    noise: int

    def rng(self) -> random.Random:
        """The step's own noise."""
        return random.Random(self.noise)

    def __str__(self) -> str:
        return f"{self.number:3d} station {self.station}: {self.what}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A history that is to happen: how many stations there are, and its steps."""

    seed: int
    stations: int
    steps: tuple[Step, ...]


def plan(seed: int, *, length: int = LENGTH, copies: bool = False) -> Plan:
    """The plan of a seed; `copies` allows disks to be copied and put back."""
    rng = random.Random(seed)
    stations = rng.randint(LEAST_STATIONS, MOST_STATIONS)
    weights = {**WORK, **WORLD, **(COPIES if copies else {})}
    kinds = rng.choices(list(weights), list(weights.values()), k=length)
    steps = tuple(
        Step(number, what, rng.randint(1, stations), rng.getrandbits(63))
        for number, what in enumerate(kinds, 1)
    )
    return Plan(seed, stations, steps)
