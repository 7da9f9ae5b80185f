"""Approvers, their certificates and the revocation list, as they are kept and told to stations."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from app.domain.approvals import Certificate, Limits, Revocation, RevocationList, Signed
from app.domain.approvals.certificate import LONGEST_LIFE
from app.domain.approvals.revocation import MOST_ENTRIES
from app.domain.clock import to_text
from sync.central.store.approval_keys import Issuer
from sync.central.store.feed import Record, position, publish
from sync.central.store.prepared import asking, inserting, updating
from sync.central.store.tables import (
    approver,
    approver_certificate,
    approver_revocation,
    policy,
    receipt,
)

RENEW_AFTER = timedelta(days=1)
CERTIFICATE_KIND, REVOCATION_KIND, UNLOCK_KIND = (
    "approver_certificate",
    "revocation_list",
    "approval_unlock",
)
SITED_KINDS = frozenset({CERTIFICATE_KIND, UNLOCK_KIND})
"""Records that only stations of the sites named in them are told."""

LIST_RECORD = "list"
_ACTIVE, _REVOKED = "active", "revoked"


def find(conn: Connection, code: str) -> Any | None:
    """The row of an approver, None when there is none of that code."""
    return conn.execute(_by_code, {"which": code}).one_or_none()


def active(row: Any) -> bool:
    """True while an approver's key may be certified."""
    return bool(row.state == _ACTIVE)


def issue(conn: Connection, issuer: Issuer, row: Any, now: datetime) -> Signed:
    """A new certificate for an approver, told to the stations of its sites, and of those it had before.

    It lives for two weeks, or as long as the policy key when that ends before. Stations of a site that it no
    longer names learn by it that the one they hold is good no more.
    """
    sites = json.loads(row.sites)
    told = {
        site
        for living in conn.scalars(_living, {"of": row.code, "at": to_text(now)})
        for site in _sites(living)
    }
    certificate = Certificate(
        approver=row.code,
        public_key=bytes.fromhex(row.public_key),
        actions=frozenset(json.loads(row.actions)),
        sites=frozenset(sites),
        limits=Limits(
            row.currency,
            int(row.single_minor),
            int(row.total_minor),
            int(row.most_count),
            int(row.two_person_above_minor),
        ),
        not_before=now,
        not_after=min(now + LONGEST_LIFE, issuer.key.not_after),
        policy_ver=_policy.value(conn) or "none",
        rev_no=last_number(conn),
    )
    signed = certificate.signed(issuer.signer)
    document = {
        "approver": row.code,
        "sites": sorted({*sites, *told}),
        "certificate": signed.to_json(),
        "policy_key": issuer.grant.to_json(),
    }
    publish(conn, [Record(CERTIFICATE_KIND, row.code, document)])
    gen, pos = position(conn)
    issued = to_text(now)
    stored = {
        "digest": signed.digest,
        "approver": row.code,
        "public_key": row.public_key,
        "document": signed.document.decode(),
        "sig": signed.sig.hex(),
        "issued_at": issued,
        "not_after": to_text(certificate.not_after),
        "feed_gen": gen,
        "feed_pos": pos,
    }
    # The very same again within a millisecond is the same certificate.
    if _issued.first(conn, digest=signed.digest) is None:
        _keep.run(conn, [stored])
    _certify.run(conn, [{"which": row.code, "newest": signed.digest, "at": issued}])
    return signed


def _sites(document: str) -> list[str]:
    """The sites that a certificate names, which the centre itself wrote."""
    named: list[str] = json.loads(document)["sites"]
    return named


def renewable(conn: Connection, site: str, now: datetime) -> list[Any]:
    """The approvers of a site whose last certificate is a day old."""
    due = _due.rows(conn, before=to_text(now - RENEW_AFTER))
    return [row for row in due if site in json.loads(row.sites)]


def renew(conn: Connection, issuer: Issuer | None, site: str, now: datetime) -> int:
    """New certificates for the approvers of a site whose last is a day old; answers how many.

    Asked with each sync of a station there; without a policy key that is good, nothing is renewed.
    """
    if issuer is None or now >= issuer.key.not_after:
        return 0
    mine = renewable(conn, site, now)
    for row in mine:
        issue(conn, issuer, row, now)
    return len(mine)


def revoke(conn: Connection, issuer: Issuer, ended: Revocation, by: str, now: datetime) -> RevocationList:
    """Adds a key to the list, which stations are told; nobody has to be enrolled with it any more."""
    number = last_number(conn) + 1
    conn.execute(_end, {"which": ended.approver, "key": ended.public_key.hex()})
    place = int(conn.scalar(_last_receipt) or 0)
    older = [
        Revocation(found.approver, bytes.fromhex(found.public_key), found.reason) for found in entries(conn)
    ]
    every = (*older, ended)
    dropped = max(0, len(every) - MOST_ENTRIES)
    listed = RevocationList(every[dropped:], dropped)
    document = {
        "number": listed.number,
        "list": listed.signed(issuer.signer).to_json(),
        "policy_key": issuer.grant.to_json(),
    }
    publish(conn, [Record(REVOCATION_KIND, LIST_RECORD, document)])
    gen, pos = position(conn)
    conn.execute(
        insert(approver_revocation).values(
            number=number,
            approver=ended.approver,
            public_key=ended.public_key.hex(),
            reason=ended.reason,
            revoked_at=to_text(now),
            revoked_by=by,
            place=place,
            feed_gen=gen,
            feed_pos=pos,
        )
    )
    return listed


def last_number(conn: Connection) -> int:
    """The number of the newest revocation; 0 before the first."""
    return int(_last_revocation.value(conn) or 0)


def entries(conn: Connection) -> Sequence[Any]:
    """Every revocation, oldest first."""
    return conn.execute(_revocations).all()


def was_revoked(conn: Connection, public_key: str) -> bool:
    """True for a key that stands in the list: it is never certified again."""
    return conn.execute(_revoked, {"key": public_key}).first() is not None


def document(row: Any) -> dict[str, object]:
    """An approver as it is answered."""
    return {
        "approver": row.code,
        "state": row.state,
        "public_key": row.public_key,
        "actions": json.loads(row.actions),
        "sites": json.loads(row.sites),
        "currency": row.currency,
        "single_minor": int(row.single_minor),
        "total_minor": int(row.total_minor),
        "count": int(row.most_count),
        "two_person_above_minor": int(row.two_person_above_minor),
        "enrolled_at": row.enrolled_at,
        "enrolled_by": row.enrolled_by,
        "certified_at": row.certified_at or None,
    }


_living = select(approver_certificate.c.document).where(
    approver_certificate.c.approver == bindparam("of"), approver_certificate.c.not_after > bindparam("at")
)
_by_code = select(approver).where(approver.c.code == bindparam("which"))
_change = update(approver).where(approver.c.code == bindparam("which"))
_end = (
    update(approver)
    .where(approver.c.code == bindparam("which"), approver.c.public_key == bindparam("key"))
    .values(state=_REVOKED)
)
_certify = updating(
    update(approver)
    .where(approver.c.code == bindparam("which"))
    .values(digest=bindparam("newest"), certified_at=bindparam("at")),
    "which",
    "newest",
    "at",
)
_keep = inserting(approver_certificate)
_due = asking(
    lambda _: (
        select(approver)
        .where(approver.c.state == _ACTIVE, approver.c.certified_at <= bindparam("before"))
        .order_by(approver.c.code)
    )
)
_same_digest = approver_certificate.c.digest == bindparam("digest")
_issued = asking(lambda _: select(approver_certificate.c.digest).where(_same_digest))
_policy = asking(lambda _: select(policy.c.version).order_by(policy.c.id.desc()).limit(1))
_last_revocation = asking(lambda _: select(func.max(approver_revocation.c.number)))
_last_receipt = select(func.max(receipt.c.id))
_revocations = select(approver_revocation).order_by(approver_revocation.c.number)
_revoked = select(approver_revocation.c.number).where(approver_revocation.c.public_key == bindparam("key"))
