"""How long a replacement waits for what it replaces: reserved and held back, or sent ahead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.policy.text import Text

_KEYS = ("advance_days", "hold_days")
_MOST_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class ExchangeTerms:
    """Days from authorization.

    By `advance_days` the old unit of a replacement that was sent ahead must be back; for `hold_days` a
    replacement that waits for its old unit keeps its reservation.
    """

    advance_days: int = 14
    hold_days: int = 30


USUAL = ExchangeTerms()
"""What holds where a policy says nothing of exchanges."""


def read_exchange(document: Mapping[str, object], text: Text) -> ExchangeTerms:
    """The table `[exchange]`; a policy may have none, and a key that is left out is as usual.

    Raises:
        Refused: a key is not known, or a number of days is no whole number above zero.
    """
    if "exchange" not in document:
        return USUAL
    f = text.table(document, "exchange")
    names = f.names()
    for name in names:
        if name not in _KEYS:
            raise f.wrong(name, f"no such key, but one of {', '.join(_KEYS)}")
    days = {name: f.whole(name, least=1, most=_MOST_DAYS) for name in names}
    return ExchangeTerms(**days)
