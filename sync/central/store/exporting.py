"""The evidence of a centre as rows, file by file, as `app.domain.proof` reads them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, func, select

from app.domain.proof import shape
from app.domain.proof.receipts import EVIDENCE
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.tables import (
    account,
    approval,
    approver_certificate,
    approver_revocation,
    audit_checkpoint,
    balance,
    event,
    event_approval,
    feed,
    journal_entry,
    journal_line,
    meta,
    past_chain,
    policy_key,
    receipt,
    renewal,
    station,
)

Row = dict[str, object]
_STREAM = {"yield_per": 500}


def rows_of(conn: Connection, name: str) -> Iterator[Row]:
    """The rows of one file of an export, in their order."""
    return _FILES[name](conn)


def centre_of(conn: Connection) -> str:
    """The centre's id; empty before its first start."""
    return str(conn.scalar(select(meta.c.value).where(meta.c.name == "centre_id")) or "")


def _plain(asked: Select[Any]) -> Callable[[Connection], Iterator[Row]]:
    """Rows whose columns are texts, flags and whole numbers."""

    def ask(conn: Connection) -> Iterator[Row]:
        for row in _stream(conn, asked):
            yield dict(row._mapping)  # noqa: SLF001 - the documented way to a row's names

    return ask


def _stream(conn: Connection, asked: Select[Any]) -> Iterator[Any]:
    with conn.execute(asked, execution_options=_STREAM) as rows:
        yield from rows


def _stations(conn: Connection) -> Iterator[Row]:
    """Each station with the ends of its closed epochs, and with the renewals that closed them."""
    closed, renewed = _by_station(conn, _closed), _by_station(conn, _renewed)
    for row in _stream(conn, _enrolled):
        also = {"closed": closed.get(row.station_id, []), "renewals": renewed.get(row.station_id, [])}
        yield dict(row._mapping) | also  # noqa: SLF001 - the documented way to a row's names


def _by_station(conn: Connection, asked: Select[Any]) -> Mapping[str, list[Row]]:
    found = dict[str, list[Row]]()
    for row in _stream(conn, asked):
        station_id, said = row.station_id, dict(row._mapping)  # noqa: SLF001 - as above
        found.setdefault(station_id, []).append({n: v for n, v in said.items() if n != "station_id"})
    return found


def _receipts(conn: Connection) -> Iterator[Row]:
    for row in _stream(conn, select(receipt).order_by(receipt.c.id)):
        # Evidence may be no text at all.
        digits = row.state == EVIDENCE
        parts = {name: getattr(row, name) for name in ("header", "facts", "private")}
        yield {
            "place": row.id,
            "station_id": row.station_id,
            "epoch": row.epoch,
            "seq": row.seq,
            "event_id": row.event_id,
            "hash": row.hash,
            **{name: _written(part, digits=digits) for name, part in parts.items()},
            "salt": row.salt,
            "sig": row.sig,
            "received_at": row.received_at,
            "state": row.state,
            "digits": digits,
        }


def _written(part: bytes | None, *, digits: bool) -> str | None:
    if part is None:
        return None
    return bytes(part).hex() if digits else bytes(part).decode()


def _verdicts(conn: Connection) -> Iterator[Row]:
    each = groupby(_stream(conn, _approvals), key=lambda row: row.about)
    waiting = next(each, None)
    for row in conn.execute(_judged):
        found = list[Row]()
        while waiting is not None and waiting[0] <= row.id:
            if waiting[0] == row.id:
                found = [_reasoned(one) | {"statement": one.statement} for one in waiting[1]]
            waiting = next(each, None)
        yield _reasoned(row) | {
            "event_id": row.event_id,
            "authorization": row.authorization,
            "money_minor": row.money_minor,
            "currency": row.currency,
            "approvals": found,
        }


def _reasoned(row: Any) -> Row:
    return {"verdict": row.verdict, "reasons": json.loads(row.reasons)}


def _balances(conn: Connection) -> Iterator[Row]:
    for qty, *parts in _stream(conn, _held):
        yield {"account": account_of(parts).to_json(), "qty": int(qty)}


def _journal(conn: Connection) -> Iterator[Row]:
    for _, lines in groupby(_stream(conn, _entries), key=lambda row: (row.event, row.n)):
        first, *rest = lines
        yield {
            "event_id": first.event_id,
            "owner": first.owner,
            "currency": first.currency,
            "occurred_on": first.occurred_on,
            "posted_on": first.posted_on,
            "reverses": first.reverses,
            "lines": [
                {"book": row.book, "minor": int(row.minor), "sku": row.sku, "qty": int(row.qty)}
                for row in (first, *rest)
            ],
        }


def _totals(conn: Connection) -> Iterator[Row]:
    for row in _stream(conn, _sums):
        yield {"owner": row.owner, "currency": row.currency, "book": row.book, "minor": int(row.minor)}


_enrolled = select(
    station.c.station_id,
    station.c.name,
    station.c.bench,
    station.c.public_key,
    station.c.install_id,
    station.c.site,
    station.c.owner,
    station.c.epoch,
    station.c.head_seq,
    station.c.head_hash,
    station.c.enrolled_at,
    station.c.fenced,
).order_by(station.c.bench)
_closed = select(past_chain).order_by(past_chain.c.station_id, past_chain.c.epoch)
_renewed = select(
    renewal.c.station_id,
    renewal.c.epoch,
    renewal.c.from_epoch,
    renewal.c.cause,
    renewal.c.install_id,
    renewal.c.replaced,
    renewal.c.head_seq,
    renewal.c.confirmed,
    renewal.c.seen,
    renewal.c.renewed_at,
).order_by(renewal.c.station_id, renewal.c.epoch)
_approvals = (
    select(
        event_approval.c.id.label("about"),
        approval.c.verdict,
        approval.c.reasons,
        approval.c.statement,
    )
    .join_from(event_approval, approval, approval.c.event_id == event_approval.c.event_id)
    .order_by(event_approval.c.id, approval.c.n)
)
_judged = select(event_approval).order_by(event_approval.c.id)
_held = (
    select(balance.c.qty, *ACCOUNT_COLUMNS)
    .join_from(balance, account, account.c.id == balance.c.account)
    .where(balance.c.qty != 0)
    .order_by(account.c.id)
)
_entries = (
    select(
        journal_entry,
        event.c.event_id,
        journal_line.c.book,
        journal_line.c.minor,
        journal_line.c.sku,
        journal_line.c.qty,
    )
    .join_from(journal_entry, event, event.c.id == journal_entry.c.event)
    .join(
        journal_line,
        (journal_line.c.event == journal_entry.c.event) & (journal_line.c.entry == journal_entry.c.n),
    )
    .order_by(journal_entry.c.event, journal_entry.c.n, journal_line.c.n)
)
_sums = (
    select(
        journal_entry.c.owner,
        journal_entry.c.currency,
        journal_line.c.book,
        func.sum(journal_line.c.minor).label("minor"),
    )
    .join_from(
        journal_entry,
        journal_line,
        (journal_line.c.event == journal_entry.c.event) & (journal_line.c.entry == journal_entry.c.n),
    )
    .group_by(journal_entry.c.owner, journal_entry.c.currency, journal_line.c.book)
    .order_by(journal_entry.c.owner, journal_entry.c.currency, journal_line.c.book)
)
_FILES: Mapping[str, Callable[[Connection], Iterator[Row]]] = {
    shape.STATIONS: _stations,
    shape.POLICY_KEYS: _plain(
        select(policy_key.c.number, policy_key.c.document, policy_key.c.sig).order_by(policy_key.c.number)
    ),
    shape.CERTIFICATES: _plain(
        select(
            approver_certificate.c.approver,
            approver_certificate.c.document,
            approver_certificate.c.sig,
            approver_certificate.c.issued_at,
            approver_certificate.c.feed_gen,
            approver_certificate.c.feed_pos,
        ).order_by(approver_certificate.c.issued_at, approver_certificate.c.digest)
    ),
    shape.REVOCATIONS: _plain(select(approver_revocation).order_by(approver_revocation.c.number)),
    shape.CHECKPOINTS: _plain(
        select(
            audit_checkpoint.c.number,
            audit_checkpoint.c.policy_key,
            audit_checkpoint.c.document,
            audit_checkpoint.c.sig,
        ).order_by(audit_checkpoint.c.number)
    ),
    shape.VERDICTS: _verdicts,
    shape.RECEIPTS: _receipts,
    shape.FEED: _plain(
        select(feed.c.pos, feed.c.gen, feed.c.kind, feed.c.key, feed.c.document, feed.c.event_id).order_by(
            feed.c.pos
        )
    ),
    shape.BALANCES: _balances,
    shape.JOURNAL: _journal,
    shape.TOTALS: _totals,
}
