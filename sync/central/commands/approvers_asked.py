"""What commands about approvers are asked with."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from app.domain.approvals import Action
from sync.central.commands.shapes import MOST, Asked, Code, shown

_MOST_NAMES = 200
_MOST_COUNT = 100_000

Hexadecimal32 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Hexadecimal64 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{128}$")]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]


class NewApprover(Asked):
    """Somebody who may approve without the centre, and within which limits.

    `public_key` is the approver's own, made at a station; `proof` is that key's signature for this name.
    Amounts are whole minor units of `currency`: `single_minor` for one approval, `total_minor` and `count`
    for all under one certificate; above `two_person_above_minor` a second approver has to sign.
    """

    model_config = shown(
        approver="RUTH",
        public_key="ab" * 32,
        proof="cd" * 64,
        actions=["write_off", "override"],
        sites=["WH1"],
        currency="GBP",
        single_minor=20_000,
        total_minor=50_000,
        count=40,
        two_person_above_minor=15_000,
    )

    approver: Code
    public_key: Hexadecimal32
    proof: Hexadecimal64
    actions: tuple[Annotated[Action, Field(strict=False)], ...] = Field(
        min_length=1, max_length=20, strict=False
    )
    sites: tuple[Code, ...] = Field(min_length=1, max_length=_MOST_NAMES, strict=False)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    single_minor: int = Field(ge=0, le=MOST)
    total_minor: int = Field(ge=0, le=MOST)
    count: int = Field(ge=1, le=_MOST_COUNT)
    two_person_above_minor: int = Field(ge=0, le=MOST)


class NewRevocation(Asked):
    """Why a key may approve no more."""

    model_config = shown(reason="badge lost")

    reason: Reason


class Unlocking(Asked):
    """At which station an approver may try again."""

    model_config = shown(station_id="5f0c1d9e2b7a4c3d8e6f001122334455")

    station_id: Code
