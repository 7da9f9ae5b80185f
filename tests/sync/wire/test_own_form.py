"""The form that is written without the library is the library's, letter by letter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from http_message_signatures import HTTPMessageSigner
from http_message_signatures.algorithms import ED25519
from hypothesis import given
from hypothesis import strategies as st

from sync.wire import own_form
from sync.wire.signatures import Request
from tests.app.domain.examples import SIGNER, STATION

NOW = datetime(2026, 11, 22, 10, 41, 7, tzinfo=UTC)
_PARTS = st.text("abcXYZ019_.~-/?=&%:# @", max_size=30)
_HOSTS = ("http://127.0.0.1:8000", "https://centre.example", "https://centre.example:443", "http://a:80")


def by_library(method: str, url: str, body: bytes, nonce: str = "n-1") -> dict[str, str]:
    request = Request(method, url, {}, body)
    library = HTTPMessageSigner(signature_algorithm=ED25519)
    prepared = library.prepare(
        request,
        key_id=STATION,
        created=NOW,
        nonce=nonce,
        tag=own_form.TAG,
        label=own_form.LABEL,
        covered_component_ids=own_form.COVERED,
        body=body,
    )
    library.apply(request, prepared, SIGNER.sign(b"", prepared.signature_base))
    return {name.lower(): value for name, value in request.headers.items()}


def by_hand(method: str, url: str, body: bytes, nonce: str = "n-1") -> dict[str, str] | None:
    digest, said = own_form.digest_of(body), own_form.parameters(STATION, int(NOW.timestamp()), nonce)
    text = own_form.signed_text(method, url, digest, said) if said else None
    return own_form.headers(digest, said, SIGNER.sign(b"", text)) if said and text else None


@pytest.mark.parametrize("body", [b"", b'{"epoch":1}', b"\x1f\x8b packed"])
@pytest.mark.parametrize("target", ["/v1/sync/events", "/v1/sync/changes?gen=1&pos=0&limit=9"])
def test_what_stations_send_is_in_this_form(target: str, body: bytes) -> None:
    for host in _HOSTS[:2]:
        made = by_hand("POST", host + target, body)
        assert made == by_library("POST", host + target, body)
        found = own_form.read("POST", host + target, made or {}, body)
        assert found is not None
        assert (found.station_id, found.created, found.nonce) == (STATION, int(NOW.timestamp()), "n-1")


@given(st.sampled_from(_HOSTS), _PARTS, st.sampled_from(["GET", "POST", "OPTIONS"]))
def test_a_target_is_the_librarys_or_left_to_it(host: str, rest: str, method: str) -> None:
    made = by_hand(method, host + rest, b"x")
    assert made is None or made == by_library(method, host + rest, b"x")


def test_what_would_need_quoting_is_left_to_the_library() -> None:
    assert by_hand("GET", _HOSTS[0] + "/a", b"", nonce='"') is None
    assert own_form.parameters("", 1, "n") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("signature-input", "station=()"),
        ("signature", "station=:AA==:"),
        ("signature", "other=:AA==:"),
        ("content-digest", "sha-256=:AA==:"),
    ],
)
def test_other_headers_are_left_to_the_library(name: str, value: str) -> None:
    url = _HOSTS[0] + "/a"
    made = by_library("POST", url, b"x")
    assert own_form.read("POST", url, made, b"x") is not None
    assert own_form.read("POST", url, made | {name: value}, b"x") is None
    assert own_form.read("POST", url + "/%20", made, b"x") is None
