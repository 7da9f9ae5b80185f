"""Bugs of the centre's receipt and of its feed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from app.domain.envelope import Envelope, verify
from app.domain.feed import Page
from sync.central.api import signed, sync
from sync.central.api.signed import SignedDesk
from sync.central.store import feed, pages, receipt, settling, site_stock
from sync.central.store.receipt import _Batch
from sync.central.store.settling import Settler
from sync.wire.answers import Answer, Gap
from sync.wire.sealed import Sealed
from tests.simulator.house import Killed
from tests.simulator.mutants.patching import Mutant, everywhere, swap

_store, _signed, _publish = _Batch._store, SignedDesk.signed, feed.publish
_page, _judge = pages.page_after, _Batch._judge
_stock, _settle = site_stock.page_of, Settler.settle


def _twice(self: _Batch, fresh: list[Envelope]) -> None:
    _store(self, fresh)
    self._settler.settle(fresh)


def _head_first(self: _Batch, fresh: list[Envelope]) -> None:
    if fresh:
        head = {"of": self.head.station_id, "to_seq": self.head.seq, "to_hash": self.head.hash}
        receipt._advance.run(self._conn, [head])
        raw = self._conn.connection.cursor()
        raw.execute("COMMIT")
        raw.execute("BEGIN IMMEDIATE")
    _store(self, fresh)


def _receipt_first(self: _Batch, fresh: list[Envelope]) -> None:
    """Receipts are committed as posted before anything is posted."""
    settle = self._settler.settle

    def later(envelopes: Sequence[Envelope]) -> None:
        raw = self._conn.connection.cursor()
        raw.execute("COMMIT")
        raw.execute("BEGIN IMMEDIATE")
        settle(envelopes)

    self._settler.settle = later  # type: ignore[method-assign]  # the bug
    _store(self, fresh)


def _answer_first(self: SignedDesk, caller: Any, do: Any) -> Any:
    said: list[Any] = []

    def kept(conn: Any, station: Any) -> Any:
        said.append(do(conn, station))
        return said[-1]

    try:
        return _signed(self, caller, kept)
    except Killed:
        if not said:
            raise
        return said[-1]


def _one_dropped(self: _Batch, fresh: list[Envelope]) -> None:
    _store(self, fresh[:-1] if len(fresh) > 5 else fresh)


def _no_gap(self: _Batch, event: Sealed, fresh: list[Envelope]) -> Callable[[], Answer] | None:
    envelope = event.opened()
    if envelope.seq <= self.head.seq:
        return None
    fresh.append(envelope)
    self.head = envelope.head
    return None


def _no_signature(envelope: Envelope, verifier: Any) -> None:
    del envelope, verifier


def _reject_is_gap(self: _Batch, event: Sealed, fresh: list[Envelope]) -> Callable[[], Answer] | None:
    stop = _judge(self, event, fresh)
    return partial(Gap, self.head.seq) if stop is not None else None


def _half_published(conn: Any, changes: Sequence[Any]) -> None:
    _publish(conn, changes[:-1] if len(changes) > 1 else changes)


def _published_apart(conn: Any, changes: Sequence[Any]) -> None:
    for change in changes:
        _publish(conn, [change])
    if len(changes) > 2:
        conn.exec_driver_sql("UPDATE feed SET pos = pos + 1 WHERE pos = (SELECT max(pos) FROM feed)")


def _everywhere(
    conn: Any, cursor: Any, limit: int, most: int = pages.MAX_SIGNS, site: str | None = None
) -> Page:
    del site
    return _page(conn, cursor, limit, most, None)


def _from_beginning(
    conn: Any, cursor: Any, limit: int, most: int = pages.MAX_SIGNS, site: str | None = None
) -> Page:
    found = _page(conn, cursor, limit, most, site)
    return replace(found, changes=found.changes[1:]) if cursor.pos else found


def _no_zero(conn: Any, station_id: str, asked: str, most: int = site_stock.MOST_ACCOUNTS) -> Any:
    found = _stock(conn, station_id, asked, most)
    return replace(found, held=tuple(held for held in found.held if held.qty))


def _no_duplicate(self: _Batch, envelope: Envelope, same: bool) -> str:
    del self, envelope, same
    return str(settling.POSTED)


def _not_kept(self: _Batch, event: Sealed, seq: int, raw: str) -> None:
    del self, event, seq, raw


def _never_again(self: Settler) -> int:
    del self
    return 0


def _not_parked(_conn: Any) -> set[str]:
    return set()


def _no_nonce(conn: Any, caller: Any, now: Any) -> None:
    del conn, caller, now


CENTRE = (
    Mutant("settled_twice", "a batch is posted twice", swap(_Batch, "_store", _twice)),
    Mutant(
        "head_first", "the chain's head is committed before its events", swap(_Batch, "_store", _head_first)
    ),
    Mutant(
        "receipt_first", "receipts are committed before their posting", swap(_Batch, "_store", _receipt_first)
    ),
    Mutant("answer_first", "the ACK is sent before the commit", swap(SignedDesk, "signed", _answer_first)),
    Mutant(
        "batch_one_short",
        "the last event of a long batch is not stored",
        swap(_Batch, "_store", _one_dropped),
    ),
    Mutant(
        "gap_accepted",
        "any sequence number and any predecessor is taken",
        swap(_Batch, "_judge", _no_gap),
        copies=True,
    ),
    Mutant("no_signature", "events count without their signature", everywhere(verify, _no_signature)),
    Mutant(
        "reject_is_gap", "bytes nobody signed are answered as a gap", swap(_Batch, "_judge", _reject_is_gap)
    ),
    Mutant("evidence_dropped", "what is rejected is not kept", swap(_Batch, "_keep_evidence", _not_kept)),
    Mutant(
        "half_published",
        "the last record of a commit is not published",
        everywhere(feed.publish, _half_published),
    ),
    Mutant(
        "feed_hole",
        "positions of the feed are not those of its counter",
        everywhere(feed.publish, _published_apart),
    ),
    Mutant(
        "other_sites_told",
        "stations are told of other sites' transfers",
        swap(sync, "page_after", _everywhere),
    ),
    Mutant(
        "page_begins_late",
        "the first change after a cursor is left out",
        swap(sync, "page_after", _from_beginning),
    ),
    Mutant(
        "zero_not_told", "accounts that are empty now are not told", swap(site_stock, "page_of", _no_zero)
    ),
    Mutant(
        "posted_again",
        "an event that was sent again counts again",
        swap(_Batch, "_again", _no_duplicate),
        copies=True,
    ),
    Mutant("never_settled", "what waits is never tried again", swap(Settler, "settle_waiting", _never_again)),
    Mutant(
        "not_parked",
        "later events do not wait behind an unposted one",
        swap(settling, "_subjects_waiting", _not_parked),
    ),
    Mutant("nonce_forgotten", "a request may be taken twice", swap(signed, "take_nonce", _no_nonce)),
)
