"""Requests that wait for an approver, as a review shows them: read from the record and put into words."""

from __future__ import annotations

from dataclasses import replace

from app.domain.approvals.statement import decider_of
from app.domain.clock import from_text
from app.domain.event import EventKind
from app.domain.fields import Fields
from app.domain.item import Item
from app.domain.policy import Policy
from app.ledger import site_stock
from app.ledger.writer import Ledger
from app.queries import awaiting, catalogue, history
from app.queries.awaiting import Awaiting
from app.queries.history import Recorded
from app.station.setup import Setup
from app.workflows.approvals.halves import signed_by
from app.workflows.approvals.state import Half, Pending
from app.workflows.bench.inspection_work import photo_address
from app.workflows.counting.context import is_whole

_STORY = 3


class Requests:
    """Reads the local record for a review; writes nothing. What it read stands until the record changes."""

    def __init__(self, ledger: Ledger, setup: Setup) -> None:
        self._ledger = ledger
        self._setup = setup
        self._read_at: object = None
        self._found: tuple[Awaiting, ...] = ()

    def pending(self, policy: Policy, halves: tuple[Half, ...]) -> tuple[Pending, ...]:
        """Every request, the one that waits longest first."""
        at = (self._ledger.head.seq, self._ledger.cursor, site_stock.asks_from(self._ledger))
        if at != self._read_at:
            whole = is_whole(site_stock.asks_from(self._ledger))
            self._found = awaiting.awaiting(self._ledger.connection, whole)
            self._read_at = at
        waiting = (self._shown(asked, policy) for asked in self._found)
        return tuple(replace(pending, signed_by=signed_by(halves, pending)) for pending in waiting)

    def _shown(self, asked: Awaiting, policy: Policy) -> Pending:
        event = asked.cause.event
        f = Fields(event.body, "a request")
        sku, rma = f.text("sku"), f.maybe_text("rma") or f.maybe_text("return") or ""
        item = catalogue.by_sku(self._ledger.connection, sku) or Item(sku, sku)
        photos = _texts(f, "photos")
        # Who chose it over a rule asks for it, whoever worked at the bench: so the centre takes a word that
        # it finds valid. One that it doubts it holds against the operator too; no station knows its verdict.
        by = decider_of(event) or event.operator
        queried = asked.queried
        return Pending(
            cause=event.event_id,
            label=asked.account.label or "",
            item=item,
            qty=asked.qty,
            account=asked.account,
            by=by,
            by_name=self._name(by),
            session=event.session,
            since=asked.cause.wall,
            value=item.value_minor * asked.qty,
            currency=item.currency,
            grade=f.maybe_text("grade") or "",
            why=", ".join(_answers(policy, _texts(f, "answers"))),
            rule=_rule(policy, f.maybe_text("rule") or ""),
            rma=rma,
            policy_ver=event.policy_ver or "",
            photo=photo_address(photos[-1]) if photos else "",
            story=self._story(asked, rma),
            asked_again=str(queried.event.body.get("reason", "")) if queried else "",
            at=self._time(asked.cause.wall),
        )

    def _story(self, asked: Awaiting, rma: str) -> tuple[tuple[str, str], ...]:
        """What happened to the unit, the newest first: a few lines."""
        entries = [entry for entry in asked.story if not entry.undone]
        if rma:
            about = history.timeline(self._ledger.connection, f"rma:{rma}")
            entries += [entry for entry in about if entry.event.kind == EventKind.RETURN_ARRIVED]
        entries.sort(key=lambda entry: -entry.seq)
        told = [(self._time(entry.wall), words) for entry in entries if (words := self._words(entry, rma))]
        return tuple(told[:_STORY])

    def _words(self, entry: Recorded, rma: str) -> str:
        say, body, by = self._setup.texts.say, entry.event.body, self._name(entry.event.operator)
        match entry.event.kind:
            case EventKind.RETURN_ARRIVED:
                return say("approvals.story.received", rma=rma)
            case EventKind.RETURN_DISPOSITIONED:
                return say("approvals.story.graded", grade=body.get("grade"), by=by)
            case EventKind.RETURN_REGRADED:
                return say("approvals.story.regraded", grade=body.get("grade"), by=by)
            case EventKind.WRITE_OFF_QUERIED:
                return say("approvals.story.asked", by=by, what=body.get("reason"))
        return ""

    def _name(self, person: str) -> str:
        here = self._setup.person
        return here.name if person == here.id else person

    def _time(self, wall: str) -> str:
        local = from_text(wall).astimezone(self._setup.zone)
        today = self._setup.clock.now().astimezone(self._setup.zone).date()
        return f"{local:%H:%M}" if local.date() == today else f"{local.day} {local:%b}"


def _texts(f: Fields, name: str) -> tuple[str, ...]:
    return f.texts(name) if f.raw().get(name) is not None else ()


def _answers(policy: Policy, given: tuple[str, ...]) -> list[str]:
    words = {answer.id: answer.caption for question in policy.questions for answer in question.answers}
    return [words.get(answer, answer) for answer in given]


def _rule(policy: Policy, rule: str) -> str:
    name = next((found.name for found in policy.rules if found.id == rule), "")
    return f"{rule}: {name}" if name else rule
