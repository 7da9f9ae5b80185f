"""The sites that ship, with what their documents say of labour, cut-off times and shipping costs."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select

from app.domain.clock import to_text
from app.domain.refusal import Refused
from app.domain.site_policy import SitePolicy, site_policy
from sync.central.rules.sourcing.shapes import Need, Rate, Site
from sync.central.store import parcels
from sync.central.store.tables import location

_DATE = 10


def sites(conn: Connection, codes: Collection[str], now: datetime) -> tuple[Site, ...]:
    """These sites as sourcing weighs them now.

    One without a document of its own costs nothing, has no limit and serves every zone. A parcel takes one
    unit of a day's labour; those released today took theirs.

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
    used = parcels.released_since(conn, f"{to_text(now)[:_DATE]}T00:00:00.000Z")
    return tuple(
        _site(policies.get(code, SitePolicy(code)), used.get(code, 0), now) for code in sorted(codes)
    )


def _site(policy: SitePolicy, used: int, now: datetime) -> Site:
    labour = policy.labour_units_per_day
    # An order says when it must leave, not when it must arrive: days on the way do not make it late.
    rates = {zone: Rate(cost.base_minor, cost.per_unit_minor) for zone, cost in policy.zones.items()}
    left = None if labour is None else max(0, labour - used)
    return Site(policy.site, left, rates, cut_off_passed=_passed(policy, now))


def _passed(policy: SitePolicy, now: datetime) -> bool:
    cutoff = policy.cutoff()
    return cutoff is not None and now.astimezone(ZoneInfo(cutoff.tz)).time() > cutoff.at


def freight(need: Need, site: Site) -> Rate | None:
    """What a parcel costs: nothing where a site has no table, or where the order does not say its zone."""
    return site.rates.get(need.zone) if site.rates and need.zone else Rate(0)


_documents = select(location.c.code, location.c.document).where(
    location.c.code.in_(bindparam("codes", expanding=True))
)
