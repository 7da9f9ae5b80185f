"""Bodies say each thing once, in JSON; what else they may be is refused before anything is made of it."""

from __future__ import annotations

import pytest

from app.domain.refusal import Refused
from sync.central.api.body import read
from sync.central.rules.access import Role
from sync.central.rules.outcomes import Unreadable
from tests.centre import RunningCentre


def test_what_is_json_is_read() -> None:
    assert read(b'{"a": [1, {"a": null}]}') == {"a": [1, {"a": None}]}


@pytest.mark.parametrize(
    ("raw", "code", "named"),
    [
        (b'{"a": 1, "b": {"c": 1, "c": 1}}', "request.twice", "'c'"),
        (b'{"a": NaN}', "request.number", "NaN"),
        (b'{"a": -Infinity}', "request.number", "-Infinity"),
    ],
)
def test_what_says_two_things_is_refused(raw: bytes, code: str, named: str) -> None:
    with pytest.raises(Refused) as no:
        read(raw)
    assert no.value.code == code
    assert named in no.value.read


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"{", "at sign 1"),
        (b'"\xff"', "byte 1 is no UTF-8"),
        (b"[" * 100_000, "nested too deep"),
        (b"9" * 10_000, "too many digits"),
    ],
)
def test_what_is_no_json_says_why(raw: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(raw)


@pytest.mark.parametrize("form", ["text/plain", "application/xml", "application/jsonp", ""])
def test_a_body_is_called_json(centre: RunningCentre, form: str) -> None:
    http = centre.as_(Role.ADMIN).http
    headers = {"Idempotency-Key": "k"} | ({"Content-Type": form} if form else {})
    answer = http.post("/v1/items", content=b'{"items": []}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "request.form")
    headers["Content-Type"] = "Application/JSON; charset=utf-8"
    assert http.post("/v1/items", content=b'{"items": []}', headers=headers).status_code == 200


def test_a_nul_in_path_or_query_is_named(centre: RunningCentre) -> None:
    http = centre.as_(Role.ADMIN).http
    for path, name in (("/v1/items/a%00", "sku"), ("/v1/inbound?site=%00", "site")):
        answer = http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (422, "request.unfit")
        assert name in answer.json()["read"]
