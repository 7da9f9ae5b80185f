"""The gate of the money: what happens to goods of a return opens, or takes back, what is owed for them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, literal_column, select, update

from app.domain.event import Event, EventKind
from sync.central.rules.progress import Deed
from sync.central.rules.refunds import RefundState
from sync.central.store import replacements, serial_words
from sync.central.store.act import Act
from sync.central.store.chain import CENTRE, CentreChain
from sync.central.store.exceptions import Case, close_cases, open_case
from sync.central.store.journal import Fact
from sync.central.store.prepared import asking
from sync.central.store.refund_rules import RefundRules
from sync.central.store.refunds import Opening, find, of_cause, on_line, open_for_units, payable_of, step
from sync.central.store.savepoint import tried
from sync.central.store.tables import blind_unit, event, order_line, refund, rma_line, rma_match

_log = logging.getLogger(__name__)
# What is not with the customer yet is taken back without asking anybody.
_TAKEN_BACK: Mapping[str, RefundState] = {
    RefundState.DUE: RefundState.WITHDRAWN,
    RefundState.POSTED: RefundState.REVERSED,
    RefundState.FAILED: RefundState.REVERSED,
}
# The money is on its way to the customer, or there.
_AWAY = frozenset({RefundState.PAYING.value, RefundState.PAID.value})
# Goods of a line were judged, at a bench or when a unit that nobody announced found its sale.
_DECIDED = frozenset(
    {
        EventKind.RETURN_DISPOSITIONED,
        EventKind.RETURN_MATCHED,
        EventKind.RETURN_ACCEPTED,
        EventKind.RETURN_NAMED,
    }
)


def gate(conn: Connection, facts: Sequence[Fact], posted_at: datetime, chain: CentreChain) -> None:
    """Opens refunds for units that were dispositioned, and withdraws those whose disposition was taken back.

    Whatever fails in it, what happened to the goods stands, and a case says what was not decided.
    """
    decided, undone = list[Fact](), list[Fact]()
    for fact in facts:
        kind = fact.event.kind
        if kind == EventKind.RETURN_DISPOSITIONED or (kind in _DECIDED and fact.origin == CENTRE):
            decided.append(fact)
        elif kind == EventKind.RETURN_UNDONE and fact.event.corrects:
            undone.append(fact)
    if concerned := _with_sales(conn, decided) | _with_refunds(conn, undone):
        happened = [fact.event for fact in decided if fact.event.event_id in concerned]
        known = _Known.read(conn, {event.event_id: event.body for event in happened})
        for fact in facts:
            if fact.event.event_id in concerned:
                act = _act(conn, fact, posted_at, chain)
                _decided(act, fact.event.event_id, partial(_follow, act, fact.event, known))
    words = serial_words.concerned(conn, {fact.event.corrects for fact in undone if fact.event.corrects})
    if units := serial_words.naming(conn, words):
        known, act = _Known.read(conn, units), _act(conn, undone[-1], posted_at, chain)
        for event_id, body in units.items():
            _decided(act, event_id, partial(_accept_again, act, event_id, body, known))


def _act(conn: Connection, cause: Fact, posted_at: datetime, chain: CentreChain) -> Act:
    return Act(conn, chain, CENTRE, f"event:{cause.event.event_id}", cause.dated, posted_at)


@dataclass(frozen=True, slots=True)
class _Known:
    """What no refund changes, read once: the rules, the item of each return line, and what was undone."""

    rules: RefundRules
    items: Mapping[tuple[str, int], str]
    undone: AbstractSet[str]
    others: AbstractSet[str]

    @classmethod
    def read(cls, conn: Connection, happened: Mapping[str, Mapping[str, Any]]) -> _Known:
        """Of events that judged goods, by their ids, with what they say."""
        bodies = list(happened.values())
        codes = {code for body in bodies if isinstance(code := body.get("rma"), str)}
        skus = {sku for body in bodies if isinstance(sku := body.get("sku"), str)}
        lines = _items_of.rows(conn, codes=sorted(codes)) if codes else ()
        undone = _undone.rows(conn, ids=sorted(happened)) if happened else ()
        return cls(
            RefundRules.read(conn, codes, skus),
            {(row.rma, row.line): row.sku for row in lines},
            {row.corrects for row in undone},
            serial_words.others(conn, bodies).keys(),
        )

    def gated(self, event_id: str) -> bool:
        """Whether a bench's unit has a serial that was not sold on its line: a person decides about it.

        One that a supervisor accepted at the bench is decided about, when that word holds.
        """
        return event_id in self.others


def _with_sales(conn: Connection, decided: Sequence[Fact]) -> set[str]:
    """Those whose return was matched with a sale that has a price; they are asked about together."""
    codes = {
        fact.event.event_id: code for fact in decided if isinstance(code := fact.event.body.get("rma"), str)
    }
    priced = {row.rma for row in _priced.rows(conn, codes=sorted({*codes.values()}))} if codes else set[str]()
    return {event_id for event_id, code in codes.items() if code in priced}


def _with_refunds(conn: Connection, undone: Sequence[Fact]) -> set[str]:
    """Those that take back what money was owed for, when it happened or when its sale was found."""
    causes = {fact.event.corrects for fact in undone if fact.event.corrects}
    owed = {row.cause for row in _owing.rows(conn, events=sorted(causes))} if causes else set[str]()
    return {fact.event.event_id for fact in undone if fact.event.corrects in owed}


def catch_up(act: Act, deeds: Iterable[Deed]) -> None:
    """Opens what is owed for goods that were judged before their return was authorized."""
    for deed in deeds:
        if deed.kind == EventKind.RETURN_DISPOSITIONED and not of_cause(act.conn, deed.event_id):
            _decided(act, deed.event_id, partial(_came_before, act, deed.event_id, deed.facts.raw()))


def _came_before(act: Act, event_id: str, body: Mapping[str, Any]) -> None:
    known = _Known.read(act.conn, {event_id: body})
    if not known.gated(event_id):
        _judge(act, event_id, body, known)


def _decided(act: Act, event_id: str, decide: Callable[[], None]) -> None:
    if not tried(act.conn, decide, _log, "no refund was decided for %s", event_id):
        open_case(act.conn, _undecided(event_id), act.posted_at)


def _follow(act: Act, happened: Event, known: _Known) -> None:
    if happened.kind in _DECIDED:
        _open(act, happened, known)
    elif happened.corrects:
        _take_back(act, happened.corrects)


def _open(act: Act, happened: Event, known: _Known) -> None:
    if happened.event_id in known.undone:
        # It was taken back before it was heard of.
        return
    if happened.kind == EventKind.RETURN_DISPOSITIONED and known.gated(happened.event_id):
        return
    grade = next((move.target.grade for move in reversed(happened.moves) if move.target.grade), "")
    _judge(act, happened.event_id, {"grade": grade, **happened.body}, known)


def _judge(act: Act, event_id: str, body: Mapping[str, Any], known: _Known) -> None:
    code, line, qty = body.get("rma"), body.get("line"), body.get("qty")
    named = isinstance(code, str) and type(line) is int and type(qty) is int
    if not named or body.get("wrong_item"):
        # What came is not what was sold on the line; whether it is paid for is for a person.
        return
    sold = known.items.get((str(code), int(str(line))))
    if sold is None or sold != body.get("sku"):
        return
    decided = known.rules.rule_for(str(code), int(str(line)), body)
    if open_for_units(act, Opening(str(code), int(str(line)), event_id, *decided), int(str(qty))):
        return
    standing = [row.code for row in on_line(act.conn, str(code), int(str(line))) if row.state in _AWAY]
    if standing:
        # Money that was paid without its goods has them again.
        keys = [goods_key(one) for one in standing]
        close_cases(act.conn, keys, act.posted_at, "The goods came after all.")
        _mark(act, standing, gone=False)


def _accept_again(act: Act, event_id: str, body: Mapping[str, Any], known: _Known) -> None:
    """A word, or a unit of it, was taken back: of each unit that names it, whether money is due."""
    if known.gated(event_id):
        _take_back(act, event_id)
    elif not of_cause(act.conn, event_id):
        _judge(act, event_id, body, known)


def _take_back(act: Act, event_id: str) -> None:
    matched = act.conn.scalars(_matched_by, {"which": event_id}).all()
    for row in [row for cause in (event_id, *matched) for row in of_cause(act.conn, cause)]:
        to = _TAKEN_BACK.get(row.state)
        if row.state == RefundState.PAID and row.settles and not payable_of(row):
            # It paid for a replacement, and nothing of it is with the customer.
            to = RefundState.REVERSED
        if to is not None:
            step(act, row, to, "what it was for was taken back")
        elif row.state in _AWAY:
            open_case(act.conn, _without_goods(row), act.posted_at)
            _mark(act, [row.code], gone=True)


def _mark(act: Act, codes: Sequence[str], *, gone: bool) -> None:
    """Refunds whose money stands without its goods, or has them again: a replacement waits on that, too."""
    for code in codes:
        row = find(act.conn, code)
        act.conn.execute(_gone, {"which": code, "to": gone})
        if row.settles:
            replacements.reckon(
                act, row.rma, row.rma_line, f"the goods of refund {code} {'left' if gone else 'came'}"
            )


def answer(act: Act, code: str) -> None:
    """Closes the case of a refund without goods once the refund is reversed."""
    close_cases(act.conn, [goods_key(code)], act.posted_at, "The refund was reversed.")


def goods_key(code: str) -> str:
    """The key of the case of a refund whose goods were taken back out of the return."""
    return f"refund.without_goods:{code}"


def _without_goods(row: Any) -> Case:
    return Case(
        key=goods_key(row.code),
        type="refund.without_goods",
        subject=f"rma:{row.rma}",
        owner_role="finance",
        fix=f"What refund {row.code} was paid for was taken back: reverse the refund, or leave it when the "
        "customer keeps the money.",
        # What the customer has of it, not what the goods cost.
        money=(payable_of(row), row.currency),
    )


def _undecided(event_id: str) -> Case:
    return Case(
        key=f"refund.undecided:{event_id}",
        type="refund.undecided",
        subject=f"event:{event_id}",
        owner_role="finance",
        fix="What happened to the goods is posted, but the centre's program failed to decide about the "
        "money: credit the return by hand.",
    )


_gone = update(refund).where(refund.c.code == bindparam("which")).values(without_goods=bindparam("to"))
_undone = asking(
    lambda among: select(event.c.corrects).where(
        among(event.c.corrects, "ids"), event.c.kind == literal_column(f"'{EventKind.RETURN_UNDONE}'")
    )
)
_items_of = asking(
    lambda among: select(rma_line.c.rma, rma_line.c.line, rma_line.c.sku).where(
        among(rma_line.c.rma, "codes")
    )
)
_priced = asking(
    lambda among: (
        select(rma_match.c.rma)
        .join(
            order_line,
            (order_line.c.order == rma_match.c.order) & (order_line.c.line == rma_match.c.order_line),
        )
        .where(among(rma_match.c.rma, "codes"), order_line.c.unit_minor.is_not(None))
        .distinct()
    )
)
_owing = asking(
    lambda among: (
        select(refund.c.cause)
        .where(among(refund.c.cause, "events"))
        .union(
            select(blind_unit.c.event_id).where(
                among(blind_unit.c.event_id, "events"), blind_unit.c.matched_by.is_not(None)
            )
        )
    )
)
_matched_by = select(blind_unit.c.matched_by).where(
    blind_unit.c.event_id == bindparam("which"), blind_unit.c.matched_by.is_not(None)
)
