"""Clients of a served centre, as cheap as they can be: what is measured is the centre, not who calls."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any, Self
from urllib.parse import urlsplit

_CREATED = 201
_PATIENCE_S = 60
_MILLI = 1000

Call = Callable[[Any], None]


class OrderClient:
    """One connection that captures orders."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE_S)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def order(self, body: Mapping[str, Any]) -> None:
        """Captures one; its code is its key.

        Raises:
            RuntimeError: it was not captured.
        """
        headers = {**self._headers, "Idempotency-Key": body["order"]}
        self._connection.request("POST", "/v1/orders", json.dumps(body), headers)
        with self._connection.getresponse() as answer:
            said = answer.read()
        if answer.status != _CREATED:
            raise RuntimeError(f"the centre answered {answer.status}: {said[:300]!r}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def together(calls: Sequence[Call], work: Sequence[Any]) -> tuple[float, list[float]]:
    """Shares work out among callers that begin at one moment: seconds for all, milliseconds for each."""
    gate = threading.Barrier(len(calls) + 1)

    def call(caller: int) -> list[float]:
        lasted = list[float]()
        gate.wait()
        for piece in work[caller :: len(calls)]:
            began = time.perf_counter()
            calls[caller](piece)
            lasted.append((time.perf_counter() - began) * _MILLI)
        return lasted

    with ThreadPoolExecutor(len(calls)) as pool:
        waiting = [pool.submit(call, caller) for caller in range(len(calls))]
        gate.wait()
        began = time.perf_counter()
        lasted = [one for done in waiting for one in done.result()]
        return time.perf_counter() - began, lasted
