"""Requests signed by a station's key (RFC 9421), with one code for both sides.

A signature covers the method, the whole target, the body's digest, when it was made and a nonce, under the
station's id and our tag. The signed text always begins with a quotation mark and so can never pass for an
event, whose signed text begins with its own tag. The verifier answers who asked; that the nonce is fresh is
the caller's to check where it keeps the ones it saw, for as long as `FRESH`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
)
from http_message_signatures.algorithms import ED25519

from app.domain.clock import to_text
from app.domain.refusal import Refused
from app.domain.signing import Signer
from sync.wire import own_form
from sync.wire.own_form import TAG

__all__ = ["FRESH", "MAX_NONCE", "STALE", "TAG", "Caller", "Request", "sign", "verify"]

FRESH = timedelta(minutes=5)
STALE = "request.stale"
MAX_NONCE = 64
_NO_TAG = b""


@dataclass(slots=True)
class Request:
    """What a signature is made over; `headers` are lower-case and grow when it is signed."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed a request, when by their clock, and the nonce that makes it unique."""

    station_id: str
    created: datetime
    nonce: str


def sign(request: Request, station_id: str, signer: Signer, created: datetime, nonce: str) -> None:
    """Adds the digest and the signature to the request's headers."""
    digest, said = (
        own_form.digest_of(request.body),
        own_form.parameters(station_id, int(created.timestamp()), nonce),
    )
    text = own_form.signed_text(request.method, request.url, digest, said) if said else None
    if said and text is not None and "signature" not in request.headers:
        request.headers.update(own_form.headers(digest, said, signer.sign(_NO_TAG, text)))
        return
    library = HTTPMessageSigner(signature_algorithm=ED25519)
    prepared = library.prepare(
        request,
        key_id=station_id,
        created=created,
        nonce=nonce,
        tag=TAG,
        label=own_form.LABEL,
        covered_component_ids=own_form.COVERED,
        body=request.body,
    )
    library.apply(request, prepared, signer.sign(_NO_TAG, prepared.signature_base))
    request.headers = {name.lower(): value for name, value in request.headers.items()}


def verify(request: Request, key_of: Callable[[str], bytes | None], now: datetime) -> Caller:
    """Who signed the request, at most `FRESH` away from `now`.

    `key_of` gives the raw public key of a station id, None for a stranger.

    Raises:
        Refused: `request.unsigned` without a whole signature of ours, `request.stranger` for an unknown
            station, `request.changed` when bytes or key do not fit, `request.stale` when all fits but the
            clocks are too far apart.
    """
    if "signature-input" not in request.headers:
        raise _refusal("request.unsigned", "Read a request without a signature.")
    keys = _Keys(key_of)
    own = _in_own_form(request, keys)
    if own is not None:
        return _fresh(own.station_id, own.created, own.nonce, now)
    library = _Verifier(signature_algorithm=ED25519, key_resolver=keys)
    try:
        found = library.verify(
            request, max_age=None, expect_tag=TAG, require_components=own_form.COVERED, body=request.body
        )
    except HTTPMessageSignaturesException as bad:
        if keys.stranger:
            raise _refusal("request.stranger", "Read a request of a station nobody enrolled here.") from None
        raise _refusal("request.changed", f"Read a request whose signature does not hold ({bad}).") from None
    parameters = found[0].parameters
    nonce, created = parameters.get("nonce"), parameters.get("created")
    if len(found) != 1 or not isinstance(nonce, str) or not 0 < len(nonce) <= MAX_NONCE:
        raise _refusal("request.unsigned", "Read a signature without one nonce.")
    if not isinstance(created, int) or parameters.keys() - {"alg", "created", "keyid", "nonce", "tag"}:
        raise _refusal("request.unsigned", "Read a signature with other parameters than ours.")
    return _fresh(str(parameters["keyid"]), created, nonce, now)


def _in_own_form(request: Request, keys: _Keys) -> own_form.OwnForm | None:
    """A request whose signature holds, written as we write it; whatever else it is, the library says."""
    found = own_form.read(request.method, request.url, request.headers, request.body)
    key = keys.resolve_public_key(found.station_id) if found is not None else None
    if found is None or key is None:
        return None
    try:
        key.verify(found.signature, found.text)
    except InvalidSignature:
        return None
    return found


def _fresh(station_id: str, created: int, nonce: str, now: datetime) -> Caller:
    when = _instant(created)
    if abs(when - now) > FRESH:
        raise Refused(
            STALE,
            f"Read a request made at {to_text(when)}; here it is {to_text(now)}.",
            f"The clocks may differ by {int(FRESH.total_seconds() // 60)} minutes.",
            "Set that computer's clock.",
        )
    return Caller(station_id, when, nonce)


class _Verifier(HTTPMessageVerifier):
    def validate_created_and_expires(self, sig_input: object, max_age: timedelta | None = None) -> None:
        """Nothing: the library would ask the machine's clock; `verify` asks the one handed in."""


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, key_of: Callable[[str], bytes | None]) -> None:
        self._key_of = key_of
        self.stranger = False

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        raw = self._key_of(key_id)
        self.stranger = raw is None
        return None if raw is None else Ed25519PublicKey.from_public_bytes(raw)


def _instant(created: int) -> datetime:
    try:
        return datetime.fromtimestamp(created, UTC)
    except (OverflowError, OSError, ValueError):
        raise _refusal("request.unsigned", f"Read the time {created}.") from None


def _refusal(code: str, read: str) -> Refused:
    return Refused(
        code,
        read,
        "Expected a request signed by the key this station enrolled with.",
        "Ask the administrator to look at this station.",
    )
