"""What an answer says of its own bytes, so that none that was changed on the way is taken for one of ours.

Behind a proxy that ends the encryption nothing else would tell. It proves that bytes came whole, not who
sent them: events are signed by stations, snapshots and checkpoints by the centre.
"""

from __future__ import annotations

from collections.abc import Mapping

from sync.wire.own_form import digest_of

# RFC 9530: of the bytes as they are sent, packed ones included.
CONTENT = "content-digest"
# Of the same bytes before packing: proxies unpack and pack again, which changes nothing that is said.
UNENCODED = "unencoded-digest"


def said_of(sent: bytes, body: bytes) -> dict[str, str]:
    """The headers of an answer that carries `sent`, which is `body` packed or as it is."""
    packed = {} if sent == body else {UNENCODED: digest_of(body)}
    return {CONTENT: digest_of(sent), **packed}


def are_said(headers: Mapping[str, str]) -> bool:
    """True when an answer speaks of its bytes in a way that `hold` understands."""
    return any(known.startswith("sha-256=") for known in _known(headers))


def hold(headers: Mapping[str, str], sent: bytes, body: bytes) -> bool:
    """True when what is said holds of the bytes that came, or of what they are once unpacked."""
    known = _known(headers)
    return digest_of(sent) in known or digest_of(body) in known


def _known(headers: Mapping[str, str]) -> list[str]:
    said = [headers.get(name, "") for name in (CONTENT, UNENCODED)]
    return [part.strip() for value in said for part in value.split(",")]
