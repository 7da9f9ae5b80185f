"""The sites that ship, with what their documents say of labour, cut-off times and shipping costs."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from app.domain.clock import to_text
from app.domain.refusal import Refused
from app.domain.site_policy import Cutoff, SitePolicy, site_policy
from sync.central.rules.sourcing.shapes import Departure, Need, Rate, Site
from sync.central.store import parcels
from sync.central.store.tables import location


def sites(conn: Connection, codes: Collection[str], now: datetime) -> tuple[Site, ...]:
    """These sites as sourcing weighs them now.

    One without a document of its own costs nothing, has no limit and serves every zone. A parcel takes one
    unit of a day's labour; those released today took theirs. Days are those of the site's own clock, whose
    time zone its cut-offs name; UTC where it has none.

    Raises:
        Refused: two of them count in different currencies, which cannot be weighed against each other.
    """
    documents = conn.execute(_documents, {"codes": sorted(codes)}).all()
    policies = {row.code: site_policy(json.loads(row.document)) for row in documents}
    currencies = sorted({p.currency for p in policies.values() if p.zones and p.currency})
    if len(currencies) > 1:
        raise Refused(
            "wave.currencies",
            f"Read shipping costs in {', '.join(currencies)}.",
            "Expected one currency for all sites of a wave.",
            "Release to the sites of one currency at a time.",
        )
    chosen = [policies.get(code, SitePolicy(code)) for code in sorted(codes)]
    since = {p.site: _midnight(p, now) for p in chosen if p.labour_units_per_day is not None}
    used = {began: parcels.released_since(conn, began) for began in set(since.values())}
    return tuple(_site(p, used[since[p.site]].get(p.site, 0) if p.site in since else 0, now) for p in chosen)


def _midnight(policy: SitePolicy, now: datetime) -> str:
    """When the site's day began."""
    local = now.astimezone(policy.clock)
    return to_text(datetime.combine(local.date(), time(), local.tzinfo))


def _site(policy: SitePolicy, used: int, now: datetime) -> Site:
    labour = policy.labour_units_per_day
    # An order says when it must leave, not when it must arrive: days on the way do not make it late.
    rates = {zone: Rate(cost.base_minor, cost.per_unit_minor) for zone, cost in policy.zones.items()}
    left = None if labour is None else max(0, labour - used)
    return Site(policy.site, left, rates, _departures(policy, now))


def _departures(policy: SitePolicy, now: datetime) -> tuple[Departure, ...]:
    found = [_departure(cutoff, now) for cutoff in policy.cutoffs]
    if found and all(departure.zone or departure.service for departure in found):
        # What no cut-off is for leaves on the day it is released, by the site's own calendar.
        found.append(Departure(now.astimezone(policy.clock).date(), policy.clock))
    return tuple(found)


def _departure(cutoff: Cutoff, now: datetime) -> Departure:
    local = now.astimezone(ZoneInfo(cutoff.tz))
    later = timedelta(days=1 if local.time() > cutoff.at else 0)
    return Departure(local.date() + later, ZoneInfo(cutoff.tz), cutoff.zone, cutoff.service)


def freight(need: Need, site: Site) -> Rate | None:
    """What a parcel costs: nothing where a site has no table, or where the order does not say its zone."""
    return site.rates.get(need.zone) if site.rates and need.zone else Rate(0)


_documents = select(location.c.code, location.c.document).where(
    location.c.code.in_(bindparam("codes", expanding=True))
)
