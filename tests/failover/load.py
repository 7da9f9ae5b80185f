"""Callers that never give up: each command has one key and is sent until it is acknowledged."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

OWNER, PLACE = "ACME", "W-1"
ITEMS = 5
_AGAIN_S = 0.05
_RETRIED = frozenset({429, 502, 503, 504})
_AT = "2026-01-02T09:00:00Z"


@dataclass
class Acknowledged:
    """What callers were told; the lists are appended to by several threads, which lists allow."""

    orders: dict[str, Any] = field(default_factory=dict)
    receipts: dict[str, Any] = field(default_factory=dict)
    moments: list[float] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def longest_pause_s(self) -> float:
        """The longest time in which nobody was told of any success."""
        moments = sorted(self.moments)
        return max((b - a for a, b in itertools.pairwise(moments)), default=0.0)


class Load:
    """Callers on threads; a context that waits for every command under way to be acknowledged."""

    def __init__(self, url: str, token: str, callers: int) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._stopping = threading.Event()
        self._count = threading.Lock()
        self.done = Acknowledged()
        self._threads = [threading.Thread(target=self._work, args=(n,)) for n in range(callers)]

    def prepare(self) -> None:
        """Items, a place, and stock for a while."""
        with self._client() as http:
            items = [{"sku": f"S-{n}", "name": f"S-{n}"} for n in range(ITEMS)]
            place = {"code": PLACE, "kind": "bin", "name": PLACE, "site": "W"}
            self._send(http, "/v1/items", "items", {"items": items})
            self._send(http, "/v1/locations", "places", {"locations": [place]})

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more: int) -> None:
        """Waits until so many more commands were acknowledged."""
        upto = len(self.done.moments) + more
        pause = threading.Event()
        deadline = time.monotonic() + 120
        while len(self.done.moments) < upto:
            assert time.monotonic() < deadline, f"nobody is served: {self.done.told} {self.done.faults[:3]}"
            assert not self.done.faults, self.done.faults[:3]
            pause.wait(_AGAIN_S)

    def _client(self) -> httpx.Client:
        return httpx.Client(base_url=self._url, headers=self._headers, timeout=30)

    def _work(self, caller: int) -> None:
        number = 0
        with self._client() as http:
            while not self._stopping.is_set() and not self.done.faults:
                number += 1
                name = f"{caller}-{number}"
                sku = f"S-{(caller + number) % ITEMS}"
                if number % 3 == 1:
                    body = _receipt(name, sku)
                    kept = self.done.receipts
                    answer = self._send(http, "/v1/receipts", f"r{name}", body)
                else:
                    body = _order(name, sku)
                    kept = self.done.orders
                    answer = self._send(http, "/v1/orders", f"o{name}", body)
                if answer is not None:
                    kept[name] = answer
                    self.done.moments.append(time.monotonic())

    def _send(self, http: httpx.Client, path: str, key: str, body: dict[str, Any]) -> Any | None:
        """Sends until it is acknowledged, always with the same key; None after a fault."""
        pause = threading.Event()
        while True:
            try:
                answer = http.post(path, json=body, headers={"Idempotency-Key": key})
            except httpx.TransportError as broken:
                self._tell(type(broken).__name__)
                pause.wait(_AGAIN_S)
                continue
            if answer.is_success:
                self._tell("replayed" if "Idempotency-Replayed" in answer.headers else "done")
                return answer.json()
            self._tell(str(answer.status_code))
            if answer.status_code not in _RETRIED:
                self.done.faults.append(f"{path} {key}: {answer.status_code} {answer.text}")
                return None
            if answer.status_code != 429 and "Retry-After" not in answer.headers:
                self.done.faults.append(f"{path} {key}: {answer.status_code} without Retry-After")
            pause.wait(_AGAIN_S)

    def _tell(self, what: str) -> None:
        with self._count:
            self.done.told[what] += 1


def _receipt(name: str, sku: str) -> dict[str, Any]:
    lines = [{"line": 1, "sku": sku, "qty": 3}]
    return {"document": name, "owner": OWNER, "location": PLACE, "at": _AT, "lines": lines}


def _order(name: str, sku: str) -> dict[str, Any]:
    lines = [{"line": 1, "sku": sku, "qty": 1}]
    return {"order": name, "owner": OWNER, "channel": "web", "at": _AT, "ship": "available", "lines": lines}
