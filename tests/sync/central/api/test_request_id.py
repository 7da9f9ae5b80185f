"""Answer, problem and log line of one request carry one word."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from sync.central.api import request_id
from sync.central.rules.access import Role
from tests.centre import RunningCentre, running_centre


def test_a_callers_word_comes_back_also_in_a_problem(centre: RunningCentre) -> None:
    http = centre.as_(Role.PLANNER).http
    answer = http.get("/v1/items/none", headers={"X-Request-Id": "shop-77.a_B"})
    assert answer.headers["x-request-id"] == "shop-77.a_B"
    assert answer.json()["request_id"] == "shop-77.a_B"


@pytest.mark.parametrize("sent", ["", "two words", "x" * 65, "<b>", 'a"b'])
def test_one_that_is_not_plain_is_replaced(centre: RunningCentre, sent: str) -> None:
    answer = httpx.get(f"{centre.base_url}/healthz", headers={"X-Request-Id": sent}, timeout=30)
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])


def test_each_request_has_its_own(centre: RunningCentre) -> None:
    words = {httpx.get(f"{centre.base_url}/healthz", timeout=30).headers["x-request-id"] for _ in range(3)}
    assert len(words) == 3
    assert request_id.current() == ""


def test_our_own_defect_can_be_found_by_it(tmp_path: Path, expect_log: Callable[[str], None]) -> None:
    expect_log("Exception in ASGI")
    expect_log("defect in request w-1: ")
    with running_centre(tmp_path) as centre:
        with sqlite3.connect(tmp_path / "centre.db") as spoiler:
            spoiler.execute("UPDATE counter SET value = 'x' WHERE name = 'feed'")
        spoiler.close()
        answer = httpx.get(f"{centre.base_url}/readyz", headers={"X-Request-Id": "w-1"}, timeout=30)
        assert (answer.status_code, answer.headers["x-request-id"]) == (500, "w-1")
        assert answer.json()["request_id"] == "w-1"
