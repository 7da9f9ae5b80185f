"""Two hundred ask at once for fifty units, of four processes: fifty get one, and nobody gets two."""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from pathlib import Path

import httpx

from tests.failover.load import OWNER, PLACE
from tests.failover.served import Served, served
from tests.postgres import running_cluster

CALLERS, EACH, UNITS = 20, 10, 50
AT = "2026-01-02T09:00:00Z"


def prepare(http: httpx.Client) -> None:
    place = {"code": PLACE, "kind": "bin", "name": PLACE, "site": "W"}
    line = {"line": 1, "sku": "S", "qty": UNITS}
    receipt = {"document": "PO", "owner": OWNER, "location": PLACE, "at": AT, "lines": [line]}
    for key, path, body in (
        ("i", "/v1/items", {"items": [{"sku": "S", "name": "S"}]}),
        ("l", "/v1/locations", {"locations": [place]}),
        ("r", "/v1/receipts", receipt),
    ):
        assert http.post(path, json=body, headers={"Idempotency-Key": key}).is_success


def captured(centre: Served) -> Counter[tuple[int, int]]:
    """How often each (status, reserved units) was answered."""
    found, lock, together = Counter[tuple[int, int]](), threading.Lock(), threading.Barrier(CALLERS)

    def call(caller: int) -> None:
        with client(centre) as http:
            together.wait()
            for number in range(EACH):
                line = {"line": 1, "sku": "S", "qty": 1}
                order = {"order": f"{caller}-{number}", "owner": OWNER, "channel": "web", "at": AT}
                answer = http.post(
                    "/v1/orders",
                    json=order | {"lines": [line]},
                    headers={"Idempotency-Key": f"{caller}-{number}"},
                )
                got = answer.json()["lines"][0]["reserved"] if answer.is_success else 0
                with lock:
                    found[answer.status_code, got] += 1

    threads = [threading.Thread(target=call, args=(n,)) for n in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def client(centre: Served) -> httpx.Client:
    headers = {"Authorization": f"Bearer {centre.token}"}
    return httpx.Client(base_url=centre.url, headers=headers, timeout=60)


def test_four_processes_never_promise_a_unit_twice() -> None:
    with (
        running_cluster() as cluster,
        tempfile.TemporaryDirectory() as folder,
        served(cluster.database(), Path(folder), workers=4) as centre,
        client(centre) as http,
    ):
        prepare(http)
        answers = captured(centre)
        assert answers == {(201, 1): UNITS, (201, 0): CALLERS * EACH - UNITS}
        assert http.get("/v1/audit").json()["holds"]
        (entry,) = http.get("/v1/availability", params={"sku": "S", "owner": OWNER}).json()["items"]
        assert (entry["atp"], entry["breakdown"]["reserved"]) == (0, UNITS)
        metrics = http.get("/metrics").text
        counted = (
            f'backhaul_requests_total{{method="POST",route="/v1/orders",status="201"}} {CALLERS * EACH}.0'
        )
        assert counted in metrics
