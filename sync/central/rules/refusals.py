"""What was refused to whom, counted by the minute: a flood of it fills no disk, and a single one is not lost.

No secret and no address is kept: a source is told apart by a digest that only this centre can make.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.clock import to_text
from sync.central.rules.strangers import network_of

_MOST = 100
"""So many different ones a minute; more are counted together."""
_MINUTES = 20
"""So many minutes' worth of them at most wait for a database that is away."""
_OTHERS = "others"
_DIGITS = 16
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Met:
    """What one source met with in one minute, so many times; `route` is where it did last."""

    minute: str
    code: str
    who: str
    source: str
    route: str
    times: int

    def to_json(self) -> dict[str, object]:
        """As it is listed."""
        return {
            "minute": self.minute,
            "code": self.code,
            "who": self.who or None,
            "source": self.source or None,
            "route": self.route or None,
            "times": self.times,
        }


class Refusals:
    """The refusals of one process that are not kept yet; safe for several threads."""

    def __init__(self, key: bytes, most: int = _MOST) -> None:
        self._key = key
        self._most = most
        self._met: dict[tuple[str, str, str, str], tuple[str, int]] = {}
        self._kinds = Counter[str]()
        self._lock = threading.Lock()

    def note(self, at: datetime, code: str, route: str, who: str, host: str) -> bool:
        """Counts one; True for the first of its minute.

        Args:
            at: now, by the centre's clock.
            code: the refusal's.
            route: the template of the route, which names nothing and nobody.
            who: the name of the token or the station, where it is known for itself.
            host: the address it came from.
        """
        minute, who = minute_of(at), who[:_LONGEST]
        key = (minute, code, who, self._source(host))
        with self._lock:
            if key not in self._met:
                if self._kinds[minute] >= self._most or len(self._met) >= self._most * _MINUTES:
                    key = (minute, code, "", _OTHERS)
                self._kinds[minute] += 1
            _, times = self._met.get(key, ("", 0))
            self._met[key] = (route, times + 1)
            return times == 0

    def take(self, before: datetime | None = None) -> Sequence[Met]:
        """Hands over those of minutes that are over, or all of them, and forgets them."""
        with self._lock:
            found = [met for met in self._shown() if before is None or met.minute < minute_of(before)]
            for met in found:
                del self._met[(met.minute, met.code, met.who, met.source)]
                self._kinds.pop(met.minute, None)
        return found

    def give_back(self, met: Sequence[Met]) -> None:
        """Takes back what could not be kept; what was met with since is added to it."""
        with self._lock:
            for one in met:
                key = (one.minute, one.code, one.who, one.source)
                _, since = self._met.get(key, ("", 0))
                self._met[key] = (one.route, one.times + since)

    def under_way(self) -> Sequence[Met]:
        """Those that are not kept yet."""
        with self._lock:
            return self._shown()

    def _shown(self) -> list[Met]:
        return [Met(*key, *value) for key, value in self._met.items()]

    def _source(self, host: str) -> str:
        found = hmac.digest(self._key, network_of(host).encode("utf-8", "surrogatepass"), hashlib.sha256)
        return found.hex()[:_DIGITS]


def minute_of(at: datetime) -> str:
    """The minute of an instant, by which the record counts."""
    return to_text(at.replace(second=0, microsecond=0))
