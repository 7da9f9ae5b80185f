"""Posting: what events do to the ledger, and what follows from that at once."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, func, literal_column, select

from app.domain.account import Account, Status
from app.domain.approvals import action_of
from app.domain.event import Event, EventKind
from app.domain.move import MoveKind
from app.domain.place import is_virtual
from app.domain.returns import LineState
from sync.central.store import (
    bin_counts,
    discards,
    erasing,
    graders,
    outdated,
    overridden,
    photos,
    posting_cases,
    return_ends,
    settled_counts,
    station_decisions,
    transfer_arrivals,
    unapproved_words,
    undoing,
    unidentified,
    unlocks,
)
from sync.central.store.act import Act
from sync.central.store.approval_notes import note_approvers
from sync.central.store.approving import judge_approvals
from sync.central.store.backorders import settle
from sync.central.store.booking import book
from sync.central.store.chain import CENTRE, CentreChain
from sync.central.store.exceptions import open_case
from sync.central.store.failures import DATABASE_FAILED, quiet
from sync.central.store.gating import gate
from sync.central.store.journal import Balances, Entered, Fact, enter
from sync.central.store.prepared import asking
from sync.central.store.recovered import close_recovered, now_at
from sync.central.store.returns import blind_again, follow
from sync.central.store.savepoint import savepoint, tried
from sync.central.store.tables import account, balance, item
from sync.central.store.trail_reports import note_differences
from sync.central.store.work_following import keep_work

_log = logging.getLogger(__name__)

_FOLLOW_UPS = (
    (transfer_arrivals.follow, transfer_arrivals.KINDS),
    (bin_counts.follow, bin_counts.KINDS),
    (unapproved_words.follow, unapproved_words.KINDS),
)
# What the centre alone makes; a station's event of such a kind is posted, and answered for by a case. One
# that an approver may sign is answered for by the verdict on that.
MADE_HERE = frozenset(
    {
        EventKind.RETURN_MATCHED,
        EventKind.RETURN_SENT,
        EventKind.RETURN_ENDED,
        EventKind.RETURN_ACCEPTED,
        EventKind.RETURN_NAMED,
        EventKind.UNIT_REDECIDED,
        EventKind.GOODS_RECEIVED,
        EventKind.ORDER_SHIPPED,
        EventKind.STOCK_ADJUSTED,
        EventKind.STOCK_WRITTEN_OFF,
        EventKind.LEDGER_REPAIRED,
        EventKind.TRANSFER_SHIPPED,
        EventKind.TRANSFER_CLOSED,
        EventKind.WORK_STEP,
        EventKind.UNIT_REFURBISHED,
        EventKind.UNIT_GIVEN_UP,
        EventKind.CONSIGNMENT_DEPARTED,
        EventKind.CONSIGNMENT_REVERSED,
        EventKind.CONSIGNMENT_SETTLED,
        EventKind.REFUND_POSTED,
        EventKind.REFUND_PAID,
        EventKind.REFUND_FAILED,
        EventKind.REFUND_REVERSED,
        EventKind.REPLACEMENT_HELD,
        EventKind.REPLACEMENT_ADVANCED,
        EventKind.REPLACEMENT_RELEASED,
        EventKind.REPLACEMENT_LAPSED,
        EventKind.REPLACEMENT_OVERDUE,
        EventKind.REPLACEMENT_SETTLED,
        EventKind.REPLACEMENT_CHARGED,
        EventKind.REPLACEMENT_WAIVED,
        EventKind.REPLACEMENT_CANCELLED,
        EventKind.REPLACEMENT_PAID,
        EventKind.REPLACEMENT_UNPAID,
        EventKind.PERSONAL_KEPT,
        EventKind.PERSONAL_READ,
        EventKind.PERSONAL_ERASED,
        EventKind.CENTRE_GOVERNED,
        EventKind.EXCEPTION_RESOLVED,
    }
)


def post(conn: Connection, facts: Sequence[Fact], posted_at: datetime, chain: CentreChain) -> None:
    """Posts events, in their order, whose envelopes are already stored as receipts.

    Inserts the events and their moves, brings balances and return lines up to date, opens an exception for
    whatever does not fit once all are in, asks for the write-offs that dispositions want, then gives stock
    that became sellable to the oldest backorders and ships those orders that ship as stock comes. Those
    shipments are centre-made events, which `chain` seals.
    When giving fails, the events stay posted and an exception says what was not allocated.

    Args:
        conn: inside the one writer's transaction, in a savepoint: all are posted or none.
        facts: what happened, at least one.
        posted_at: now, by the centre's clock.
        chain: the centre's own chain.

    Raises:
        Refused: the body of a known kind cannot be read.
    """
    unmatched = _take_back_what_follows(conn, facts, posted_at, chain)
    entered = enter(conn, facts, posted_at)
    photos.note(conn, facts, posted_at)
    note_approvers(conn, facts)
    note_differences(conn, facts, posted_at)
    erasing.follow(conn, facts, posted_at)
    loose = judge_approvals(conn, facts, posted_at)
    unlocks.follow(conn, facts, loose, posted_at)
    _book(conn, facts, entered, posted_at, loose)
    follow(_act(conn, facts[-1], posted_at, chain), facts, entered.first)
    blind_again(conn, unmatched, posted_at)
    unidentified.follow(conn, facts, posted_at)
    gate(conn, facts, posted_at, chain)
    keep_work(conn, facts, posted_at)
    overridden.follow(conn, facts, posted_at)
    outdated.follow(conn, facts, loose, posted_at)
    graders.follow(conn, facts, loose, posted_at)
    station_decisions.note_approved(conn, facts, loose, posted_at)
    discards.follow(conn, facts, posted_at)
    station_decisions.note_rejected(conn, facts, posted_at)
    _follow_up(conn, facts, posted_at, chain)
    for fact in facts:
        _note_odd(conn, fact, posted_at)
    _note_unfit(conn, facts, entered, posted_at)
    close_recovered(conn, facts, entered, posted_at)
    for owner, items in _sellable(entered).items():
        act = _act(conn, _last_about(facts, owner, items), posted_at, chain)
        allocate(act, owner, items)


def record(act: Act, event: Event) -> None:
    """Seals a centre-made event into the centre's chain and posts it."""
    act.chain.seal(act.conn, event, act.posted_at)
    post(act.conn, [Fact(event, CENTRE, act.occurred_at)], act.posted_at, act.chain)


def _follow_up(conn: Connection, facts: Sequence[Fact], posted_at: datetime, chain: CentreChain) -> None:
    """What follows from receipts and counts; what happened stands whether following succeeds or not."""
    for follows, kinds in _FOLLOW_UPS:
        for fact in facts:
            if fact.event.kind not in kinds or fact.origin == CENTRE:
                continue
            with _stands(conn, fact.event, posted_at):
                # Each follow-up is recorded before the next one is worked out.
                for act, made in follows(conn, fact, posted_at, chain):
                    record(act, made)
    with _stands(conn, facts[-1].event, posted_at):
        settled_counts.settle(conn, facts, posted_at)


@contextmanager
def _stands(conn: Connection, happened: Event, at: datetime) -> Iterator[None]:
    """Whatever fails inside, what happened stands, and one exception says that nothing followed."""
    try:
        with quiet(), savepoint(conn):
            yield
    except DATABASE_FAILED:
        raise
    except Exception:  # noqa: BLE001 - whatever it was, a fact is never refused by what follows from it
        _log.exception("what follows from event %s was not done", happened.event_id)
        open_case(conn, posting_cases.not_followed(happened), at)


def _take_back_what_follows(
    conn: Connection, facts: Sequence[Fact], posted_at: datetime, chain: CentreChain
) -> Mapping[str, str]:
    """Before a bench's event is taken back, so is what the centre made of its unit, the newest first.

    The answer has the RMAs that units were matched with, by the bench's events.
    """
    unmatched = dict[str, str]()
    for fact in facts:
        what = fact.event
        if what.kind != EventKind.RETURN_UNDONE or what.corrects is None:
            continue
        for event_id in undoing.built_upon(conn, what.corrects):
            found = undoing.standing(conn, event_id)
            if found is None:
                continue
            act = _act(conn, fact, posted_at, chain)
            if _taken_back(act, found) and found.kind == EventKind.RETURN_MATCHED:
                unmatched[what.corrects] = str(found.body.get("rma"))
    return unmatched


def _taken_back(act: Act, found: undoing.Standing) -> bool:
    """Records what takes an event back; what the program fails in stays, and its account answers for it."""

    def take_back() -> None:
        # What was built upon that goes before it, and so on to the end of the chain.
        record(act, undoing.counter(act, found, "what it was about was taken back"))
        if found.kind == EventKind.RETURN_MATCHED:
            _unauthorize(act, found)

    return tried(act.conn, take_back, _log, "%s %s was not taken back", found.kind, found.event_id)


def _unauthorize(act: Act, matched: undoing.Standing) -> None:
    """A return that only the match authorized has nothing more to come."""
    row = return_ends.open_return(act.conn, str(matched.body.get("rma")))
    if row is not None and matched.body.get("authorized") is True:
        record(act, return_ends.ended(act, row, LineState.CANCELLED, "the bench took the unit back"))


def _book(
    conn: Connection, facts: Sequence[Fact], entered: Entered, posted_at: datetime, loose: AbstractSet[str]
) -> None:
    """Keeps the books; what happened stands whether the program manages that or not."""
    if _booked(conn, facts, entered, loose):
        return
    for fact in facts:
        # One event that cannot be booked holds up no other.
        if len(facts) == 1 or not _booked(conn, [fact], entered, loose):
            open_case(conn, posting_cases.not_booked(fact.event), posted_at)


def _booked(conn: Connection, facts: Sequence[Fact], entered: Entered, loose: AbstractSet[str]) -> bool:
    enter_books = partial(book, conn, facts, entered.rows, unapproved=loose)
    events = [fact.event.event_id for fact in facts]
    return tried(conn, enter_books, _log, "events %s are not in the books", events)


def _act(conn: Connection, cause: Fact, posted_at: datetime, chain: CentreChain) -> Act:
    """What the centre does because of a fact."""
    return Act(conn, chain, CENTRE, f"event:{cause.event.event_id}", cause.dated, posted_at)


def _last_about(facts: Sequence[Fact], owner: str, items: AbstractSet[str]) -> Fact:
    """The fact after which all these changes of sellable stock were in."""
    for fact in reversed(facts):
        for move in fact.event.moves:
            for end in (move.source, move.target):
                if end.owner == owner and end.item in items and end.status is Status.SELLABLE:
                    return fact
    return facts[-1]


def allocate(act: Act, owner: str, items: AbstractSet[str]) -> None:
    """Settles claims and backorders; what happened to the goods stands whether that succeeds or not."""
    if _settled(act, owner, items):
        return
    for sku in sorted(items):
        # One item that cannot be given to anybody holds up no other.
        if len(items) == 1 or not _settled(act, owner, {sku}):
            open_case(act.conn, posting_cases.not_allocated(act.session, owner, sku), act.posted_at)


def _settled(act: Act, owner: str, items: AbstractSet[str]) -> bool:
    what = "nothing of %s was allocated after %s"
    return tried(act.conn, partial(settle, act, owner, items), _log, what, sorted(items), act.session)


def _sellable(entered: Entered) -> dict[str, set[str]]:
    """The items, by owner, whose sellable stock changed."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for changed, _ in entered.changes:
        if changed.status is Status.SELLABLE:
            found[changed.owner].add(changed.item)
    return found


def _note_unfit(conn: Connection, facts: Sequence[Fact], entered: Entered, at: datetime) -> None:
    undone = any(fact.event.corrects for fact in facts)
    for short, qty in _still(conn, entered.negative):
        left_by = undoing.left_by(conn, short) if undone and short.label else None
        case = posting_cases.negative_case(short, qty)
        open_case(conn, posting_cases.taken_back(case, short, left_by.said) if left_by else case, at)
    skus = {end.item for fact in facts for move in fact.event.moves for end in (move.source, move.target)}
    if skus:
        known = {row.sku for row in _known.rows(conn, skus=sorted(skus))}
        for sku in sorted(skus - known):
            open_case(conn, posting_cases.unknown_item(sku), at)
    units = {
        (changed.owner, changed.item, changed.serial): changed
        for changed, qty in entered.changes
        if changed.serial and qty > 0 and not is_virtual(changed.location)
    }
    if units:
        serials = sorted({unit.serial for unit in units.values() if unit.serial})
        skus = {unit.item for unit in units.values()}
        for row in _inside.rows(conn, skus=sorted(skus), serials=serials):
            unit = units.get((row.owner, row.item, row.serial))
            if unit is not None and int(row.qty) > 1:
                open_case(conn, posting_cases.twice_case(unit), at)


def _still(conn: Connection, negative: Balances) -> Iterator[tuple[Account, int]]:
    """Those that stand below zero after what followed, too."""
    yield from ((short, qty) for short, qty in now_at(conn, negative).items() if qty < 0)


def _note_odd(conn: Connection, fact: Fact, at: datetime) -> None:
    """Cases for facts that stand although they cannot be whole: the moves are posted as they are."""
    event, judged = fact.event, fact.sealed is not None and action_of(fact.event) is not None
    if event.kind in MADE_HERE and fact.origin != CENTRE and not judged:
        open_case(conn, posting_cases.not_a_stations(event, fact.origin), at)
    if event.kind == EventKind.RETURN_DISPOSITIONED:
        qty, sku = event.body.get("qty"), event.body.get("sku")
        moved = Counter[MoveKind]()
        for move in event.moves:
            if move.source.item == sku:
                moved[move.kind] += move.qty
        steps = {moved[kind] for kind in (MoveKind.RETURN, MoveKind.DISPOSE) if moved[kind]}
        if steps != {qty}:
            open_case(conn, posting_cases.inconsistent(event, max(steps, default=0)), at)


_known = asking(lambda among: select(item.c.sku).where(among(item.c.sku, "skus")))
_inside = asking(
    lambda among: (
        select(account.c.owner, account.c.item, account.c.serial, func.sum(balance.c.qty).label("qty"))
        .join_from(account, balance, balance.c.account == account.c.id)
        .where(
            among(account.c.item, "skus"),
            among(account.c.serial, "serials"),
            literal_column("account.serial <> ''"),
            account.c.location.not_like("@%"),
        )
        .group_by(account.c.owner, account.c.item, account.c.serial)
    )
)
