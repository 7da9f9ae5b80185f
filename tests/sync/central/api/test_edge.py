"""Nothing larger than the limit is read, and the log tells what happened but not to whom."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.central.centre import Settings
from sync.central.rules.access import Role
from tests.centre import Caller, running_centre


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Caller]:
    with running_centre(
        tmp_path, settings=Settings(app_ver="test", max_body=2_000, access_log=True)
    ) as found:
        yield found.as_(Role.INTEGRATOR)


def test_a_request_that_says_it_is_too_large_is_not_read(small: Caller) -> None:
    answer = small.send("/items", {"items": [{"sku": "A", "name": "x" * 2_000}]})
    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_request_that_does_not_say_its_length_is_cut_off(small: Caller) -> None:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = small.http.post("/v1/items", content=iter([b"[" * 1_500] * 3), headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_a_request_within_the_limit_passes(small: Caller) -> None:
    assert small.post("/items", {"items": [{"sku": "A", "name": "x" * 1_500}]})["accepted"] == 1


def test_one_line_a_request_without_names_or_queries(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.INFO, "backhaul.central.access"),
        # A line is written after its answer was sent: the last one is there once the server has stopped.
        running_centre(tmp_path, settings=Settings(app_ver="test", access_log=True)) as centre,
    ):
        http = centre.as_(Role.INTEGRATOR).http
        http.get("/v1/items/SKU-OF-SOMEBODY", params={"who": "jane"}, headers={"X-Request-Id": "w-7"})
        http.get("/nowhere/jane")
    lines = [json.loads(record.message) for record in caplog.records if "access" in record.name]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/v1/items/{sku}", 404),
        ("GET", None, 404),
    ]
    assert all(line["ms"] >= 0 for line in lines)
    assert lines[0]["request_id"] == "w-7"
    assert len(lines[1]["request_id"]) == 16
    assert "jane" not in caplog.text
    assert "SOMEBODY" not in caplog.text
