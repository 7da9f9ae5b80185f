"""What is asked of orders on their way: blocks, changes, parcels, waves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sync.central.commands.shapes import (
    MAX_LINES,
    MOST,
    SOME_DAY,
    Asked,
    Code,
    Instant,
    LineNumber,
    Units,
    Words,
    shown,
)

_MOST_SITES = 200
_LONGEST_HORIZON = 3_650
_MOST_ORDERS = 100_000
_MOST_SECONDS = 60


class Blocking(Asked):
    """Why an order may not go on: fraud, credit, review, or a kind of the allocation policy.

    `keep` says whether it keeps its reservations; left out, the policy does.
    """

    model_config = shown(kind="credit", note="invoice 77 is open")

    kind: Code
    keep: bool | None = None
    note: Words | None = None


class Unblocking(Asked):
    """Takes an order's block off."""

    model_config = shown(note="paid")

    note: Words | None = None


class LineChange(Asked):
    """How many units a line is to ask for, those shipped and cancelled included."""

    line: LineNumber
    qty: Units


class Change(Asked):
    """Other quantities, another site, or both.

    `site` null lets the order be sent from anywhere; left out it stays. `short` refuse: nothing is changed
    when what is asked for more, or what was reserved elsewhere, cannot be reserved whole.
    """

    model_config = shown(lines=[{"line": 1, "qty": 3}], short="refuse")

    lines: tuple[LineChange, ...] = Field(default=(), max_length=MAX_LINES, strict=False)
    site: Code | None = None
    short: Literal["backorder", "refuse"] = "backorder"


class PickedLine(Asked):
    """Units of a line that were found; `missing` names the serials that were not, of a line that has some.

    `serials` are those that were scanned: one that is not the parcel's is refused.
    """

    line: LineNumber
    qty: Annotated[int, Field(ge=0, le=MOST)]
    serials: tuple[Code, ...] = Field(default=(), max_length=MAX_LINES, strict=False)
    missing: tuple[Code, ...] = Field(default=(), max_length=MAX_LINES, strict=False)


class Picking(Asked):
    """What of a parcel was found; lines that are not named were found whole."""

    model_config = shown(at=SOME_DAY, lines=[{"line": 1, "qty": 1}])

    at: Instant | None = None
    lines: tuple[PickedLine, ...] = Field(default=(), max_length=MAX_LINES, strict=False)


class Step(Asked):
    """A parcel goes one step on."""

    model_config = shown(at=SOME_DAY)

    at: Instant | None = None


class PackedLine(Asked):
    """The serials that were scanned into a parcel, all of its line."""

    line: LineNumber
    serials: tuple[Code, ...] = Field(max_length=MAX_LINES, strict=False)


class Packing(Asked):
    """A parcel is packed; lines that are not named were packed as they were picked."""

    model_config = shown(at=SOME_DAY)

    at: Instant | None = None
    lines: tuple[PackedLine, ...] = Field(default=(), max_length=MAX_LINES, strict=False)


class Despatch(Asked):
    """A parcel leaves; `tracking` is its carrier's number."""

    model_config = shown(at=SOME_DAY, tracking="JD014600003")

    at: Instant | None = None
    tracking: Code | None = None


class WaveAsked(Asked):
    """Which orders are released to their sites now.

    Only to `sites` when given; orders wanted later than `horizon` days from now stay; the first `max_orders`
    by rank. `optimise` looks at the wave as a whole for `seconds` at most, while others write, after which
    strict order is kept unless something cheaper was found.
    """

    model_config = shown(owner="ACME", sites=["WH1"], horizon=2, max_orders=500, method="greedy")

    owner: Code
    sites: tuple[Code, ...] | None = Field(default=None, min_length=1, max_length=_MOST_SITES, strict=False)
    horizon: int | None = Field(default=None, ge=0, le=_LONGEST_HORIZON)
    max_orders: int = Field(default=1_000, ge=1, le=_MOST_ORDERS)
    method: Literal["greedy", "optimise"] = "greedy"
    seconds: int = Field(default=10, ge=1, le=_MOST_SECONDS)
