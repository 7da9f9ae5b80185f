"""Approvers as this station knows them: sealed keys, certificates, the revocation list, tries of PINs.

What the centre's feed brings is checked against the pinned root before it is taken in; what does not hold is
left in the mirror and changes nothing here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cache

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.sqlite import insert

from app.domain.approvals import (
    CERTIFICATE_TAG,
    REVOCATION_TAG,
    Certificate,
    Limits,
    RevocationList,
    Signed,
)
from app.domain.approvals.known import Spent
from app.domain.approvals.signed import hexadecimal
from app.domain.approvals.unlock import UNLOCK_TAG, Unlock, vouched
from app.domain.approvals.wrapping import WrappedKey
from app.domain.feed import Change
from app.domain.fields import Fields
from app.domain.refusal import Refused
from app.domain.signing import KEY_SIZE
from app.ledger import meta
from app.ledger.database import Transaction
from app.ledger.reading import fetched
from app.ledger.records import RecordKind
from app.ledger.statements import compiled, prepare, upsert
from app.ledger.tables import (
    approval_spent,
    approver_certificate,
    approver_key,
    mirror,
    pin_attempt,
    revocation_list,
)
from app.ledger.tables import meta as meta_table
from app.ledger.writer import Ledger

ROOT = "approval_root"
_LIST = "list"
_BADGE = "badge."


@dataclass(frozen=True, slots=True)
class Attempts:
    """Wrong PINs in a row; `pending` while what came of the last try is not on record."""

    failed: int = 0
    pending: bool = False
    unlocked: int = 0


@dataclass(frozen=True, slots=True)
class Certified:
    """An approver's certificate with the grant of the key that signed it."""

    certificate: Signed
    policy_key: Signed


def take_in(tx: Transaction, changes: Sequence[Change]) -> int | None:
    """Takes in what a page of the feed says of approvers; the newest revocation's number when it changed.

    The first root that is ever told is pinned for good.
    """
    found = None
    for change in sorted(changes, key=lambda change: change.kind != RecordKind.APPROVAL_ROOT):
        document = change.document
        if document is None:
            continue
        try:
            if change.kind == RecordKind.APPROVAL_ROOT:
                _pin(tx, document)
            elif change.kind == RecordKind.APPROVER_CERTIFICATE:
                _certify(tx, document)
            elif change.kind == RecordKind.REVOCATION_LIST:
                number = _revoke(tx, document)
                found = number if number is not None else found
        except Refused:
            continue
    return found


def root_of(connection: Connection) -> bytes | None:
    """The pinned root's public key; None before the centre told one."""
    text = meta.maybe(connection, ROOT)
    return bytes.fromhex(text) if text is not None else None


def certified(connection: Connection, approver: str) -> Certified | None:
    """The newest certificate of an approver that held when it came."""
    found = fetched(connection, _certificate(), (approver,))
    if not found:
        return None
    parts = (json.loads(text) for text in found[0])
    return Certified(*(Signed.from_json(part, "stored certificate") for part in parts))


def revocations(connection: Connection) -> RevocationList:
    """The newest list that held when it came."""
    kept = signed_revocations(connection)
    if kept is None:
        return RevocationList()
    return RevocationList.read(Signed.from_json(kept, "stored revocation list"))


def signed_revocations(connection: Connection) -> Mapping[str, object] | None:
    """That list as it was signed, to be shown to others; None before the first."""
    found = fetched(connection, _revoked())
    return Fields(json.loads(found[0][0]), "stored revocation list").raw() if found else None


def sealed_key(connection: Connection, approver: str) -> WrappedKey | None:
    """An approver's key as it is sealed for a station; None when it was never made here."""
    found = fetched(connection, _sealed(), (approver,))
    return WrappedKey(*found[0]) if found else None


def limits_of(held: Certified) -> Limits:
    """What a certificate is good for."""
    return Certificate.read(held.certificate).limits


def second_above(connection: Connection) -> dict[str, int]:
    """From which value (minor units) on a second approver is needed, by currency: the least of all here."""
    found = dict[str, int]()
    for text in connection.execute(select(approver_certificate.c.certificate)).scalars():
        limits = Certificate.read(Signed.from_json(json.loads(text), "stored certificate")).limits
        above = found.get(limits.currency, limits.two_person_above)
        found[limits.currency] = min(above, limits.two_person_above)
    return found


def holder_of(ledger: Ledger, badge: str) -> str | None:
    """The approver whose badge goes by that digest here; None when no key was sealed with it."""
    return ledger.value(f"{_BADGE}{badge}")


def sealed_here(connection: Connection) -> tuple[str, ...]:
    """The approvers whose keys were sealed here, by code."""
    return tuple(
        connection.execute(select(approver_key.c.approver).order_by(approver_key.c.approver)).scalars()
    )


def any_sealed(connection: Connection) -> bool:
    """True once a key was sealed here: the pepper must not be made anew then."""
    return connection.execute(select(approver_key.c.approver).limit(1)).first() is not None


def keep_key(ledger: Ledger, key: WrappedKey, badge: str) -> None:
    """Keeps a sealed key, in the place of a former one of the same approver, and whose badge that is.

    Raises:
        Unavailable: it was not kept; says why.
    """
    with ledger.transaction() as tx:
        tx.run(compiled(upsert(approver_key, "approver")), astuple(key))
        meta.put(tx, prepare(), f"{meta.VALUE_PREFIX}{_BADGE}{badge}", key.approver)


def attempts(connection: Connection, approver: str) -> Attempts:
    """How the tries of an approver's PIN stand."""
    found = fetched(connection, _tried(), (approver,))
    return Attempts(found[0][0], bool(found[0][1]), found[0][2]) if found else Attempts()


def spent(connection: Connection, certificate: str) -> Spent:
    """What this station's statements under a certificate came to."""
    found = fetched(connection, _spent(), (certificate,))
    return Spent(*found[0]) if found else Spent()


def unlock_told(connection: Connection, approver: str, station: str) -> Unlock | None:
    """The centre's last word that this approver may try again here, when it holds."""
    text = connection.execute(
        select(mirror.c.document).where(
            mirror.c.kind == RecordKind.APPROVAL_UNLOCK.value, mirror.c.key == f"{approver}|{station}"
        )
    ).scalar()
    return unlock_of(connection, json.loads(text)) if text is not None else None


def unlock_of(connection: Connection, token: Mapping[str, object]) -> Unlock | None:
    """What a token of the centre says, when a key of the pinned root signed it; else None."""
    try:
        f = Fields(token, "unlocking")
        signed = _held(connection, f, "unlock", UNLOCK_TAG)
        return Unlock.read(signed) if signed is not None else None
    except Refused:
        return None


def _pin(tx: Transaction, document: Mapping[str, object]) -> None:
    key = hexadecimal(Fields(document, "root of approvals"), "public_key", KEY_SIZE)
    if root_of(tx.connection) is None:
        tx.connection.execute(insert(meta_table).values(name=ROOT, value=key.hex()))


def _certify(tx: Transaction, document: Mapping[str, object]) -> None:
    f = Fields(document, "certificate")
    signed = _held(tx.connection, f, "certificate", CERTIFICATE_TAG)
    if signed is not None:
        row = (Certificate.read(signed).approver, _text(f, "certificate"), _text(f, "policy_key"))
        tx.run(_put_certificate(), row)


def _revoke(tx: Transaction, document: Mapping[str, object]) -> int | None:
    f = Fields(document, "revocations")
    signed = _held(tx.connection, f, "list", REVOCATION_TAG)
    if signed is None:
        return None
    newer = RevocationList.read(signed)
    if not newer.follows(revocations(tx.connection)):
        return None
    tx.run(compiled(upsert(revocation_list, "name")), (_LIST, newer.number, _text(f, "list")))
    return newer.number


def _held(connection: Connection, f: Fields, name: str, tag: bytes) -> Signed | None:
    """A signed part of a document, when a policy key of the pinned root vouches for it."""
    root = root_of(connection)
    signed = Signed.from_json(f.inner(name).raw(), name)
    grant = Signed.from_json(f.inner("policy_key").raw(), "policy key")
    return signed if root is not None and vouched(signed, tag, grant, root) else None


@cache
def _put_certificate() -> str:
    return compiled(upsert(approver_certificate, "approver"))


@cache
def _certificate() -> str:
    kept = approver_certificate.c
    return compiled(select(kept.certificate, kept.policy_key).where(kept.approver == bindparam("approver")))


@cache
def _revoked() -> str:
    return compiled(select(revocation_list.c.list))


@cache
def _sealed() -> str:
    return compiled(select(approver_key).where(approver_key.c.approver == bindparam("approver")))


@cache
def _tried() -> str:
    kept = pin_attempt.c
    asked = select(kept.failed, kept.pending, kept.unlocked)
    return compiled(asked.where(kept.approver == bindparam("approver")))


@cache
def _spent() -> str:
    kept = approval_spent.c
    return compiled(select(kept.qty, kept.times).where(kept.certificate == bindparam("of")))


def _text(f: Fields, name: str) -> str:
    return json.dumps(dict(f.inner(name).raw()), separators=(",", ":"))
