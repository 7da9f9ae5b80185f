"""Bugs of the station's side of the wire."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from sqlalchemy import delete

from app.domain.feed import Cursor, Page
from app.domain.refusal import Refused, Unavailable
from app.ledger import meta, mirror, outbox
from app.ledger.mirror import Applied
from app.ledger.tables import meta as meta_table
from app.ledger.tables import outbox as outbox_table
from app.ledger.writer import Ledger
from sync.central.api import sync
from sync.central.store import receipt
from sync.client.push import Pusher
from sync.client.transport import HttpCentre
from sync.wire.answers import Ack, Answer
from sync.wire.messages import Hello, Push, Verdict, Welcome
from tests.simulator.mutants.patching import Mutant, swap

_welcome = receipt.welcome
_apply, _push, _hello = mirror.apply_page, HttpCentre.push, HttpCentre.hello
_acknowledge, _pending, _confirmed = outbox.acknowledge, outbox.pending, Pusher._confirmed


def _taken_off(ledger: Ledger, upto: int) -> bool:
    with ledger.transaction() as tx:
        last = upto + outbox.chapter(ledger).shift
        tx.connection.execute(delete(outbox_table).where(outbox_table.c.seq <= last))
        tx.connection.execute(
            meta_table.update().where(meta_table.c.name == meta.ACKNOWLEDGED).values(value=str(upto))
        )
    return True


def _ack_any_hash(ledger: Ledger, epoch: int, upto: int, head_hash: str) -> bool:
    del epoch, head_hash
    return _taken_off(ledger, min(upto, ledger.head.seq)) if upto > outbox.acknowledged(ledger) else True


def _ack_everything(ledger: Ledger, epoch: int, upto: int, head_hash: str) -> bool:
    known = _acknowledge(ledger, epoch, upto, head_hash)
    return _taken_off(ledger, ledger.head.seq) if known else known


def _ack_one_more(ledger: Ledger, epoch: int, upto: int, head_hash: str) -> bool:
    known = _acknowledge(ledger, epoch, upto, head_hash)
    if known and upto < ledger.head.seq:
        _taken_off(ledger, upto + 1)
    return known


def _ack_of(push: Push) -> Ack:
    last = push.events[-1].opened()
    return Ack(last.epoch, last.seq, last.hash, 1, 0)


def _lost_is_ack(self: HttpCentre, push: Push) -> Answer:
    try:
        return _push(self, push)
    except Unavailable:
        return _ack_of(push)


def _refused_is_ack(self: HttpCentre, push: Push) -> Answer:
    try:
        return _push(self, push)
    except Refused:
        return _ack_of(push)


def _never_renews(conn: Any, caller: Any, hello: Any, now: Any) -> Any:
    return replace(_welcome(conn, caller, hello, now), verdict=Verdict.CONTINUE)


def _newest_first(ledger: Ledger, limit: int) -> Any:
    return list(reversed(_pending(ledger, limit)))


def _skips_first(ledger: Ledger, limit: int) -> Any:
    found = _pending(ledger, limit)
    return found[1:] if len(found) > 8 else found


def _any_session(self: Pusher, ack: Ack, batch: Any, epoch: int, feed_gen: int) -> None:
    _confirmed(self, replace(ack, epoch=epoch, feed_gen=feed_gen), batch, epoch, feed_gen)


def _any_welcome(self: HttpCentre, hello: Hello) -> Welcome:
    return replace(_hello(self, hello), nonce=hello.nonce)


def _cursor_first(ledger: Ledger, page: Page) -> Applied:
    before = ledger.cursor
    if page.cursor > before:
        with ledger.transaction() as tx:
            ledger.set_cursor(tx, page.cursor)
        ledger._remembered().cursor = before
    return _apply(ledger, page)


def _one_short(ledger: Ledger, page: Page) -> Applied:
    return _apply(ledger, replace(page, changes=page.changes[:-1]))


def _first_wins(ledger: Ledger, page: Page) -> Applied:
    return _apply(ledger, replace(page, changes=tuple(reversed(page.changes))))


def _beyond(ledger: Ledger, page: Page) -> Applied:
    done = _apply(ledger, page)
    if ledger.cursor.pos % 5 == 0:
        with ledger.transaction() as tx:
            ledger.set_cursor(tx, Cursor(page.gen, page.upto + 1))
    return done


def _no_stock(ledger: Ledger, page: Page) -> Applied:
    held = page.stock
    if held is not None and held.held:
        page = replace(page, stock=replace(held, held=held.held[:-1]))
    return _apply(ledger, page)


def _both(stack: ExitStack) -> None:
    swap(Pusher, "_confirmed", _any_session)(stack)
    swap(HttpCentre, "hello", _any_welcome)(stack)


def _uncompared(stack: ExitStack) -> None:
    """Each side alone finds what differs, so that the other one's mistake by itself changes nothing."""
    swap(outbox, "acknowledge", _ack_any_hash)(stack)
    swap(sync, "welcome", _never_renews)(stack)


CLIENT = (
    Mutant("nobody_compares", "neither side compares the chains' hashes", _uncompared, copies=True),
    Mutant(
        "ack_everything", "an ACK counts for all that waits", swap(outbox, "acknowledge", _ack_everything)
    ),
    Mutant(
        "ack_one_more", "an ACK counts for one event too many", swap(outbox, "acknowledge", _ack_one_more)
    ),
    Mutant(
        "lost_is_ack",
        "no answer, or a sign-in page, counts as an ACK",
        swap(HttpCentre, "push", _lost_is_ack),
    ),
    Mutant("refused_is_ack", "a refusal counts as an ACK", swap(HttpCentre, "push", _refused_is_ack)),
    Mutant("newest_first", "events go out in the wrong order", swap(outbox, "pending", _newest_first)),
    Mutant(
        "skips_first", "a long queue is sent without its first event", swap(outbox, "pending", _skips_first)
    ),
    Mutant("stale_answers", "late answers of other sessions are taken", _both, copies=True),
    Mutant("cursor_first", "the cursor is saved before its page", swap(mirror, "apply_page", _cursor_first)),
    Mutant("page_one_short", "the last change of a page is left out", swap(mirror, "apply_page", _one_short)),
    Mutant(
        "first_change_wins",
        "of two changes of a record the older one stays",
        swap(mirror, "apply_page", _first_wins),
    ),
    Mutant("cursor_beyond", "the cursor is put one too far", swap(mirror, "apply_page", _beyond)),
    Mutant(
        "stock_one_short",
        "the last account of a page of stock is left out",
        swap(mirror, "apply_page", _no_stock),
    ),
)
