"""The figures are for administrators and auditors, wherever they ask from."""

from __future__ import annotations

import httpx

from sync.central.rules.access import Role
from tests.centre import RunningCentre


def test_an_auditor_reads_the_figures(centre: RunningCentre) -> None:
    centre.as_(Role.PLANNER).post("/items", {"items": [{"sku": "A", "name": "A"}]})
    answer = centre.as_(Role.AUDITOR).http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'backhaul_requests_total{method="POST",route="/v1/items",status="200"} 1.0' in answer.text
    assert "backhaul_feed_position 1.0" in answer.text
    assert "backhaul_exceptions_open 0.0" in answer.text
    assert "backhaul_write_seconds_count" in answer.text


def test_nobody_else_does_also_on_this_computer(centre: RunningCentre) -> None:
    assert httpx.get(f"{centre.base_url}/metrics", timeout=30).status_code == 401
    assert centre.as_(Role.PLANNER).http.get("/metrics").status_code == 403
    assert centre.as_(Role.ADMIN).http.get("/metrics").status_code == 200
