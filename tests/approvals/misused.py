"""Cases of misuse: words that somebody with the right to it signed, used where they do not belong."""

from __future__ import annotations

from dataclasses import replace

from app.domain.approvals import Action, Place, Proof, Reason, Revoked
from tests.approvals.cases import invalid, review
from tests.approvals.world import (
    AWAY,
    BENCH,
    DAY,
    HOUR,
    KNOWN,
    NOON,
    OMAR,
    OMARS,
    POLICY,
    RUTH,
    RUTHS,
    SECOND,
    Trial,
    omars,
    ruths,
    said,
    write_off,
)

_EVENT = write_off()
_GOOD = ruths(_EVENT)
_REVOKED = replace(KNOWN, revoked={RUTH.public_key: Revoked(3, 50)})


@invalid(Reason.OTHER_BODY)
def altered_quantity() -> Trial:
    """One was shown, five were written off."""
    return Trial(write_off(qty=5), (_GOOD,), worth=(5_000, "GBP"))


@invalid(Reason.OTHER_BODY)
def altered_reason_in_the_event() -> Trial:
    """The facts say another reason than the screen did."""
    return Trial(replace(_EVENT, body={**_EVENT.body, "reason": "stolen"}), (_GOOD,))


@invalid(Reason.OTHER_BODY)
def altered_subject() -> Trial:
    """The event says that it is about something else."""
    return Trial(replace(_EVENT, subject=("sku:T-2",)), (_GOOD,))


@invalid(Reason.OTHER_BODY)
def altered_operator() -> Trial:
    """Somebody else is named as having done the work."""
    return Trial(replace(_EVENT, operator="kim"), (_GOOD,))


@invalid(Reason.OTHER_BODY)
def a_field_added_to_the_facts() -> Trial:
    """Facts that were not shown are added."""
    return Trial(replace(_EVENT, body={**_EVENT.body, "also": "T-2"}), (_GOOD,))


@invalid(Reason.OTHER_BODY)
def altered_policy_version() -> Trial:
    """The event claims to follow another policy."""
    return Trial(replace(_EVENT, policy_ver="2026.11-3"), (_GOOD,))


@invalid(Reason.OTHER_EVENT, Reason.OTHER_BODY)
def moved_to_another_event() -> Trial:
    """A good approval is put into another event."""
    return Trial(write_off(2), (_GOOD,))


@invalid(Reason.OTHER_BODY, Reason.WRONG_ACTION)
def moved_to_an_event_of_another_kind() -> Trial:
    """The event becomes a correction of stock."""
    return Trial(replace(_EVENT, kind="stock.adjusted", moves=()), (_GOOD,))


@invalid(Reason.NONCE_REUSED, Reason.COUNTER_REUSED)
def replayed() -> Trial:
    """The very statement was used before."""
    known = replace(
        KNOWN, nonces=frozenset({"00" * 15 + "01"}), counters={("RUTH", BENCH, 1): frozenset({1})}
    )
    return Trial(_EVENT, (_GOOD,), known)


@invalid(Reason.NONCE_REUSED)
def nonce_reused_under_a_new_number() -> Trial:
    """The nonce was used before, at whichever station."""
    return Trial(_EVENT, (_GOOD,), replace(KNOWN, nonces=frozenset({"00" * 15 + "01"})))


@invalid(Reason.COUNTER_REUSED)
def counter_reused_under_a_new_nonce() -> Trial:
    """A restored station gives a number twice."""
    known = replace(KNOWN, counters={("RUTH", BENCH, 1): frozenset({1, 2})})
    return Trial(_EVENT, (_GOOD,), known)


@invalid(Reason.NONCE_REUSED, Reason.COUNTER_REUSED)
def the_same_word_twice_in_one_event() -> Trial:
    """One statement stands twice, to pass for two people."""
    return Trial(_EVENT, (_GOOD, _GOOD))


@invalid(Reason.OTHER_STATION)
def in_an_event_of_another_station() -> Trial:
    """The event stands in the chain of another bench of the site."""
    return Trial(_EVENT, (_GOOD,), at=Place(SECOND, 1))


@invalid(Reason.OTHER_STATION, Reason.WRONG_SITE)
def in_an_event_of_another_site() -> Trial:
    """The event stands in the chain of a bench of another site."""
    return Trial(_EVENT, (_GOOD,), at=Place(AWAY, 1))


@invalid(Reason.OTHER_EPOCH)
def in_another_epoch() -> Trial:
    """The station was renewed, but not from the epoch that was signed."""
    return Trial(_EVENT, (_GOOD,), at=Place(BENCH, 2))


@invalid(Reason.OTHER_EPOCH)
def in_an_epoch_of_a_clone() -> Trial:
    """The centre renewed 1 into 3 at another computer; 2 was a clone's."""
    known = replace(KNOWN, renewed=frozenset({(BENCH, 1, 3)}))
    approval = ruths(_EVENT, asked_at=Place(BENCH, 2), given_at=Place(BENCH, 2))
    return Trial(_EVENT, (approval,), known, Place(BENCH, 3))


@invalid(Reason.OTHER_EPOCH)
def in_an_epoch_that_another_station_renewed() -> Trial:
    """A renewal of one station says nothing about another."""
    known = replace(KNOWN, renewed=frozenset({(SECOND, 1, 2)}))
    return Trial(_EVENT, (_GOOD,), known, at=Place(BENCH, 2))


@invalid(Reason.OTHER_EPOCH)
def in_an_older_epoch() -> Trial:
    """Renewals go one way."""
    known = replace(KNOWN, renewed=frozenset({(BENCH, 1, 2)}))
    approval = ruths(_EVENT, asked_at=Place(BENCH, 2), given_at=Place(BENCH, 2))
    return Trial(_EVENT, (approval,), known, at=Place(BENCH, 1))


@invalid(Reason.OTHER_EPOCH)
def asked_and_given_in_two_epochs_of_one_station() -> Trial:
    """At one station both are of one epoch."""
    return Trial(_EVENT, (ruths(_EVENT, given_at=Place(BENCH, 7)),))


@invalid(Reason.UNKNOWN_STATION)
def given_at_a_station_nobody_knows() -> Trial:
    """The blob was copied to a computer that is no station."""
    return Trial(_EVENT, (ruths(_EVENT, given_at=Place("laptop", 1)),))


@invalid(Reason.WRONG_SITE)
def given_at_a_site_the_certificate_does_not_name() -> Trial:
    """The approver stood at another site."""
    return Trial(_EVENT, (ruths(_EVENT, given_at=Place(AWAY, 1)),))


@invalid(Reason.WRONG_SITE)
def a_certificate_of_another_site() -> Trial:
    """A certificate for WH2 used at WH1."""
    return Trial(_EVENT, (ruths(_EVENT, replace(RUTHS, sites=frozenset({"WH2"}))),))


@invalid(Reason.WRONG_ACTION)
def a_certificate_of_another_action() -> Trial:
    """A certificate for corrections used for a write-off."""
    return Trial(_EVENT, (ruths(_EVENT, replace(RUTHS, actions=frozenset({Action.ADJUST}))),))


@invalid(Reason.WRONG_ACTION)
def a_statement_about_another_action() -> Trial:
    """The approver signed a correction, not a write-off."""
    certificate = replace(RUTHS, actions=frozenset(Action))
    return Trial(_EVENT, (ruths(_EVENT, certificate, action=Action.ADJUST),))


@invalid(Reason.WRONG_ACTION)
def on_an_event_that_needs_none() -> Trial:
    """A disposition that nobody approves carries an approval."""
    event = replace(_EVENT, kind="return.finished", moves=())
    return Trial(event, (ruths(event),))


@invalid(Reason.OWN_WORK)
def a_word_over_ones_own_decision() -> Trial:
    """The approver overrides what she decided herself, at a bench where somebody else works."""
    certificate = replace(RUTHS, actions=frozenset(Action))
    body = {**_EVENT.body, "decided_by": "RUTH", "overrides": {"by": "Ruth"}}
    event = replace(_EVENT, kind="unit.redecided", moves=(), body=body)
    return Trial(event, (ruths(event, certificate, action=Action.OVERRIDE),))


@invalid(Reason.OTHER_DECIDER)
def a_word_in_somebody_elses_name() -> Trial:
    """Ruth signed, and the event names Omar as the one who decided."""
    return _overridden({"decided_by": "OMAR"})


@invalid(Reason.OTHER_DECIDER)
def a_word_in_nobodys_name() -> Trial:
    """Ruth signed, and the event does not say who decided."""
    return _overridden({"decided_by": 7})


def _overridden(said: dict[str, object]) -> Trial:
    event = replace(_EVENT, kind="unit.redecided", moves=(), body={**_EVENT.body, **said})
    return Trial(event, (ruths(event, replace(RUTHS, actions=frozenset(Action)), action=Action.OVERRIDE),))


@invalid(Reason.OWN_WORK)
def own_work() -> Trial:
    """The approver is the operator."""
    event = write_off(operator="RUTH")
    return Trial(event, (ruths(event),))


@invalid(Reason.OWN_WORK)
def own_work_in_other_letters() -> Trial:
    """The same name in other capitals, with a blank, in wide letters."""
    event = write_off(operator=" \N{FULLWIDTH LATIN CAPITAL LETTER R}uth")
    return Trial(event, (ruths(event),))


@invalid(Reason.OWN_WORK)
def unlocking_oneself() -> Trial:
    """Nobody unlocks the own PIN."""
    event = replace(write_off(operator="RUTH"), kind="approval.unlocked", moves=())
    certificate = replace(RUTHS, actions=frozenset({Action.UNLOCK}))
    return Trial(event, (ruths(event, certificate, action=Action.UNLOCK, value=0),), worth=None)


@invalid(Reason.OTHER_APPROVER)
def in_somebody_elses_name() -> Trial:
    """Ruth's key and certificate, a statement in Omar's name."""
    return Trial(_EVENT, (ruths(_EVENT, approver="OMAR"),))


@invalid(Reason.OTHER_CERTIFICATE)
def under_an_older_wider_certificate() -> Trial:
    """Signed under the new narrow certificate, presented under the old wide one."""
    narrow = replace(RUTHS, limits=replace(RUTHS.limits, single=100)).signed(POLICY)
    statement = said(_EVENT, narrow).signed(RUTH)
    return Trial(_EVENT, (replace(_GOOD, statement=statement),))


@invalid(Reason.REVOKED_KNOWN)
def revoked_and_known() -> Trial:
    """The station had the list with that number: it let a revoked key sign."""
    return Trial(_EVENT, (_GOOD,), _REVOKED, rev_no=3)


@invalid(Reason.REVOKED_KNOWN)
def revoked_and_known_though_it_came_before() -> Trial:
    """The station knew earlier than the centre's own order says: its word is against it."""
    return Trial(_EVENT, (_GOOD,), replace(KNOWN, revoked={RUTH.public_key: Revoked(3, 500)}), rev_no=4)


@invalid(Reason.REVOKED_KNOWN)
def a_revoked_policy_key() -> Trial:
    """The policy key itself was revoked and the station knew."""
    return Trial(_EVENT, (_GOOD,), replace(KNOWN, revoked={POLICY.public_key: Revoked(1, 50)}))


@invalid(Reason.EXPIRED_KNOWN)
def expired_and_known() -> Trial:
    """The station had heard something of the centre's from after the certificate's end."""
    known = replace(KNOWN, arrived=Proof(100, RUTHS.not_after + DAY))
    return Trial(_EVENT, (_GOOD,), known, after=RUTHS.not_after + HOUR)


@invalid(Reason.EXPIRED_KNOWN)
def expired_with_the_clock_set_back() -> Trial:
    """The station's clock says noon of a good day; what it had heard from the centre says otherwise."""
    known = replace(KNOWN, arrived=Proof(100, NOON + 30 * DAY))
    return Trial(_EVENT, (_GOOD,), known, after=RUTHS.not_after)


@invalid(Reason.NOT_YET)
def before_the_certificate_began() -> Trial:
    """It was here before its certificate was good."""
    return Trial(_EVENT, (_GOOD,), replace(KNOWN, arrived=Proof(1, RUTHS.not_before - HOUR)))


@review(Reason.OVER_SINGLE, Reason.SECOND_PERSON_MISSING)
def an_understated_value() -> Trial:
    """A penny was signed for what the centre knows to be worth far more."""
    return Trial(_EVENT, (ruths(_EVENT, value=1),), worth=(25_000, "GBP"))


@review(Reason.SECOND_PERSON_MISSING)
def one_person_with_two_keys() -> Trial:
    """Two certificates of one person are one person."""
    event = write_off(qty=4)
    twin = replace(OMARS, approver="ruth")
    second = ruths(
        event, twin, OMAR, approver="ruth", value=16_000, nonce="00" * 15 + "02", given_at=Place(SECOND, 1)
    )
    return Trial(event, (ruths(event, value=16_000), second), worth=(16_000, "GBP"))


@review(Reason.SECOND_PERSON_MISSING)
def two_people_with_one_key() -> Trial:
    """Two names on one key are one key."""
    event = write_off(qty=4)
    twin = replace(RUTHS, approver="OMAR")
    second = ruths(
        event, twin, RUTH, approver="OMAR", value=16_000, nonce="00" * 15 + "02", given_at=Place(SECOND, 1)
    )
    return Trial(event, (ruths(event, value=16_000), second), worth=(16_000, "GBP"))


@invalid(Reason.OWN_WORK, Reason.SECOND_PERSON_MISSING)
def the_second_person_did_the_work() -> Trial:
    """Two signatures, one of them by whoever wrote it off."""
    event = write_off(qty=4, operator="omar")
    both = (ruths(event, value=16_000), omars(event, value=16_000))
    return Trial(event, both, worth=(16_000, "GBP"))


@invalid(Reason.UNREADABLE)
def more_approvals_than_anybody_needs() -> Trial:
    """A flood of them: those beyond the fourth are no approvals."""
    return Trial(_EVENT, (_GOOD, *[None] * 4))
