"""The one form in which our stations sign requests, written and read without a parser.

RFC 9421 allows many forms of the same; a general library goes through them for every request, which costs
more than the signature. What is not letter by letter this one form is the library's to judge, so that both
always come to the same.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

TAG = "backhaul-sync"
COVERED = ("@method", "@target-uri", "content-digest")
LABEL = "station"

# Addresses that no rule of normalizing changes: a path, no dots between slashes, no percent signs.
_ADDRESS = re.compile(
    r"https?://[a-z0-9.-]+(?::[1-9][0-9]{0,4})?(?:/[A-Za-z0-9_~-]+)+(?:\?[A-Za-z0-9_.~=&-]+)?"
)
_USUAL_PORT = re.compile(r"http://[^/:]+:80/|https://[^/:]+:443/")
_METHOD = re.compile(r"[A-Z]+")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COVERED = " ".join(f'"{name}"' for name in COVERED)
_PARAMETERS = re.compile(
    rf"\({re.escape(_COVERED)}\);created=(?P<created>[0-9]{{1,11}});"
    rf'keyid="(?P<key>{_WORD.pattern})";alg="ed25519";nonce="(?P<nonce>{_WORD.pattern})";tag="{TAG}"'
)
_INPUT = re.compile(rf"{LABEL}=(?P<parameters>{_PARAMETERS.pattern})")
_SIGNATURE = re.compile(rf"{LABEL}=:(?P<signature>[A-Za-z0-9+/]{{86}}==):")


@dataclass(frozen=True, slots=True)
class OwnForm:
    """A request in our form: who says to have signed it, when (seconds since 1970), and the signed text."""

    station_id: str
    created: int
    nonce: str
    text: bytes
    signature: bytes


def digest_of(body: bytes) -> str:
    """The value of `content-digest`."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def parameters(station_id: str, created: int, nonce: str) -> str | None:
    """What is said of a signature; None when a part of it would need quoting."""
    said = f'({_COVERED});created={created};keyid="{station_id}";alg="ed25519";nonce="{nonce}";tag="{TAG}"'
    return said if _PARAMETERS.fullmatch(said) else None


def signed_text(method: str, url: str, digest: str, said: str) -> bytes | None:
    """What the signature is made over; None for a target that the standard may write otherwise."""
    if not _METHOD.fullmatch(method) or not _ADDRESS.fullmatch(url) or _USUAL_PORT.match(url):
        return None
    values = (method, url, digest)
    lines = [f'"{name}": {value}' for name, value in zip(COVERED, values, strict=True)]
    return "\n".join([*lines, f'"@signature-params": {said}']).encode()


def headers(digest: str, said: str, signature: bytes) -> dict[str, str]:
    """What a signed request carries."""
    return {
        "content-digest": digest,
        "signature-input": f"{LABEL}={said}",
        "signature": f"{LABEL}=:{base64.b64encode(signature).decode()}:",
    }


def read(method: str, url: str, carried: Mapping[str, str], body: bytes) -> OwnForm | None:
    """A request in our form whose digest is its body's; None for every other, good or bad."""
    asked = _INPUT.fullmatch(carried.get("signature-input", ""))
    signed = _SIGNATURE.fullmatch(carried.get("signature", ""))
    digest = carried.get("content-digest", "")
    if asked is None or signed is None or digest != digest_of(body):
        return None
    text = signed_text(method, url, digest, asked["parameters"])
    if text is None:
        return None
    try:
        signature = base64.b64decode(signed["signature"], validate=True)
    except binascii.Error:
        return None
    return OwnForm(asked["key"], int(asked["created"]), asked["nonce"], text, signature)
