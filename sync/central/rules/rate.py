"""How often one caller may ask: a bucket of tokens for each, filled at an even rate."""

from __future__ import annotations

import threading
from dataclasses import dataclass

_BURST_S = 5
_MOST_CALLERS = 10_000


@dataclass(slots=True)
class _Bucket:
    left: float
    at_ms: float


class Buckets:
    """The buckets of one process; `rate` requests a second each, and some seconds' worth of them at once.

    A `rate` of 0 lets everything through. Safe for several threads.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._most = float(rate * _BURST_S)
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()

    def take(self, caller: str, now_ms: float) -> float:
        """Takes one request out of a caller's bucket; 0, or the seconds until there will be one."""
        if not self._rate:
            return 0.0
        with self._lock:
            bucket = self._buckets.get(caller)
            if bucket is None:
                if len(self._buckets) >= _MOST_CALLERS:
                    self._forget(now_ms)
                bucket = self._buckets[caller] = _Bucket(self._most, now_ms)
            passed_s = max(0.0, now_ms - bucket.at_ms) / 1000
            bucket.left = min(self._most, bucket.left + passed_s * self._rate)
            bucket.at_ms = now_ms
            if bucket.left < 1:
                return (1 - bucket.left) / self._rate
            bucket.left -= 1
            return 0.0

    def _forget(self, now_ms: float) -> None:
        """Lets go of buckets that are full again, which a new one would be as well."""
        full = [name for name, found in self._buckets.items() if now_ms - found.at_ms >= _BURST_S * 1000]
        for name in full:
            del self._buckets[name]
