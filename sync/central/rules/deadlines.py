"""By when an exception is to be answered: days by its type, from a table that ships with the product."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from app.domain.refusal import Refused

_MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Days by type ("stock.negative") or family ("stock.*"); `default` for all others."""

    default: int
    days: Mapping[str, int]

    def due(self, kind: str, opened_at: datetime) -> datetime:
        """By when an exception of that type is to be answered that opened then."""
        family = f"{kind.partition('.')[0]}.*"
        return opened_at + timedelta(days=self.days.get(kind, self.days.get(family, self.default)))


def read_deadlines(source: str) -> Deadlines:
    """The table of a TOML document.

    Raises:
        Refused: it is none, has another key, or a number of days that is none.
    """
    try:
        found = tomllib.loads(source)
    except tomllib.TOMLDecodeError as no:
        raise _refused(str(no)) from None
    default, days = found.pop("default", None), found.pop("days", {})
    if found or not isinstance(days, dict):
        raise _refused(f"the keys {', '.join(sorted(found)) or 'days'}")
    for name, entry in {"default": default, **days}.items():
        if type(entry) is not int or not 1 <= entry <= _MOST_DAYS:
            raise _refused(f"{name} = {entry!r}")
    return Deadlines(default, days)


@cache
def deadlines() -> Deadlines:
    """The table in force."""
    return read_deadlines(files("resources.policies").joinpath("deadlines.toml").read_text(encoding="utf-8"))


def _refused(read: str) -> Refused:
    return Refused(
        "deadlines.unfit",
        f"Read {read}.",
        f"Expected `default` and a table `days` of types, each from 1 to {_MOST_DAYS} days.",
        "Mend deadlines.toml.",
    )
