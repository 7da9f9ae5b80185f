"""Cases of honest work: what must stand, and what a person has to look into although nobody did wrong."""

from __future__ import annotations

from dataclasses import replace

from app.domain.approvals import Action, Certificate, Newer, Place, Proof, Reason, Revoked, Spent
from tests.approvals.cases import review, valid
from tests.approvals.world import (
    AWAY,
    BENCH,
    DAY,
    HOUR,
    KNOWN,
    LIMITS,
    NOON,
    POLICY,
    RUTH,
    RUTHS,
    SECOND,
    WORTH,
    Trial,
    omars,
    ruths,
    said,
    write_off,
)

_EVENT = write_off()
_UNPROVEN = replace(KNOWN, revoked={RUTH.public_key: Revoked(3, 50)})
_DIGEST = RUTHS.signed(POLICY).digest
_USED = ("RUTH", BENCH, 1)


@valid
def plain() -> Trial:
    """One approver, one event, all within limits."""
    return Trial(_EVENT, (ruths(_EVENT),))


@valid
def given_at_another_device() -> Trial:
    """The approver stood at the second bench of the same site."""
    return Trial(_EVENT, (ruths(_EVENT, given_at=Place(SECOND, 4)),))


@valid
def two_people_for_much() -> Trial:
    """Above the threshold, two people with keys of their own."""
    event = write_off(qty=4)
    both = (ruths(event, value=20_000), omars(event, value=20_000))
    return Trial(event, both, worth=(20_000, "GBP"))


@valid
def exactly_at_the_single_limit() -> Trial:
    """The limit itself is within the limit."""
    certificate = replace(RUTHS, limits=replace(LIMITS, two_person_above=20_000))
    return Trial(_EVENT, (ruths(_EVENT, certificate, value=20_000),), worth=(20_000, "GBP"))


@valid
def exactly_at_the_total_and_count() -> Trial:
    """The last statement that total and count allow."""
    return Trial(_EVENT, (ruths(_EVENT),), replace(KNOWN, spent={_DIGEST: Spent(45_000, 9)}))


@valid
def the_next_number() -> Trial:
    """The number behind the highest that was used."""
    known = replace(KNOWN, counters={_USED: frozenset({1, 2, 3})})
    return Trial(_EVENT, (ruths(_EVENT, counter=4),), known)


@valid
def the_number_before_was_lost_at_its_station() -> Trial:
    """A power cut came between the word and its event: the station noted that number 2 was given."""
    known = replace(KNOWN, counters={_USED: frozenset({1})}, lost={_USED: frozenset({2})})
    return Trial(_EVENT, (ruths(_EVENT, counter=3),), known)


@valid
def revoked_after_it_was_here() -> Trial:
    """The event itself was acknowledged before the key was revoked."""
    return Trial(_EVENT, (ruths(_EVENT),), replace(KNOWN, revoked={RUTH.public_key: Revoked(3, 100)}))


@valid
def revoked_after_its_note_was_here() -> Trial:
    """The station's note that it was given was acknowledged before; the event came later."""
    approval = ruths(_EVENT)
    proofs = {approval.statement.proof: Proof(40, NOON)}
    return Trial(_EVENT, (approval,), replace(_UNPROVEN, proofs=proofs))


@valid
def expired_after_it_was_here() -> Trial:
    """The certificate ended after the centre had acknowledged the note."""
    approval = ruths(_EVENT)
    known = replace(
        KNOWN,
        arrived=Proof(100, RUTHS.not_after + DAY),
        proofs={approval.statement.proof: Proof(40, RUTHS.not_after - HOUR)},
    )
    return Trial(_EVENT, (approval,), known)


@valid
def another_key_was_revoked() -> Trial:
    """A revocation of somebody else's key says nothing about this one."""
    known = replace(KNOWN, revoked={bytes(32): Revoked(1, 0)})
    return Trial(_EVENT, (ruths(_EVENT),), known, rev_no=5)


@valid
def an_epoch_that_the_centre_renewed() -> Trial:
    """Signed in epoch 1, sent again in epoch 2, which the centre made out of 1."""
    known = replace(KNOWN, renewed=frozenset({(BENCH, 1, 2)}))
    return Trial(_EVENT, (ruths(_EVENT),), known, at=Place(BENCH, 2))


@valid
def unlocking_a_colleague() -> Trial:
    """Another approver unlocks one whose PIN was tried too often."""
    event = replace(write_off(operator="OMAR"), kind="approval.unlocked", moves=(), body={"approver": "OMAR"})
    certificate = replace(RUTHS, actions=frozenset({Action.UNLOCK}))
    approval = ruths(event, certificate, action=Action.UNLOCK, value=0)
    return Trial(event, (approval,), worth=None)


@valid
def a_word_over_somebody_elses_decision() -> Trial:
    """The supervisor who signed is the one whom the event names, in whatever letters."""
    body = {**_EVENT.body, "decided_by": "Ruth", "overrides": {"by": "OMAR"}}
    event = replace(_EVENT, kind="unit.redecided", moves=(), body=body)
    certificate = replace(RUTHS, actions=frozenset(Action))
    return Trial(event, (ruths(event, certificate, action=Action.OVERRIDE),))


@review(Reason.WORTH_UNKNOWN)
def a_value_that_nobody_knows() -> Trial:
    """The centre has no record of the item: what was signed is the station's word alone."""
    return Trial(_EVENT, (ruths(_EVENT),), worth=None, unpriced=True)


@valid
def a_price_that_rose_since() -> Trial:
    """The station signed for what it had been told; the record says more by now."""
    return Trial(_EVENT, (ruths(_EVENT, value=4_000),), told=4_000)


@valid
def the_second_of_two_names_the_newer_price() -> Trial:
    """The first signed before the station heard of another price, the second for that."""
    event = write_off(qty=4)
    both = (ruths(event, value=19_000), omars(event, value=20_000))
    return Trial(event, both, worth=(20_000, "GBP"), told=20_000)


@valid
def renewed_with_the_same_rights() -> Trial:
    """The station knew a newer certificate, which allows the same: the older one is good until it ends."""
    return _newer(RENEWED)


@valid
def renewed_with_wider_rights() -> Trial:
    """The newer certificate allows more, of which nothing is used."""
    wider = replace(LIMITS, single=30_000, total=90_000, count=20)
    return _newer(replace(RENEWED, limits=wider, actions=frozenset(Action), sites=frozenset({"WH1", "WH2"})))


@valid
def renewed_with_less_than_before_but_enough() -> Trial:
    """The newer certificate allows less, and still all that was used."""
    return _newer(replace(RENEWED, limits=replace(LIMITS, single=WORTH, total=WORTH, count=1)))


@valid
def each_renewal_counts_anew() -> Trial:
    """What came under the older certificate before the newer was known is none of the newer one's."""
    return _newer(RENEWED, spent={_DIGEST: Spent(50_000, 10)})


@review(Reason.OVER_TOTAL)
def older_certificates_do_not_add_up() -> Trial:
    """Under whichever certificate it is signed: the newest that the station knew is used up."""
    return _newer(RENEWED, spent={_NEWER_DIGEST: Spent(45_001, 2)})


@review(Reason.OVER_COUNT)
def older_certificates_do_not_count_beside_it() -> Trial:
    """The same for how many they are, by the newer one's limit."""
    return _newer(replace(RENEWED, limits=replace(LIMITS, count=3)), spent={_NEWER_DIGEST: Spent(0, 3)})


@review(Reason.SECOND_PERSON_MISSING)
def a_second_person_by_the_newer_certificate() -> Trial:
    """It asks for two people from a smaller value on."""
    return _newer(replace(RENEWED, limits=replace(LIMITS, two_person_above=WORTH - 1)))


RENEWED = replace(RUTHS, not_before=NOON, not_after=NOON + 7 * DAY)
_NEWER_DIGEST = "ab" * 32


def _newer(newer: Certificate, **known: object) -> Trial:
    """Ruth signed under her older certificate where the newer one was known."""
    approval = ruths(_EVENT)
    found = {approval.statement.proof: Newer(_NEWER_DIGEST, newer)}
    return Trial(_EVENT, (approval,), replace(KNOWN, newer=found, **known))  # type: ignore[arg-type]  # by name


@valid
def two_sites_on_one_certificate() -> Trial:
    """An approver of both sites, standing at one for a bench of the other."""
    certificate = replace(RUTHS, sites=frozenset({"WH1", "WH2"}))
    return Trial(_EVENT, (ruths(_EVENT, certificate, given_at=Place(AWAY, 1)),))


@review(Reason.EPOCH_UNPROVEN)
def given_in_an_epoch_that_a_lost_centre_renewed() -> Trial:
    """The centre was put back from a copy, and only the lost one knew what it had renewed this into."""
    known = replace(KNOWN, forgotten=frozenset({(BENCH, 1)}))
    return Trial(_EVENT, (ruths(_EVENT),), known, at=Place(BENCH, 1003))


@review(Reason.REVOKED_UNPROVEN)
def revoked_with_the_order_unknown() -> Trial:
    """The station did not know it, and nothing proves that it signed before."""
    return Trial(_EVENT, (ruths(_EVENT),), _UNPROVEN)


@review(Reason.REVOKED_UNPROVEN)
def noted_only_after_the_revocation() -> Trial:
    """The note that it was given came after the revocation too."""
    approval = ruths(_EVENT)
    proofs = {approval.statement.proof: Proof(51, NOON)}
    return Trial(_EVENT, (approval,), replace(_UNPROVEN, proofs=proofs))


@review(Reason.EXPIRED_UNPROVEN)
def expired_with_the_order_unknown() -> Trial:
    """It arrived after the certificate's end, and the station had heard of nothing that late."""
    known = replace(KNOWN, arrived=Proof(100, RUTHS.not_after))
    return Trial(_EVENT, (ruths(_EVENT),), known, after=RUTHS.not_after - HOUR)


@review(Reason.COUNTER_GAP)
def a_number_is_missing() -> Trial:
    """Number 2 was given and never came: an approval may have been suppressed."""
    known = replace(KNOWN, counters={_USED: frozenset({1})})
    return Trial(_EVENT, (ruths(_EVENT, counter=3),), known)


@review(Reason.COUNTER_GAP)
def a_number_is_missing_beside_one_that_was_lost() -> Trial:
    """A note excuses its own number and no other, and none that was used."""
    known = replace(KNOWN, counters={_USED: frozenset({1})}, lost={_USED: frozenset({1, 2, 4})})
    return Trial(_EVENT, (ruths(_EVENT, counter=4),), known)


@review(Reason.COUNTER_GAP)
def the_first_number_is_missing() -> Trial:
    """The first that is seen is not the first that was given."""
    return Trial(_EVENT, (ruths(_EVENT, counter=2),))


@review(Reason.COUNTER_GAP)
def a_missing_number_comes_late() -> Trial:
    """What was missing turns up behind later ones."""
    known = replace(KNOWN, counters={_USED: frozenset({1, 3})})
    return Trial(_EVENT, (ruths(_EVENT, counter=2),), known)


@review(Reason.OVER_SINGLE)
def over_the_single_limit() -> Trial:
    """A penny more than one statement may be worth."""
    certificate = replace(RUTHS, limits=replace(LIMITS, two_person_above=99_999))
    approval = ruths(_EVENT, certificate, value=20_001)
    return Trial(_EVENT, (approval,), worth=(20_001, "GBP"))


@review(Reason.OVER_TOTAL)
def over_the_total() -> Trial:
    """A penny more than all statements together may be worth."""
    return Trial(_EVENT, (ruths(_EVENT),), replace(KNOWN, spent={_DIGEST: Spent(45_001, 3)}))


@review(Reason.OVER_COUNT)
def over_the_count() -> Trial:
    """One statement more than the certificate is good for."""
    return Trial(_EVENT, (ruths(_EVENT),), replace(KNOWN, spent={_DIGEST: Spent(0, 10)}))


@review(Reason.SECOND_PERSON_MISSING)
def second_person_missing() -> Trial:
    """Above the threshold one signature does not do."""
    event = write_off(qty=3)
    return Trial(event, (ruths(event, value=15_001),), worth=(15_001, "GBP"))


@review(Reason.OTHER_CURRENCY)
def limits_in_another_currency() -> Trial:
    """Euros cannot be held against limits in pounds."""
    return Trial(_EVENT, (ruths(_EVENT, currency="EUR"),))


@review(Reason.OTHER_CURRENCY)
def the_item_has_another_currency() -> Trial:
    """The record's currency is not the one that was signed."""
    return Trial(_EVENT, (ruths(_EVENT),), worth=(WORTH_IN_YEN, "JPY"))


WORTH_IN_YEN = 4_999


@review(Reason.TOO_NEW)
def a_statement_of_a_later_version() -> Trial:
    """A newer station signs statements that this centre cannot read yet."""
    approval = ruths(_EVENT)
    document = _later(said(_EVENT, approval.certificate).signed(RUTH).document)
    newer = replace(approval.statement, document=document, sig=RUTH.sign(_TAG, document))
    return Trial(_EVENT, (replace(approval, statement=newer),))


_TAG = b"backhaul/approval/statement/v1\n"


def _later(document: bytes) -> bytes:
    return document.replace(b'"v":1', b'"v":2')


@review(Reason.STRANGE_PART)
def a_part_beside_the_documents() -> Trial:
    """Something unsigned stands beside what was signed: a later version, or somebody's hand."""
    return Trial(_EVENT, (ruths(_EVENT).to_json() | {"note": "all is well"},))


@review(Reason.COUNTER_GAP, Reason.OVER_TOTAL, Reason.REVOKED_UNPROVEN)
def many_things_at_once() -> Trial:
    """Every reason is named, so that one look is enough."""
    known = replace(_UNPROVEN, spent={_DIGEST: Spent(50_000, 3)}, counters={_USED: frozenset({1})})
    return Trial(_EVENT, (ruths(_EVENT, counter=9),), known)
