"""What a site can do and what it costs: labour, cut-off times, zones served with their shipping costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, time, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.fields import Fields
from app.domain.refusal import Refused

FIELDS = ("labour_units_per_day", "cutoffs", "zones", "currency")
"""The fields of a site's document that are its policy."""

_CURRENCY = re.compile(r"[A-Z]{3}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_MOST_MINOR = 10**9
_MOST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Cutoff:
    """Until when an order leaves the same day: a local time and its IANA time zone.

    `zone` and `service` say for which shipping zone and service level; None means any.
    """

    at: time
    tz: str
    zone: str | None = None
    service: str | None = None


@dataclass(frozen=True, slots=True)
class ZoneCost:
    """Shipping into a zone: minor units of the site's currency once and per base unit, and days."""

    base_minor: int
    per_unit_minor: int
    days: int


@dataclass(frozen=True, slots=True)
class SitePolicy:
    """What sourcing asks of a site; `labour_units_per_day` is None where nobody set a limit.

    A site without `zones` says nothing about where it ships; it is then for the caller to decide.
    """

    site: str
    labour_units_per_day: int | None = None
    cutoffs: tuple[Cutoff, ...] = ()
    zones: Mapping[str, ZoneCost] = field(default_factory=dict)
    currency: str | None = None

    @property
    def clock(self) -> tzinfo:
        """The time zone of the site, which its cut-offs name; UTC without one."""
        return ZoneInfo(self.cutoffs[0].tz) if self.cutoffs else UTC


def site_policy(document: object) -> SitePolicy:
    """Reads the policy that a site's document carries.

    Raises:
        Refused: a field does not fit; the site and the field are named.
    """
    f = Fields(document, "location")
    site = f.text("code")
    labour = f.raw().get("labour_units_per_day")
    currency = f.maybe_text("currency")
    if currency is not None and not _CURRENCY.fullmatch(currency):
        raise f.wrong("currency", "three capital letters of ISO 4217")
    zones = _zones(f)
    if zones and currency is None:
        raise f.wrong("currency", "the currency of the shipping costs")
    return SitePolicy(
        site=site,
        labour_units_per_day=None if labour is None else f.whole("labour_units_per_day", most=_MOST_MINOR),
        cutoffs=_cutoffs(f, site),
        zones=zones,
        currency=currency,
    )


def _zones(f: Fields) -> Mapping[str, ZoneCost]:
    if f.raw().get("zones") is None:
        return {}
    table = f.inner("zones")
    if "" in table.names():
        raise f.wrong("zones", "zones with a name")
    rows = {name: table.inner(name) for name in table.names()}
    return {
        name: ZoneCost(
            row.whole("base_minor", most=_MOST_MINOR),
            row.whole_or("per_unit_minor", 0, most=_MOST_MINOR),
            row.whole_or("days", 0, most=_MOST_DAYS),
        )
        for name, row in rows.items()
    }


def _cutoffs(f: Fields, site: str) -> tuple[Cutoff, ...]:
    if f.raw().get("cutoffs") is None:
        return ()
    found = tuple(_cutoff(entry) for entry in f.objects("cutoffs"))
    if len({(entry.zone, entry.service) for entry in found}) < len(found):
        raise Refused(
            "location.cutoff_twice",
            f"Site {site}: read two cut-offs for one zone and service.",
            "Expected one for each zone and service.",
            "Keep the one that holds.",
        )
    return found


def _cutoff(f: Fields) -> Cutoff:
    at, tz = f.text("at"), f.text("tz")
    if not _TIME.fullmatch(at):
        raise f.wrong("at", "a local time such as 15:30")
    if not known_zone(tz):
        raise f.wrong("tz", "a time zone of the IANA list, such as Europe/London")
    return Cutoff(time.fromisoformat(at), tz, f.maybe_text("zone"), f.maybe_text("service"))


def known_zone(name: str) -> bool:
    """True for a time zone that this computer has rules for."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
