"""Revocations that a centre put back from a backup has no memory of, as its stations were told them.

A key that was ended must not approve again because a disk failed. Stations keep the signed list; going on in
a new epoch they show it, and what it names and this centre does not is revoked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from app.domain.approvals import REVOCATION_TAG, RevocationList, Signed
from app.domain.refusal import Refused
from sync.central.store import approvers
from sync.central.store.approval_keys import Issuer
from sync.central.store.exceptions import Case, open_case
from sync.central.store.tables import policy_key, station

UNPROVEN = "approver.revocations_unproven"


def recall(
    conn: Connection,
    issuer: Issuer | None,
    shown: Mapping[str, object],
    of: str,
    now: datetime,
) -> int:
    """Revokes again what a station's list names and this centre does not know; answers how many keys.

    What cannot be proven (no policy key of this centre that is not revoked itself signed it, or the centre is
    without a key that is good) is one case, and stations go on obeying their own list.

    Args:
        conn: one transaction of the writer.
        issuer: this centre's policy key, when it has one.
        shown: the signed list as the station keeps it.
        of: the station's id.
        now: when that is.
    """
    name = str(conn.scalar(select(station.c.name).where(station.c.station_id == of)))
    try:
        signed = Signed.from_json(shown, "revocations")
        listed = RevocationList.read(signed)
    except Refused as no:
        _doubt(conn, of, name, str(no), now)
        return 0
    unknown = [one for one in listed.entries if not approvers.was_revoked(conn, one.public_key.hex())]
    if not unknown:
        return 0
    if issuer is None or now >= issuer.key.not_after or not _signed_here(conn, signed):
        named = ", ".join(sorted({one.approver for one in unknown}))
        _doubt(conn, of, name, f"It names {named}.", now)
        return 0
    for one in unknown:
        approvers.revoke(conn, issuer, one, f"station {name}, which had been told", now)
    return len(unknown)


def _signed_here(conn: Connection, signed: Signed) -> bool:
    keys = [
        key for key in conn.scalars(select(policy_key.c.public_key)) if not approvers.was_revoked(conn, key)
    ]
    return any(signed.holds(REVOCATION_TAG, bytes.fromhex(key)) for key in keys)


def _doubt(conn: Connection, of: str, name: str, what: str, now: datetime) -> None:
    case = Case(
        key=f"revocations_unproven:{of}",
        type=UNPROVEN,
        subject=f"station:{of}",
        owner_role="admin",
        fix=f"Station {name} holds a list of revoked approvers that this centre cannot prove. {what} "
        "Revoke those keys again, if they ended before this centre was put back from its backup.",
    )
    open_case(conn, case, now)
