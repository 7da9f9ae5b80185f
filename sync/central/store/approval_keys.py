"""The policy key in use: its grant by the root, kept in the ledger; its secret, kept outside.

The root's public key is pinned by the first grant: a grant by another root is refused for good, because every
station has pinned that root too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from app.domain.approvals import PolicyKey, Signed
from app.domain.clock import to_text
from app.domain.refusal import Refused
from app.domain.signing import Signer
from sync.central.store.feed import Record, publish
from sync.central.store.tables import policy_key

KEY_LIFE = timedelta(days=366)
ROOT_RECORD, ROOT_KIND, KEY_KIND = "root", "approval_root", "policy_key"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The policy key of this centre, for signing, with its grant."""

    signer: Signer
    grant: Signed
    key: PolicyKey


def grant_key(conn: Connection, root: Signer, key: Signer, now: datetime) -> PolicyKey:
    """Puts a new policy key in use for a year, on the word of the root; stations hear of it.

    Raises:
        Refused: the root is not the one that is pinned here.
    """
    pinned, number = root_key(conn), int(conn.scalar(_last_number) or 0) + 1
    if pinned not in {None, root.public_key}:
        raise Refused(
            "policy_key.other_root",
            f"Read the root key {root.public_key.hex()[:12]}.",
            "Expected the root that stations have pinned.",
            "Take the root key from where it was put away when the centre first started.",
        )
    granted = PolicyKey(number, key.public_key, now, now + KEY_LIFE)
    signed = granted.signed(root)
    conn.execute(
        insert(policy_key).values(
            number=number,
            public_key=key.public_key.hex(),
            root_key=root.public_key.hex(),
            document=signed.document.decode(),
            sig=signed.sig.hex(),
            not_before=to_text(granted.not_before),
            not_after=to_text(granted.not_after),
        )
    )
    pins = {"public_key": root.public_key.hex()}
    publish(
        conn,
        [Record(ROOT_KIND, ROOT_RECORD, pins), Record(KEY_KIND, str(number), {"grant": signed.to_json()})],
    )
    return granted


def root_key(conn: Connection) -> bytes | None:
    """The pinned root's public key; None before the first grant."""
    found = conn.scalar(_root)
    return bytes.fromhex(found) if found is not None else None


def granted_key(conn: Connection) -> tuple[Signed, PolicyKey] | None:
    """The newest grant; None before the first."""
    row = conn.execute(_newest).one_or_none()
    return _read(row) if row is not None else None


def issuer_of(conn: Connection, signer: Signer | None) -> Issuer | None:
    """The issuer that this secret makes; None when it is not that of the newest grant."""
    found = granted_key(conn) if signer is not None else None
    if signer is None or found is None or found[1].public_key != signer.public_key:
        return None
    return Issuer(signer, *found)


def require_issuer(issuer: Issuer | None, now: datetime) -> Issuer:
    """The issuer, while its key is good.

    Raises:
        Refused: there is none, or its key has ended.
    """
    if issuer is None:
        raise Refused(
            "policy_key.missing",
            "This centre runs without the secret of its policy key.",
            "Expected the key file beside the centre's key.",
            "Put it back, or make a new one: backhaul central policy-key --root FILE; then start again.",
        )
    if now >= issuer.key.not_after:
        raise Refused(
            "policy_key.ended",
            f"The policy key was good until {to_text(issuer.key.not_after)}.",
            "Expected one that the root vouched for within the last year.",
            "Make a new one: backhaul central policy-key --root FILE; then start again.",
        )
    return issuer


def _read(row: Any) -> tuple[Signed, PolicyKey]:
    signed = Signed(row.document.encode(), bytes.fromhex(row.sig))
    return signed, PolicyKey.read(signed)


_last_number = select(func.max(policy_key.c.number))
_root = select(policy_key.c.root_key).order_by(policy_key.c.number).limit(1)
_newest = select(policy_key).order_by(policy_key.c.number.desc()).limit(1)
