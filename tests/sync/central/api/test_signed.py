"""What every signed request has in common; who is heard, each route's own tests ask."""

from __future__ import annotations

import gzip

import pytest

from app.domain.envelope import ChainHead
from app.domain.refusal import Refused
from sync.central.api.signed import any_object, read_body, require_open
from sync.central.rules.outcomes import Forbidden
from sync.central.store.enrolment import Station
from sync.wire import codec
from sync.wire.protocol import MAX_BODY
from sync.wire.signatures import Request

HEAD = ChainHead("5f" * 16, 1, 0, "0" * 64)


def asked(body: bytes, **headers: str) -> Request:
    return Request("POST", "http://x/", {k.replace("_", "-"): v for k, v in headers.items()}, body)


def test_bodies_are_read_packed_or_plain() -> None:
    assert read_body(asked(b'{"a":"b"}'), "x").text("a") == "b"
    packed = asked(gzip.compress(b'{"a":"b"}'), content_encoding="gzip")
    assert read_body(packed, "x").text("a") == "b"


def test_bodies_that_are_none_or_swell_are_refused() -> None:
    with pytest.raises(Refused):
        read_body(asked(b"[]"), "x")
    with pytest.raises(codec.TooLarge):
        read_body(asked(gzip.compress(bytes(MAX_BODY + 1)), content_encoding="gzip"), "x")


def test_a_station_that_was_shut_out_is_refused() -> None:
    require_open(Station(HEAD, 1, b"", fenced=False))
    with pytest.raises(Forbidden) as no:
        require_open(Station(HEAD, 1, b"", fenced=True))
    assert no.value.code == "station.fenced"


def test_the_description_of_a_raw_body_is_each_routes_own() -> None:
    assert any_object() == any_object()
    assert any_object() is not any_object()
