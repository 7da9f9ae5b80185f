"""Cases of what is kept back: an approval, a right that was withdrawn, what the goods are worth."""

from __future__ import annotations

from dataclasses import replace

from app.domain.approvals import Action, Newer, Reason
from app.domain.move import Move, MoveKind
from tests.approvals.cases import invalid, review
from tests.approvals.world import KNOWN, LIMITS, NOON, RUTHS, WORTH, Trial, ruths, write_off

_EVENT = write_off()
_GOOD = ruths(_EVENT)


@invalid(Reason.SUPERSEDED_KNOWN)
def under_an_older_certificate_with_a_right_that_was_withdrawn() -> Trial:
    """The station had read that Ruth may not write off any more, and has her sign by her older paper."""
    return _superseded(actions=frozenset({Action.UNLOCK}))


@invalid(Reason.SUPERSEDED_KNOWN)
def under_an_older_certificate_at_a_site_that_was_withdrawn() -> Trial:
    """The newer one is for another site."""
    return _superseded(sites=frozenset({"WH2"}))


@invalid(Reason.SUPERSEDED_KNOWN)
def under_an_older_certificate_for_more_than_the_newer_allows() -> Trial:
    """The limit for one approval was lowered below what it is worth."""
    return _superseded(limits=replace(LIMITS, single=WORTH - 1))


@invalid(Reason.SUPERSEDED_KNOWN)
def under_an_older_certificate_in_a_currency_that_was_withdrawn() -> Trial:
    """The newer limits are in euros."""
    return _superseded(limits=replace(LIMITS, currency="EUR"))


def _superseded(**less: object) -> Trial:
    newer = replace(RUTHS, not_before=NOON, **less)  # type: ignore[arg-type]  # parts are given by name
    return Trial(_EVENT, (_GOOD,), replace(KNOWN, newer={_GOOD.statement.proof: Newer("ab" * 32, newer)}))


@invalid(Reason.NOT_APPROVED)
def no_approval_at_all() -> Trial:
    """Nobody forges what may be left out."""
    return Trial(_EVENT, ())


@invalid(Reason.NOT_APPROVED)
def goods_lost_under_another_name() -> Trial:
    """A disposition whose units end in the scrap."""
    return Trial(replace(_EVENT, kind="return.dispositioned", moves=(_as(MoveKind.DISPOSE),)), ())


@invalid(Reason.WRONG_ACTION)
def goods_lost_by_a_word_that_only_overrides() -> Trial:
    """Ruth may decide otherwise about a unit, and the unit ends in the scrap."""
    certificate = replace(RUTHS, actions=frozenset({Action.OVERRIDE}))
    body = {**_EVENT.body, "decided_by": "RUTH"}
    event = replace(_EVENT, kind="unit.redecided", moves=(_as(MoveKind.DISPOSE),), body=body)
    return Trial(event, (ruths(event, certificate, action=Action.OVERRIDE),))


def _as(kind: MoveKind) -> Move:
    return replace(_EVENT.moves[0], kind=kind)


@review(Reason.UNDERSTATED)
def a_value_below_what_the_station_was_told() -> Trial:
    """A penny was signed for what the station's own records priced higher; within all limits."""
    return Trial(_EVENT, (ruths(_EVENT, value=1),), told=WORTH)


@review(Reason.UNDERSTATED, Reason.WORTH_UNKNOWN)
def a_value_for_goods_of_which_some_are_unknown() -> Trial:
    """A known unit hides a thousand of an item that nobody has a record of."""
    return Trial(_EVENT, (ruths(_EVENT, value=1),), told=WORTH, unpriced=True)
