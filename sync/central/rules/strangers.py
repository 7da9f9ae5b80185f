"""How often somebody unknown may guess: wrong secrets from one address fill a bucket that empties slowly.

Every secret is looked up first, and a right one is never kept waiting by a neighbour's guesses: tokens and
codes are too long to be guessed at any speed. What is slowed down is the noise of trying. What stations sign
is proven by its signature and is not asked about here.
"""

from __future__ import annotations

import ipaddress
import math
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache

from sync.central.rules.outcomes import TooMany

GUESSES = 30
"""So many wrong ones at once, then one in every `EVERY_S` seconds."""
EVERY_S = 2
_MOST = 10_000
_NETWORK = 64
_LONGEST = 64


@dataclass(slots=True)
class _Guessed:
    left: float
    at_ms: float


class Strangers:
    """The guesses of one process at one kind of secret, by address; safe for several threads.

    It remembers at most `most` addresses, those of longest ago give way.
    """

    def __init__(self, what: str, most: int = _MOST) -> None:
        self._what = what
        self._most = most
        self._guessed: OrderedDict[str, _Guessed] = OrderedDict()
        self._lock = threading.Lock()

    def wrong(self, source: str, now_ms: float) -> None:
        """One more that nobody knows came from there.

        Raises:
            TooMany: too many did, and this one is not counted; with the seconds until the next one is.
        """
        with self._lock:
            guessed = self._filled(source, now_ms)
            if guessed is None:
                guessed = self._guessed[source] = _Guessed(GUESSES, now_ms)
                while len(self._guessed) > self._most:
                    self._guessed.popitem(last=False)
            if guessed.left >= 1:
                guessed.left -= 1
                return
            wait_s = (1 - guessed.left) * EVERY_S
        no = TooMany(
            f"{self._what}.too_many_wrong",
            f"Read too many wrong ones ({self._what}) from this address.",
            f"Expected a right one; of wrong ones one is answered every {EVERY_S} seconds.",
            "Correct it, and wait as long as Retry-After says.",
        )
        no.after_s = max(1, math.ceil(wait_s))
        raise no

    def _filled(self, source: str, now_ms: float) -> _Guessed | None:
        """What an address has left now; None where that is everything, which is not remembered."""
        guessed = self._guessed.get(source)
        if guessed is None:
            return None
        passed_s = max(0.0, now_ms - guessed.at_ms) / 1000
        guessed.left, guessed.at_ms = guessed.left + passed_s / EVERY_S, now_ms
        if guessed.left >= GUESSES:
            del self._guessed[source]
            return None
        self._guessed.move_to_end(source)
        return guessed


def network_of(host: str) -> str:
    """The address that a guesser cannot change at will: of IPv6 the network, which one computer has whole."""
    # A proxy may hand on whatever it was sent; no address is longer.
    return _network_of(host[:_LONGEST])


@lru_cache(maxsize=1024)
def _network_of(host: str) -> str:
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), _NETWORK), strict=False))
