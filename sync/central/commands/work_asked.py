"""What work orders are asked with."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sync.central.commands.shapes import MOST, SOME_DAY, Asked, Code, Instant, Units, Words, shown

_MOST_PARTS = 50
_MOST_MINUTES = 100_000


class WorkOpened(Asked):
    """A unit in refurbish stock that has no work order: its label, or its serial."""

    model_config = shown(owner="ACME", sku="K-17", label="L07-5521-D", at=SOME_DAY)

    owner: Code
    sku: Code
    label: Code | None = None
    serial: Code | None = None
    at: Instant


class WorkStarted(Asked):
    """Somebody begins."""

    model_config = shown(at=SOME_DAY)

    at: Instant


class PartUsed(Asked):
    """Units of an item that went into the unit; from that place, or of that serial, when it is named."""

    sku: Code
    qty: Units
    serial: Code | None = None
    location: Code | None = None


class StepDone(Asked):
    """What became of a step, whichever one's turn it is unless `step` names it.

    `cost_minor` is what it cost for all units of the order, in the order's currency, parts not counted. A
    step that failed or was left out needs a reason.
    """

    model_config = shown(
        step="clean",
        result="done",
        minutes=12,
        cost_minor=60,
        parts=[{"sku": "BOX-S", "qty": 1}],
        at=SOME_DAY,
    )

    step: Code | None = None
    result: Literal["done", "failed", "skipped"]
    reason: Words | None = None
    minutes: int | None = Field(default=None, ge=0, le=_MOST_MINUTES)
    cost_minor: int = Field(default=0, ge=0, le=MOST)
    parts: tuple[PartUsed, ...] = Field(default=(), max_length=_MOST_PARTS, strict=False)
    note: Words | None = None
    at: Instant


class WorkFinished(Asked):
    """The unit is fit: its grade now, and the item it became where it was relabelled.

    `confirm` is somebody's word where the rule writes such units off. `place` is where it was put, when that
    is another place of its site than the policy names.
    """

    model_config = shown(grade="B", at=SOME_DAY)

    grade: Code
    sku: Code | None = None
    place: Code | None = None
    confirm: bool = False
    at: Instant


class WorkGivenUp(Asked):
    """The unit cannot be made fit."""

    model_config = shown(reason="The heating element is broken.", at=SOME_DAY)

    reason: Words
    at: Instant


class WorkUndone(Asked):
    """Why an end was wrong."""

    model_config = shown(reason="It leaks after all.", at=SOME_DAY)

    reason: Words
    at: Instant
