from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
from http_message_signatures import HTTPMessageSigner
from http_message_signatures.algorithms import ED25519
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusal import Refused
from app.domain.signing import EVENT_TAG, Ed25519Signer, Verifier
from sync.wire.signatures import FRESH, STALE, TAG, Caller, Request, sign, verify
from tests.app.domain.examples import SIGNER, STATION

NOW = datetime(2026, 11, 22, 10, 41, 7, tzinfo=UTC)
URL = "https://centre.example/v1/sync/events"
BODY = b'{"epoch":1,"events":[]}'
OTHER = Ed25519Signer(bytes(32))


def key_of(station_id: str) -> bytes | None:
    return SIGNER.public_key if station_id == STATION else None


def signed(
    *,
    body: bytes = BODY,
    url: str = URL,
    method: str = "POST",
    station_id: str = STATION,
    signer: Ed25519Signer = SIGNER,
    created: datetime = NOW,
    nonce: str = "n-1",
) -> Request:
    request = Request(method, url, {"content-type": "application/json"}, body)
    sign(request, station_id, signer, created, nonce)
    return request


def code_of(request: Request, now: datetime = NOW) -> str:
    with pytest.raises(Refused) as no:
        verify(request, key_of, now)
    return no.value.code


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("POST", URL, BODY),
        ("GET", "https://centre.example/v1/sync/changes?gen=1&pos=0&limit=9", b""),
        ("POST", "http://127.0.0.1:8443/v1/sync/hello", b"\x1f\x8b packed"),
    ],
)
def test_a_signed_request_says_who_when_and_its_nonce(method: str, url: str, body: bytes) -> None:
    caller = verify(signed(method=method, url=url, body=body), key_of, NOW + timedelta(seconds=3))
    assert (caller.station_id, caller.created, caller.nonce) == (STATION, NOW, "n-1")


def test_the_signed_text_is_the_standards() -> None:
    # Built here from RFC 9421 and RFC 9530 by hand, and verified without the library.
    request = signed()
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(BODY).digest()).decode()}:"
    label, _, parameters = request.headers["signature-input"].partition("=")
    assert re.fullmatch(
        r'\("@method" "@target-uri" "content-digest"\);created=\d+;keyid="\w+";alg="ed25519"'
        rf';nonce="n-1";tag="{TAG}"',
        parameters,
    )
    signed_parts = {
        "@method": "POST",
        "@target-uri": URL,
        "content-digest": digest,
        "@signature-params": parameters,
    }
    base = "\n".join(f'"{name}": {value}' for name, value in signed_parts.items())
    signature = base64.b64decode(request.headers["signature"].removeprefix(f"{label}=").strip(":"))
    assert Verifier(SIGNER.public_key).holds(b"", base.encode(), signature)
    assert request.headers["content-digest"] == digest
    assert not base.encode().startswith(EVENT_TAG[:1])


def test_other_bytes_another_target_another_method_or_another_key_do_not_pass() -> None:
    for changed in (
        Request("POST", URL, signed().headers, BODY.replace(b"1", b"2")),
        Request("POST", URL, signed().headers, b""),
        Request("POST", URL + "?x=1", signed().headers, BODY),
        Request("POST", URL.replace("centre", "other"), signed().headers, BODY),
        Request("PUT", URL, signed().headers, BODY),
        signed(signer=OTHER),
    ):
        assert code_of(changed) == "request.changed"


@given(st.sampled_from(["signature", "signature-input", "content-digest"]), st.data())
def test_no_changed_sign_in_a_header_passes_as_another_request(name: str, data: st.DataObject) -> None:
    request = signed()
    text = request.headers[name]
    at = data.draw(st.integers(0, len(text) - 1))
    request.headers[name] = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :]
    passed = None
    with contextlib.suppress(Refused):
        passed = verify(request, key_of, NOW)
    # A label and the unused bits at the end of base64 are not signed: the meaning is then unchanged.
    assert passed in {None, Caller(STATION, NOW, "n-1")}
    assert name != "content-digest" or passed is None


def test_strangers_and_the_unsigned_are_told_apart() -> None:
    assert code_of(signed(station_id="0" * 32)) == "request.stranger"
    assert code_of(Request("POST", URL, {}, BODY)) == "request.unsigned"


@pytest.mark.parametrize("nonce", ["", "n" * 65])
def test_a_nonce_is_needed_and_short(nonce: str) -> None:
    assert code_of(signed(nonce=nonce)) == "request.unsigned"


@pytest.mark.parametrize("apart", [FRESH, -FRESH, timedelta(0)])
def test_clocks_may_differ_by_five_minutes(apart: timedelta) -> None:
    assert verify(signed(), key_of, NOW + apart).created == NOW


@pytest.mark.parametrize("apart", [FRESH + timedelta(seconds=1), timedelta(days=400)])
def test_beyond_that_the_refusal_says_both_times(apart: timedelta) -> None:
    for now in (NOW + apart, NOW - apart):
        with pytest.raises(Refused, match="2026-11-22T10:41:07") as no:
            verify(signed(), key_of, now)
        assert no.value.code == STALE


def test_a_stale_request_of_a_stranger_is_a_strangers() -> None:
    assert code_of(signed(signer=OTHER), NOW + timedelta(days=1)) == "request.changed"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f';tag="{TAG}"', ""),
        (f'tag="{TAG}"', 'tag="other"'),
        (' "content-digest"', ""),
        ('"@target-uri" ', ""),
        (';nonce="n-1"', ""),
        (";created=", ";expires="),
    ],
)
def test_a_signature_that_covers_less_is_refused(old: str, new: str) -> None:
    request = signed()
    assert old in request.headers["signature-input"]
    request.headers["signature-input"] = request.headers["signature-input"].replace(old, new)
    assert code_of(request) in {"request.changed", "request.unsigned"}


def otherwise_signed(covered: tuple[str, ...], tag: str = TAG, expires: datetime | None = None) -> Request:
    """Not altered on the way: made so by whoever holds the key."""
    request = Request("POST", URL, {}, BODY)
    library = HTTPMessageSigner(signature_algorithm=ED25519)
    prepared = library.prepare(
        request,
        key_id=STATION,
        created=NOW,
        nonce="n-1",
        tag=tag,
        covered_component_ids=covered,
        body=BODY,
        expires=expires,
    )
    library.apply(request, prepared, SIGNER.sign(b"", prepared.signature_base))
    return Request("POST", URL, {name.lower(): value for name, value in request.headers.items()}, BODY)


def test_a_signature_made_over_less_or_with_more_is_refused_too() -> None:
    whole = ("@method", "@target-uri", "content-digest")
    assert verify(otherwise_signed(whole), key_of, NOW).nonce == "n-1"
    assert code_of(otherwise_signed(("@method", "content-digest"))) == "request.changed"
    assert code_of(otherwise_signed(whole, "other-tag")) == "request.changed"
    assert code_of(otherwise_signed(whole, expires=NOW + timedelta(days=9))) == "request.unsigned"


def test_a_time_no_calendar_has_is_refused() -> None:
    library = HTTPMessageSigner(signature_algorithm=ED25519)
    request = Request("POST", URL, {}, BODY)
    prepared = library.prepare(
        request,
        key_id=STATION,
        created=NOW,
        nonce="n-1",
        tag=TAG,
        covered_component_ids=("@method", "@target-uri"),
        body=BODY,
    )
    was, far = f"created={int(NOW.timestamp())}", "created=999999999999999"
    prepared = dataclasses.replace(
        prepared,
        signature_base=prepared.signature_base.replace(was.encode(), far.encode()),
        signature_params=prepared.signature_params.replace(was, far),
    )
    library.apply(request, prepared, SIGNER.sign(b"", prepared.signature_base))
    request.headers = {name.lower(): value for name, value in request.headers.items()}
    assert code_of(request) == "request.unsigned"


def test_two_signatures_at_once_are_refused() -> None:
    request, again = signed(), signed(nonce="n-2")
    for name in ("signature", "signature-input"):
        request.headers[name] += ", " + again.headers[name].replace("station=", "second=", 1)
    assert code_of(request) == "request.unsigned"
