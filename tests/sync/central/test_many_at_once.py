"""Many callers at once over real HTTP never get one unit twice."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.central.rules.access import Role
from tests.centre import Caller, RunningCentre, running_centre

CALLERS = 6
ORDERS = 12
RECEIPTS = 8


@pytest.fixture(params=["sqlite", "postgresql"])
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningCentre]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with running_centre(tmp_path, url=url) as found:
        yield found


def receive(caller: Caller, number: int, qty: int) -> None:
    lines = [{"line": n, "sku": sku, "qty": qty} for n, sku in enumerate("AB", 1)]
    caller.post(
        "/receipts",
        {
            "document": f"PO-{number}",
            "owner": "ACME",
            "location": "W",
            "at": "2026-01-01T00:00:00Z",
            "lines": lines,
        },
    )


def trade(caller: Caller, name: str, rng: random.Random, answers: list[Any]) -> None:
    """Captures, ships and cancels until done; every answer is kept."""
    for number in range(ORDERS):
        code = f"{name}-{number}"
        lines = [
            {"line": n, "sku": rng.choice(["A", "B", "KIT"]), "qty": rng.randint(1, 4)}
            for n in range(1, rng.randint(2, 4))
        ]
        body = {
            "order": code,
            "owner": "ACME",
            "channel": "web",
            "at": "2026-01-02T00:00:00Z",
            "ship": rng.choice(["available", "later"]),
            "lines": lines,
        }
        answers.append(caller.post("/orders", body))
        step = rng.choice(["ship", "cancel", "leave"])
        if step != "leave":
            answer = caller.send(f"/orders/{code}/{step}")
            assert answer.status_code in {200, 409}, answer.text


def test_no_unit_is_promised_twice_to_callers_at_once(centre: RunningCentre, seeded: random.Random) -> None:
    shop = centre.as_(Role.INTEGRATOR)
    kit = {"sku": "KIT", "name": "Set", "kit": [{"sku": "A", "qty": 1}, {"sku": "B", "qty": 1}]}
    shop.post("/items", {"items": [{"sku": "A", "name": "A"}, {"sku": "B", "name": "B"}, kit]})
    shop.post("/locations", {"locations": [{"code": "W", "kind": "bin", "name": "W", "site": "S"}]})
    receive(shop, 0, 20)
    answers: list[Any] = []
    failures: list[BaseException] = []

    def run(caller: Caller, name: str, seed: int) -> None:
        try:
            trade(caller, name, random.Random(seed), answers)
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [
        threading.Thread(target=run, args=(centre.as_(Role.INTEGRATOR), f"c{n}", seeded.randrange(10**6)))
        for n in range(CALLERS)
    ]
    for thread in threads:
        thread.start()
    for number in range(1, RECEIPTS):
        receive(shop, number, 3)
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(answers) == CALLERS * ORDERS
    report = centre.as_(Role.AUDITOR).get("/audit")
    assert report["violations"] == []
    entries = shop.get("/availability", sku=["A", "B"], owner="ACME")["items"]
    for entry in entries:
        proof = entry["breakdown"]
        assert 0 <= proof["reserved"] <= proof["sellable"] <= 20 + 3 * (RECEIPTS - 1)
