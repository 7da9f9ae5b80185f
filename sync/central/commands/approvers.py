"""Approvers: enrolled with a key of their own, revoked for good, unlocked at a station."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from app.domain.approvals.certificate import enrols
from app.domain.approvals.revocation import Revocation
from app.domain.approvals.unlock import Unlock
from app.domain.clock import to_text
from app.domain.refusal import Refused
from sync.central.commands.approvers_asked import NewApprover, NewRevocation, Unlocking
from sync.central.commands.catalogue import require_site
from sync.central.rules.outcomes import Conflict, missing
from sync.central.store import approvers
from sync.central.store.act import Act
from sync.central.store.approval_keys import Issuer
from sync.central.store.feed import Record, publish
from sync.central.store.governed import Deed, record
from sync.central.store.tables import approver, approver_unlock, station


def enrol(act: Act, issuer: Issuer, asked: NewApprover) -> dict[str, object]:
    """Takes an approver in, or gives one who is here other limits; certified at once.

    Certificates under the former limits are good where stations have not heard of the new ones, until they
    end, at most two weeks later: to end them at once, revoke the key.

    Raises:
        Refused: the proof is not the key's, or a site is unknown.
        Conflict: the key is somebody's, or was revoked, or the approver has another one.
    """
    key = bytes.fromhex(asked.public_key)
    if not enrols(asked.approver, key, bytes.fromhex(asked.proof)):
        raise Refused(
            "approver.proof",
            f"Read a proof for {asked.approver!r} that this key did not sign.",
            "Expected the key's own signature for this name.",
            "Enrol at the station where the key was made.",
        )
    for site in asked.sites:
        require_site(act.conn, site)
    _require_free(act, asked)
    row = _row(act, asked)
    if approvers.find(act.conn, asked.approver) is None:
        act.conn.execute(insert(approver).values(code=asked.approver, **row))
    else:
        act.conn.execute(_change, {"which": asked.approver, **row})
    approvers.issue(act.conn, issuer, _found(act, asked.approver), act.posted_at)
    given = approvers.document(_found(act, asked.approver))
    record(act, Deed.APPROVER_ENROLLED, f"approver:{asked.approver}", given=given)
    return given


def revoke(act: Act, issuer: Issuer, code: str, asked: NewRevocation) -> dict[str, object]:
    """Ends an approver's key for good; what it signed before is judged by what proves that.

    Raises:
        Missing: no such approver.
        Conflict: it is revoked already.
    """
    row = _found(act, code)
    if not approvers.active(row):
        raise Conflict(
            "approver.revoked",
            f"Approver {code} is revoked.",
            "Expected one whose key may approve.",
            "Enrol a new key under that name if the person goes on.",
        )
    ended = Revocation(code, bytes.fromhex(row.public_key), asked.reason)
    listed = approvers.revoke(act.conn, issuer, ended, act.operator, act.posted_at)
    record(act, Deed.APPROVER_REVOKED, f"approver:{code}", asked.reason, rev_no=listed.number)
    return {**approvers.document(_found(act, code)), "rev_no": listed.number}


def unlock(act: Act, issuer: Issuer, code: str, asked: Unlocking) -> dict[str, object]:
    """Says to one station that an approver may try the PIN again there.

    Raises:
        Missing: no such approver or station.
        Conflict: the approver is revoked.
    """
    row, where = _found(act, code), act.conn.execute(_station, {"which": asked.station_id}).one_or_none()
    if where is None:
        raise missing("station", asked.station_id)
    if not approvers.active(row):
        raise Conflict(
            "approver.revoked",
            f"Approver {code} is revoked.",
            "Expected one whose key may approve.",
            "Enrol a new key under that name if the person goes on.",
        )
    of = {"approver": code, "station": asked.station_id}
    last = act.conn.scalar(_last, of)
    number = int(last or 0) + 1
    said = {"number": number, "given_at": to_text(act.posted_at), "given_by": act.operator}
    if last is None:
        act.conn.execute(insert(approver_unlock).values(**of, **said))
    else:
        act.conn.execute(_given, {"of": code, "at": asked.station_id, **said})
    signed = Unlock(code, asked.station_id, number).signed(issuer.signer)
    document = {
        "approver": code,
        "station": asked.station_id,
        "sites": [where.site],
        "unlock": signed.to_json(),
        "policy_key": issuer.grant.to_json(),
    }
    publish(act.conn, [Record(approvers.UNLOCK_KIND, f"{code}|{asked.station_id}", document)])
    record(act, Deed.APPROVER_UNLOCKED, f"approver:{code}", station=asked.station_id, number=number)
    return {"approver": code, "station_id": asked.station_id, "number": number, "token": document}


def _require_free(act: Act, asked: NewApprover) -> None:
    """Refuses a key that was revoked or is somebody's, and a second key of one approver."""
    holder = act.conn.execute(_holder, {"key": asked.public_key}).one_or_none()
    known = approvers.find(act.conn, asked.approver)
    revoked = approvers.was_revoked(act.conn, asked.public_key)
    if revoked or (holder is not None and holder.code != asked.approver):
        raise Conflict(
            "approver.key",
            f"Read a key that {'was revoked' if revoked else 'belongs to another approver'}.",
            "Expected a key of this approver alone, that nobody had before.",
            "Make a new key at the station.",
        )
    if known is not None and approvers.active(known) and known.public_key != asked.public_key:
        raise Conflict(
            "approver.other_key",
            f"Approver {asked.approver} has another key.",
            "Expected one key for each approver.",
            "Revoke the former key first.",
        )


def _row(act: Act, asked: NewApprover) -> dict[str, object]:
    return {
        "public_key": asked.public_key,
        "actions": json.dumps(sorted(set(asked.actions))),
        "sites": json.dumps(sorted(set(asked.sites))),
        "currency": asked.currency,
        "single_minor": asked.single_minor,
        "total_minor": asked.total_minor,
        "most_count": asked.count,
        "two_person_above_minor": asked.two_person_above_minor,
        "state": "active",
        "enrolled_at": to_text(act.posted_at),
        "enrolled_by": act.operator,
        "digest": "",
        "certified_at": "",
    }


def _found(act: Act, code: str) -> Any:
    row = approvers.find(act.conn, code)
    if row is None:
        raise missing("approver", code)
    return row


_change = update(approver).where(approver.c.code == bindparam("which"))
_holder = select(approver.c.code).where(approver.c.public_key == bindparam("key"))
_station = select(station.c.site).where(station.c.station_id == bindparam("which"), station.c.bench != 0)
_last = select(approver_unlock.c.number).where(
    approver_unlock.c.approver == bindparam("approver"), approver_unlock.c.station == bindparam("station")
)
_given = update(approver_unlock).where(
    approver_unlock.c.approver == bindparam("of"), approver_unlock.c.station == bindparam("at")
)
