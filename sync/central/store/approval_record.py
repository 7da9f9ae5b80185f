"""What the centre has on record that bears on the approvals of one event, read in a few questions.

Nothing that is read here believes the approvals: they only say what to look for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, literal_column, select, text, union_all

from app.domain.approvals import (
    Approval,
    Certificate,
    Known,
    Newer,
    PolicyKey,
    Proof,
    Revoked,
    Spent,
    Statement,
    Verdict,
)
from app.domain.approvals.verdict import MOST_APPROVALS
from app.domain.clock import from_text
from app.domain.envelope import Envelope, header_fields
from app.domain.refusal import Refused
from sync.central.store.known_certificates import NOTHING, Heard, heard_by, newer_known
from sync.central.store.prepared import asking
from sync.central.store.renewing import forgotten_among, renewed_among
from sync.central.store.tables import (
    approval,
    approval_note,
    approver_certificate,
    approver_revocation,
    event,
    meta,
    receipt,
    station,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What some approvals claim: statements, their proofs, certificates with their digests, and keys."""

    statements: tuple[Statement, ...] = ()
    proofs: tuple[str, ...] = ()
    certificates: tuple[tuple[str, Certificate], ...] = ()
    keys: tuple[bytes, ...] = ()


def asked_by(approvals: Sequence[object]) -> Asked:
    """What to look for; what cannot be read is left out, and the judge says so."""
    found = [readable for entry in approvals[:MOST_APPROVALS] if (readable := _readable(entry)) is not None]
    return Asked(
        tuple(statement for _, statement, _, _ in found),
        tuple(one.statement.proof for one, _, _, _ in found),
        tuple((one.certificate.digest, certificate) for one, _, certificate, _ in found),
        tuple(key for _, _, certificate, policy_key in found for key in (policy_key, certificate.public_key)),
    )


def _readable(entry: object) -> tuple[Approval, Statement, Certificate, bytes] | None:
    try:
        one = Approval.from_json(entry)
        policy_key, certificate = PolicyKey.read(one.policy_key), Certificate.read(one.certificate)
        return one, Statement.read(one.statement), certificate, policy_key.public_key
    except Refused:
        return None


def known_about(conn: Connection, asked: Asked, root: bytes, came: Proof, heard: Heard = NOTHING) -> Known:
    """What is on record about these claims.

    Args:
        conn: inside the one writer's transaction, or one consistent look.
        asked: what the approvals claim.
        root: the pinned root's public key.
        came: when the event was taken in.
        heard: how far its station had read the feed.
    """
    if not asked.statements:
        return Known(root, came, {})
    nonces = sorted({said.nonce for said in asked.statements})
    stations = sorted({said.given_at.station for said in asked.statements})
    places = {(said.asked_at.station, said.asked_at.epoch) for said in asked.statements}
    notes = _notes.rows(conn, proofs=sorted(set(asked.proofs)))
    noted = [row for row in reversed(notes) if int(row.place) < came.place]
    sites = {row.station_id: row.site for row in _sites.rows(conn, stations=stations)}
    newer = _newer(conn, asked, {row.statement: row for row in noted}, sites, heard)
    used = {digest for digest, _ in asked.certificates} | {one.digest for one in newer.values()}
    return Known(
        root=root,
        arrived=came,
        renewed=renewed_among(conn, places),
        forgotten=forgotten_among(conn, places),
        sites=sites,
        nonces=frozenset(row.nonce for row in _nonces.rows(conn, nonces=nonces)),
        counters={_counted(said): _counters(conn, said) for said in asked.statements},
        lost={_counted(said): _lost(conn, said, came) for said in asked.statements},
        revoked={
            bytes.fromhex(row.public_key): Revoked(int(row.number), int(row.place), int(row.feed_gen))
            for row in _revoked.rows(conn, keys=sorted({key.hex() for key in asked.keys}))
        },
        spent={
            row.certificate: Spent(int(row.worth), int(row.times))
            for row in _spent.rows(conn, certificates=sorted(used))
        },
        newer=newer,
        proofs={row.statement: Proof(int(row.place), from_text(row.received_at)) for row in noted},
    )


def _newer(
    conn: Connection, asked: Asked, noted: Mapping[str, Any], sites: Mapping[str, str], heard: Heard
) -> dict[str, Newer]:
    """By a statement's proof the newest certificate that was known where it was given, when another was used.

    The note that it was given tells what the station had heard by then; without one its event does.
    """
    found = dict[str, Newer]()
    for said, proof, used in zip(asked.statements, asked.proofs, asked.certificates, strict=True):
        note = noted.get(proof)
        had = heard
        if note is not None:
            had = heard_by(bytes(note.header), sites.get(said.given_at.station, ""))
        newer = newer_known(conn, used, had)
        if newer is not None:
            found[proof] = newer
    return found


def _counted(said: Statement) -> tuple[str, str, int]:
    return (said.approver, said.given_at.station, said.given_at.epoch)


def _counters(conn: Connection, said: Statement) -> frozenset[int]:
    """Of the numbers used before, the highest, and this one when it is among them."""
    approver, place, epoch = _counted(said)
    row = _numbers.first(conn, approver=approver, station=place, epoch=epoch, counter=said.counter)
    found = (row.highest, row.again) if row is not None else ()
    return frozenset(int(number) for number in found if number)


def _lost(conn: Connection, said: Statement, came: Proof) -> frozenset[int]:
    """Numbers before this one that its station noted as given before, for events of which nothing came."""
    approver, place, epoch = _counted(said)
    asked = {"approver": approver, "station": place, "epoch": epoch, "before": said.counter}
    return frozenset(int(row.counter) for row in _given.rows(conn, **asked, arrived=came.place))


def arrived(conn: Connection, sealed: Envelope) -> Proof:
    """When an event that is stored was taken in."""
    row = _place.rows(conn, station_id=sealed.station_id, epoch=sealed.epoch, seq=sealed.seq)[0]
    return Proof(int(row.id), from_text(row.received_at))


def judged_after(conn: Connection) -> int:
    """The last receipt that came before events without an approval were judged; 0 for none."""
    return int(conn.scalar(_since) or 0)


def site_of(conn: Connection, station_id: str) -> str:
    """Where a station stands; nowhere when nobody knows it."""
    row = _sites.first(conn, stations=[station_id])
    return str(row.site) if row is not None else ""


def newest_known(conn: Connection, sealed: Envelope) -> datetime | None:
    """The newest instant of the centre's that the station provably knew of: of what it had read by then."""
    header = header_fields(sealed.header)
    gen, pos = header.whole_or("feed_gen", 0), header.whole_or("feed_pos", 0)
    row = _read_by.first(conn, gen=gen, pos=pos)
    return from_text(row.at) if row is not None and row.at else None


_since = select(meta.c.value).where(meta.c.name == "judged_after")
_sites = asking(
    lambda among: select(station.c.station_id, station.c.site).where(
        among(station.c.station_id, "stations"), station.c.bench != 0
    )
)
# The partial indexes are only used for a condition written out.
_nonces = asking(
    lambda among: select(approval.c.nonce).where(among(approval.c.nonce, "nonces"), text("approval.used"))
)
_numbers = asking(
    lambda _: select(
        func.max(approval.c.counter).label("highest"),
        func.max(case((approval.c.counter == bindparam("counter"), approval.c.counter))).label("again"),
    ).where(
        approval.c.approver == bindparam("approver"),
        approval.c.station == bindparam("station"),
        approval.c.epoch == bindparam("epoch"),
        text("approval.used"),
    )
)
_given = asking(
    lambda _: (
        select(approval_note.c.counter)
        .join_from(approval_note, receipt, receipt.c.id == approval_note.c.place)
        .join(event, event.c.event_id == approval_note.c.about, isouter=True)
        .where(
            approval_note.c.approver == bindparam("approver"),
            approval_note.c.station == bindparam("station"),
            approval_note.c.place < bindparam("arrived"),
            approval_note.c.counter < bindparam("before"),
            approval_note.c.counter > literal_column("0"),
            approval_note.c.statement != literal_column("''"),
            approval_note.c.about != literal_column("''"),
            receipt.c.epoch == bindparam("epoch"),
            event.c.id.is_(None),
        )
        .distinct()
    )
)
_revoked = asking(
    lambda among: select(
        approver_revocation.c.public_key,
        approver_revocation.c.number,
        approver_revocation.c.place,
        approver_revocation.c.feed_gen,
    ).where(among(approver_revocation.c.public_key, "keys"))
)
_spent = asking(
    lambda among: (
        select(
            approval.c.certificate,
            func.sum(approval.c.worth_minor).label("worth"),
            func.count().label("times"),
        )
        .where(
            among(approval.c.certificate, "certificates"),
            approval.c.verdict != literal_column(f"'{Verdict.INVALID}'"),
        )
        .group_by(approval.c.certificate)
    )
)
_notes = asking(
    lambda among: (
        select(
            approval_note.c.statement, approval_note.c.place, approval_note.c.received_at, receipt.c.header
        )
        .join_from(approval_note, receipt, receipt.c.id == approval_note.c.place)
        .where(among(approval_note.c.statement, "proofs"))
        .order_by(approval_note.c.place)
    )
)
_place = asking(
    lambda _: select(receipt.c.id, receipt.c.received_at).where(
        receipt.c.station_id == bindparam("station_id"),
        receipt.c.epoch == bindparam("epoch"),
        receipt.c.seq == bindparam("seq"),
        text("receipt.state <> 'evidence'"),
    )
)
_told = union_all(
    *(
        select(when.label("at")).where(
            when.table.c.feed_gen == bindparam("gen"), when.table.c.feed_pos <= bindparam("pos")
        )
        for when in (approver_certificate.c.issued_at, approver_revocation.c.revoked_at)
    )
).subquery()
_read_by = asking(lambda _: select(func.max(_told.c.at).label("at")))
