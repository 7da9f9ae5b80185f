"""Cases of forgery: keys, certificates and statements that nobody with the right to it signed."""

from __future__ import annotations

from dataclasses import replace

from app.domain.approvals import CERTIFICATE_TAG, Approval, PolicyKey, Reason
from app.domain.approvals.signed import sign
from tests.approvals.cases import invalid, rewritten
from tests.approvals.world import (
    BENCH,
    DAY,
    GRANT,
    NOON,
    OTHER_POLICY,
    OTHER_ROOT,
    POLICY,
    POLICY_KEY,
    ROGUE,
    ROOT,
    RUTH,
    RUTHS,
    STATION_KEYS,
    Trial,
    omars,
    ruths,
    said,
    write_off,
)

_EVENT = write_off()
_GOOD = ruths(_EVENT)
_CERTIFIED = RUTHS.signed(POLICY)


@invalid(Reason.POLICY_KEY_FORGED)
def root_substituted() -> Trial:
    """A whole ladder of its own, correct in itself, under a root that is not pinned."""
    grant = PolicyKey(1, OTHER_POLICY.public_key, NOON - DAY, NOON + DAY).signed(OTHER_ROOT)
    certified = replace(RUTHS, not_before=NOON - DAY, not_after=NOON + DAY).signed(OTHER_POLICY)
    return Trial(_EVENT, (Approval(grant, certified, said(_EVENT, certified).signed(RUTH)),))


@invalid(Reason.POLICY_KEY_FORGED)
def policy_key_that_granted_itself() -> Trial:
    """The policy key signs its own grant."""
    return Trial(_EVENT, (replace(_GOOD, policy_key=POLICY_KEY.signed(POLICY)),))


@invalid(Reason.POLICY_KEY_FORGED)
def edited_policy_key() -> Trial:
    """The grant's public key is exchanged; its signature is the old one."""
    edited = rewritten(GRANT, public_key=ROGUE.public_key.hex())
    return Trial(_EVENT, (_GOOD.to_json() | {"policy_key": edited},))


@invalid(Reason.POLICY_KEY_FORGED)
def root_replaced_by_the_station() -> Trial:
    """A fully owned station signs the grant with its own key."""
    return Trial(_EVENT, (replace(_GOOD, policy_key=POLICY_KEY.signed(STATION_KEYS[BENCH])),))


@invalid(Reason.CERTIFICATE_FORGED)
def rogue_certificate() -> Trial:
    """A certificate that a rogue key signed, beside the true grant."""
    certified = RUTHS.signed(ROGUE)
    return Trial(_EVENT, (Approval(GRANT, certified, said(_EVENT, certified).signed(RUTH)),))


@invalid(Reason.CERTIFICATE_FORGED)
def edited_limits() -> Trial:
    """The single limit is raised in the certificate's text."""
    return Trial(
        _EVENT, (_GOOD.to_json() | {"certificate": rewritten(_GOOD.certificate, single_minor=10**9)},)
    )


@invalid(Reason.CERTIFICATE_FORGED)
def edited_sites() -> Trial:
    """A site is added to the certificate's text."""
    return Trial(
        _EVENT, (_GOOD.to_json() | {"certificate": rewritten(_GOOD.certificate, sites=["WH1", "WH2"])},)
    )


@invalid(Reason.CERTIFICATE_FORGED)
def edited_end() -> Trial:
    """The certificate's end is moved."""
    edited = rewritten(_GOOD.certificate, not_after="2027-01-01T00:00:00.000Z")
    return Trial(_EVENT, (_GOOD.to_json() | {"certificate": edited},))


@invalid(Reason.CERTIFICATE_FORGED)
def certificate_under_another_key_of_the_root() -> Trial:
    """The grant of one policy key beside a certificate by another; both are true."""
    grant = PolicyKey(2, OTHER_POLICY.public_key, NOON - DAY, NOON + DAY).signed(ROOT)
    return Trial(_EVENT, (replace(_GOOD, policy_key=grant),))


@invalid(Reason.CERTIFICATE_FORGED)
def statement_passed_as_a_certificate() -> Trial:
    """A signature made for one purpose never passes for another."""
    document = _CERTIFIED.document
    wrong = replace(_CERTIFIED, sig=POLICY.sign(b"backhaul/approval/statement/v1\n", document))
    return Trial(_EVENT, (replace(_GOOD, certificate=wrong),))


@invalid(Reason.CERTIFICATE_LIFE)
def certificate_for_longer_than_any() -> Trial:
    """The policy key was talked into fifteen days."""
    long = {"not_after": "2026-12-06T12:00:00.001Z"}
    told = rewritten(_CERTIFIED, **long)
    document = str(told["document"]).encode()
    certified = replace(_CERTIFIED, document=document, sig=POLICY.sign(CERTIFICATE_TAG, document))
    return Trial(_EVENT, (Approval(GRANT, certified, said(_EVENT, certified).signed(RUTH)),))


@invalid(Reason.CERTIFICATE_LIFE)
def certificate_that_outlives_its_policy_key() -> Trial:
    """The policy key ends before the certificate does."""
    grant = PolicyKey(1, POLICY.public_key, NOON - DAY, NOON + DAY).signed(ROOT)
    return Trial(_EVENT, (replace(_GOOD, policy_key=grant),))


@invalid(Reason.CERTIFICATE_LIFE)
def certificate_older_than_its_policy_key() -> Trial:
    """The certificate began before the policy key was anybody."""
    grant = PolicyKey(1, POLICY.public_key, NOON, NOON + 30 * DAY).signed(ROOT)
    return Trial(_EVENT, (replace(_GOOD, policy_key=grant),))


@invalid(Reason.CERTIFICATE_LIFE)
def policy_key_for_ten_years() -> Trial:
    """The root was talked into a policy key that nobody has to renew."""
    told = rewritten(GRANT, not_after="2036-11-22T12:00:00.000Z")
    document = str(told["document"]).encode()
    grant = replace(GRANT, document=document, sig=ROOT.sign(b"backhaul/approval/policy-key/v1\n", document))
    return Trial(_EVENT, (replace(_GOOD, policy_key=grant),))


@invalid(Reason.CERTIFICATE_LIFE, Reason.EXPIRED_UNPROVEN)
def certificate_that_ends_before_it_begins() -> Trial:
    """Its life is none."""
    told = rewritten(_CERTIFIED, not_after="2026-11-20T12:00:00.000Z", not_before="2026-11-21T12:00:00.000Z")
    document = str(told["document"]).encode()
    certified = replace(_CERTIFIED, document=document, sig=POLICY.sign(CERTIFICATE_TAG, document))
    return Trial(_EVENT, (Approval(GRANT, certified, said(_EVENT, certified).signed(RUTH)),))


@invalid(Reason.STATEMENT_FORGED)
def statement_by_a_rogue_key() -> Trial:
    """The true certificate beside a statement that another key signed."""
    return Trial(_EVENT, (ruths(_EVENT, signer=ROGUE),))


@invalid(Reason.STATEMENT_FORGED)
def edited_value() -> Trial:
    """The value is lowered in the statement's text."""
    return Trial(_EVENT, (_GOOD.to_json() | {"statement": rewritten(_GOOD.statement, value_minor=1)},))


@invalid(Reason.STATEMENT_FORGED)
def edited_counter() -> Trial:
    """The number is changed to hide a gap."""
    return Trial(_EVENT, (_GOOD.to_json() | {"statement": rewritten(_GOOD.statement, counter=2)},))


@invalid(Reason.STATEMENT_FORGED)
def edited_reason() -> Trial:
    """The reason is written anew."""
    return Trial(_EVENT, (_GOOD.to_json() | {"statement": rewritten(_GOOD.statement, reason="lost")},))


@invalid(Reason.STATEMENT_FORGED)
def statement_by_the_station() -> Trial:
    """A fully owned station signs for the approver with its own key."""
    return Trial(_EVENT, (ruths(_EVENT, signer=STATION_KEYS[BENCH]),))


@invalid(Reason.STATEMENT_FORGED)
def another_approvers_certificate() -> Trial:
    """Ruth's statement beside Omar's certificate."""
    return Trial(_EVENT, (replace(_GOOD, certificate=omars(_EVENT).certificate),))


@invalid(Reason.UNREADABLE)
def statement_without_a_certificate() -> Trial:
    """The certificate is left out."""
    told = _GOOD.to_json()
    del told["certificate"]
    return Trial(_EVENT, (told,))


@invalid(Reason.UNREADABLE)
def certificate_without_a_statement() -> Trial:
    """A certificate is a right, not a word."""
    told = _GOOD.to_json()
    del told["statement"]
    return Trial(_EVENT, (told,))


@invalid(Reason.UNREADABLE)
def a_word_in_the_place_of_an_approval() -> Trial:
    """A text says that all is well."""
    return Trial(_EVENT, ("approved",))


@invalid(Reason.UNREADABLE)
def nothing_in_the_place_of_an_approval() -> Trial:
    """An entry that is null."""
    return Trial(_EVENT, (None,))


@invalid(Reason.UNREADABLE)
def signature_in_capitals() -> Trial:
    """Bytes are written in exactly one way."""
    told = _GOOD.to_json()
    statement = dict(_GOOD.statement.to_json())
    statement["sig"] = str(statement["sig"]).upper()
    return Trial(_EVENT, (told | {"statement": statement},))


@invalid(Reason.UNREADABLE)
def statement_not_in_canonical_form() -> Trial:
    """Signed, but with blanks: two programs could read it in two ways."""
    document = _GOOD.statement.document.replace(b",", b", ")
    loose = replace(
        _GOOD.statement, document=document, sig=RUTH.sign(b"backhaul/approval/statement/v1\n", document)
    )
    return Trial(_EVENT, (replace(_GOOD, statement=loose),))


@invalid(Reason.UNREADABLE)
def a_field_of_another_type() -> Trial:
    """Signed, but the counter is a text."""
    loose = sign({"counter": "1", "approver": "RUTH"}, b"backhaul/approval/statement/v1\n", RUTH)
    return Trial(_EVENT, (replace(_GOOD, statement=loose),))


@invalid(Reason.STATEMENT_FORGED)
def a_forged_one_beside_a_good_one() -> Trial:
    """One good approval does not hide that another was forged."""
    return Trial(_EVENT, (_GOOD, replace(omars(_EVENT), statement=ruths(_EVENT, signer=ROGUE).statement)))
