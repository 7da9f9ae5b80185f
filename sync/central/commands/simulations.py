"""Asking what another policy, for allocation or for returns, would change; nothing is changed by asking."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import Connection

from app.domain.policy import read_policy
from app.domain.refusal import Refused
from sync.central.commands.documents import require_storable
from sync.central.commands.shapes import Asked, Code, Instant, shown
from sync.central.rules.allocation_policy import LONGEST, AllocationPolicy, read_allocation_policy
from sync.central.store import hindsight
from sync.central.store.allocation_policy import policy_of_version
from sync.central.store.simulating import Simulation, simulate

_MOST_LISTED = 200
# About a minute of work; the command line takes more.
_MOST_READ = 100_000
_MOST_NAMED = 200


class Period(Asked):
    """From an instant until another one, which is not in it."""

    since: Instant = Field(alias="from")
    until: Instant | None = Field(default=None, alias="to")


class WhatIf(Asked):
    """A candidate allocation policy, as TOML text or by a version that was published, over an owner's orders.

    `over` is `open` for the open orders, or a past period. `channels` and `skus` narrow what is counted and
    listed; `most` lines are listed that gain most, and that lose most.
    """

    model_config = shown(
        owner="ACME",
        source='kind = "allocation"\nversion = "2027.1"\nchannels = ["web"]\n[priority.channel]\nweb = -5\n',
        over="open",
        most=20,
    )

    owner: Code
    source: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)] | None = None
    version: Code | None = None
    over: Literal["open"] | Period = "open"
    channels: tuple[Code, ...] = Field(default=(), max_length=_MOST_NAMED, strict=False)
    skus: tuple[Code, ...] = Field(default=(), max_length=_MOST_NAMED, strict=False)
    most: int = Field(default=20, ge=0, le=_MOST_LISTED)


class WhatIfReturns(Asked):
    """A candidate returns policy as TOML text, over what benches dispositioned in a period."""

    model_config = shown(source='version = "2027.1"\n', over={"from": "2026-11-01T00:00:00Z"})

    source: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
    over: Period


def what_if_returns(conn: Connection, asked: WhatIfReturns) -> dict[str, object]:
    """What would have become of the units; reads only.

    Raises:
        Refused: the policy has a mistake, or the period does not end after its start or holds too much.
    """
    require_storable(asked.source)
    tried = read_policy(asked.source, "policy")
    period = hindsight.Period(asked.over.since, asked.over.until)
    return hindsight.in_hindsight(conn, tried, period, most_read=_MOST_READ)


def what_if(conn: Connection, asked: WhatIf, now: datetime) -> dict[str, object]:
    """Who would gain and lose; reads only.

    Raises:
        Refused: the policy has a mistake, or none or two are given, or the period cannot be played.
        Missing: no policy of that version was published.
    """
    period = asked.over if isinstance(asked.over, Period) else None
    return simulate(
        conn,
        Simulation(
            owner=asked.owner,
            candidate=_candidate(conn, asked),
            since=period.since if period else None,
            until=period.until if period else None,
            channels=asked.channels,
            skus=asked.skus,
            most=asked.most,
            most_read=_MOST_READ,
        ),
        now,
    )


def _candidate(conn: Connection, asked: WhatIf) -> AllocationPolicy:
    if asked.source is not None and asked.version is None:
        return candidate(asked.source)
    if asked.version is not None and asked.source is None:
        return policy_of_version(conn, asked.version)
    raise Refused(
        "simulation.policy",
        "Read both a policy and a version."
        if asked.source is not None
        else "Read neither a policy nor a version.",
        "Expected source (TOML) or version (one that was published).",
        "Give one of the two.",
    )


def candidate(source: str, where: str = "policy") -> AllocationPolicy:
    """A policy that is tried before it is published, read as it would be then.

    Raises:
        Refused: it has a mistake.
    """
    require_storable(source)
    return read_allocation_policy(source, where)
