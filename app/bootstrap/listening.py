"""Where a centre may listen: it speaks plain HTTP, which tokens must not cross a network in."""

from __future__ import annotations

from ipaddress import ip_address

from app.domain.refusal import Refused

_HERE = "localhost"


def require_sheltered(host: str, *, behind_tls: bool) -> None:
    """Refuses an address beyond this computer, unless somebody says that TLS stands in front of it.

    Raises:
        Refused: `serve.plain`.
    """
    if not behind_tls and not _is_here(host):
        raise Refused(
            "serve.plain",
            f"Read the address {host}, which other computers reach, and the centre speaks plain HTTP.",
            "Expected an address of this computer alone, as 127.0.0.1.",
            "Put a proxy that speaks TLS in front; when it is on another computer, say --behind-tls.",
        )


def _is_here(host: str) -> bool:
    try:
        return host == _HERE or ip_address(host).is_loopback
    except ValueError:
        return False
