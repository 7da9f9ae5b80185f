"""Planning a wave before its transaction: what there is to source, read at one moment, and the best way.

Looking at a wave as a whole takes seconds, for which no other writer should wait. So it is done on a look at
what is committed; the wave itself then keeps what still holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from app.domain.clock import to_text
from sync.central.commands.catalogue import require_site
from sync.central.commands.dispatch_asked import WaveAsked
from sync.central.rules.allocation_policy import AllocationPolicy
from sync.central.rules.sourcing.parts import as_sent
from sync.central.rules.sourcing.shapes import Wave
from sync.central.rules.sourcing.standing import Planned
from sync.central.rules.sourcing.wave import Effort, as_wave
from sync.central.store.allocation_policy import policy_in_force
from sync.central.store.sites import sites
from sync.central.store.sourcing import Ready, eligible, ready, wave_of
from sync.central.store.stock import Stock, look

ALWAYS = "9999-12-31T00:00:00.000Z"


def look_ahead(conn: Connection, asked: WaveAsked, now: datetime) -> Wave:
    """What a wave would have to source if it were released now, its lines whole; nothing is written.

    Raises:
        Refused: a site is unknown, or sites count in different currencies.
    """
    for site in asked.sites or ():
        require_site(conn, site)
    policy = policy_in_force(conn)
    some = ready(conn, eligible(conn, asked.owner, latest(asked, policy, now)), policy, asked.max_orders)
    items = {claim.item for entry in some for claim in entry.claims}
    stock = look(conn, asked.owner, sorted(items), now)
    # Claims on units that are gone are taken back by the wave itself.
    sound = [entry for entry in some if not any(claim.item in stock.short for claim in entry.claims)]
    return to_source(conn, asked, sound, stock, now)


def planned(wave: Wave, asked: WaveAsked, seconds: Callable[[], float]) -> Planned:
    """The best way found for a wave within the time that is asked for.

    Args:
        wave: what `look_ahead` gave.
        asked: how it is to be released.
        seconds: a clock that only runs forward.
    """
    answer, gain = as_wave(as_sent(wave), seconds, Effort(seconds=float(asked.seconds)))
    return Planned(wave, answer, gain)


def latest(asked: WaveAsked, policy: AllocationPolicy, now: datetime) -> str:
    """Orders that are wanted later than this instant stay."""
    days = policy.horizon_days if asked.horizon is None else asked.horizon
    return ALWAYS if days is None else to_text(now + timedelta(days=days))


def to_source(conn: Connection, asked: WaveAsked, some: Sequence[Ready], stock: Stock, now: datetime) -> Wave:
    """These orders as needs of the sites that are asked for, or of all where any of the items is."""
    places = sites(conn, asked.sites or _everywhere(stock), now)
    return wave_of(some, places, stock.covers, stock.policy, now)


def _everywhere(stock: Stock) -> list[str]:
    return sorted({site for cover in stock.covers.values() for site in cover.sites if site is not None})
