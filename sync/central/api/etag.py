"""Editing what others edit too: each shown record has a tag, and a command may name the one it is based on.

A route that shows such a record answers with `calls.shared(request, ask)`; a command that changes one record
gives `current=` to `calls.command`: how that record would be shown now. A command with an If-Match that is
not the present tag changes nothing and gets 412 `record.stale`; one without If-Match is taken as it comes.
What `GUARDED` lists is described in the API with that header, and what `TAGGED` lists with 304.
"""

from __future__ import annotations

import hashlib

from fastapi import Request

from app.domain.refusal import Refused
from sync.central.rules.outcomes import Stale

GUARDED = frozenset(
    {
        ("POST", "/v1/items"),
        ("POST", "/v1/orders/{order}/block"),
        ("POST", "/v1/orders/{order}/cancel"),
        ("POST", "/v1/orders/{order}/lines"),
        ("POST", "/v1/orders/{order}/ship"),
        ("POST", "/v1/orders/{order}/unblock"),
        ("POST", "/v1/policies"),
    }
)
TAGGED = frozenset(
    {
        ("GET", "/v1/items/{sku}"),
        ("GET", "/v1/orders/{order}"),
        ("GET", "/v1/photos/{sha256}"),
        ("GET", "/v1/policies/current"),
    }
)
_SIGNS = 32


def tag_of(body: bytes) -> str:
    """The tag of a record as it is shown."""
    return f'"{hashlib.sha256(body).hexdigest()[:_SIGNS]}"'


def names(header: str, tag: str) -> bool:
    """True when a list of tags, as If-Match and If-None-Match carry, has this one; `*` has any."""
    given = [part.strip().removeprefix("W/") for part in header.split(",")]
    return "*" in given or tag in given


def require_match(request: Request, body: bytes | None) -> None:
    """Holds a command's If-Match against the record as it is shown now, None when there is none.

    Raises:
        Stale: the record was changed since, or is not there.
    """
    header = request.headers.get("if-match")
    if header is None or (body is not None and names(header, tag_of(body))):
        return
    raise Stale(
        "record.stale",
        f"Read If-Match {header[:80]}.",
        f"Expected {tag_of(body)}, the record as it is now." if body is not None else "There is no record.",
        "Read the record again, look at what changed, and send the command with its new ETag.",
    )


def refuse_match(request: Request) -> None:
    """A command that cannot be based on one record's tag says so, rather than leave it unread.

    Raises:
        Refused: there is an If-Match.
    """
    if "if-match" in request.headers:
        raise Refused(
            "record.no_tag",
            "Read If-Match on a command that is not about one shared record.",
            "Expected no such header here.",
            "Leave it out; to change items safely, send them one by one.",
        )
