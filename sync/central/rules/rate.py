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
    """The buckets of one process; `rate` a second each, and `burst_s` seconds' worth of them at once.

    A `rate` of 0 lets everything through. Safe for several threads.
    """

    def __init__(self, rate: int, burst_s: int = _BURST_S) -> None:
        self._rate = rate
        self._burst_s = burst_s
        self._most = float(rate * burst_s)
        self._buckets: dict[str, _Bucket] = {}
        self._lock = threading.Lock()

    def take(self, caller: str, now_ms: float, count: int = 1) -> float:
        """Takes so many out of a caller's bucket, a full one at most; 0, or seconds until they are there."""
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
            asked = min(float(count), self._most)
            if bucket.left < asked:
                return (asked - bucket.left) / self._rate
            bucket.left -= asked
            return 0.0

    def _forget(self, now_ms: float) -> None:
        """Lets go of buckets that are full again, which a new one would be as well."""
        full_ms = self._burst_s * 1000
        full = [name for name, found in self._buckets.items() if now_ms - found.at_ms >= full_ms]
        for name in full:
            del self._buckets[name]
