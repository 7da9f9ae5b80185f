"""Which certificates of an approver a station provably knew: those that stood in the feed it had read.

A station tells in each event how far it had read. What it read it holds, so that whoever signs there under an
older certificate than the newest that it read uses rights which may have been taken since.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from app.domain.approvals import Certificate, Newer, Signed
from app.domain.clock import to_text
from app.domain.envelope import header_fields
from sync.central.store.prepared import asking
from sync.central.store.tables import approver_certificate, feed


@dataclass(frozen=True, slots=True)
class Heard:
    """How far a station of a site had read the feed, by its own event."""

    site: str
    gen: int
    pos: int


NOTHING = Heard("", 0, 0)
"""Nobody had read anything."""


def heard_by(header: bytes, site: str) -> Heard:
    """What a station of that site says in the header of an event of how far it had read.

    Raises:
        Refused: it is no header.
    """
    fields = header_fields(header)
    return Heard(site, fields.whole_or("feed_gen", 0), fields.whole_or("feed_pos", 0))


def newer_known(conn: Connection, used: tuple[str, Certificate], heard: Heard) -> Newer | None:
    """The newest certificate of the same approver that was told there; None when that is the one in use.

    Args:
        conn: one consistent look, or the one writer's transaction.
        used: digest and content of the certificate that was used.
        heard: how far the station had read.
    """
    digest, certificate = used
    own, began = _own.first(conn, digest=digest), to_text(certificate.not_before)
    asked = {"approver": certificate.approver, "gen": heard.gen, "pos": heard.pos, "began": began}
    for row in _read.rows(conn, **asked):
        if row.digest == digest or (own is not None and row.feed_pos < own.feed_pos):
            return None
        if heard.site in _told_at(row):
            signed = Signed(row.document.encode(), bytes.fromhex(row.sig))
            return Newer(row.digest, Certificate.read(signed))
    return None


def _told_at(row: Any) -> list[str]:
    """The sites whose stations were told of a certificate."""
    found = json.loads(row.told).get("sites")
    return found if isinstance(found, list) else []


_own = asking(
    lambda _: select(approver_certificate.c.feed_pos).where(
        approver_certificate.c.digest == bindparam("digest")
    )
)
# What stands in the ledger of a later generation up to there is what every earlier one had up to there.
_read = asking(
    lambda _: (
        select(
            approver_certificate.c.digest,
            approver_certificate.c.document,
            approver_certificate.c.sig,
            approver_certificate.c.feed_pos,
            feed.c.document.label("told"),
        )
        .join_from(approver_certificate, feed, feed.c.pos == approver_certificate.c.feed_pos)
        .where(
            approver_certificate.c.approver == bindparam("approver"),
            approver_certificate.c.issued_at >= bindparam("began"),
            approver_certificate.c.feed_gen <= bindparam("gen"),
            approver_certificate.c.feed_pos <= bindparam("pos"),
            text("feed.kind = 'approver_certificate'"),
        )
        .order_by(approver_certificate.c.feed_pos.desc())
    )
)
