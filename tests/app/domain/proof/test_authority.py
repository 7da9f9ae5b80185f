"""What an export alone shows of approvals: who might give them, in time, together and up to how much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain import canonical
from app.domain.approvals import Action, Approval, Place, Proof, Revocation, RevocationList, Revoked, Signed
from app.domain.canonical import encode
from app.domain.clock import to_text
from app.domain.event import Event, EventKind
from app.domain.fields import Fields
from app.domain.proof.authority import Authority, Revocations, Seen
from app.domain.proof.shape import MANIFEST, RECEIPTS, REVOCATIONS, VERDICTS, Manifest, line_of
from app.domain.signing import Ed25519Signer
from tests.app.domain.proof.exported import example, exported, signed
from tests.approvals.world import (
    AWAY,
    BENCH,
    DAY,
    HOUR,
    LIMITS,
    NOON,
    OMAR,
    OMARS,
    POLICY,
    ROGUE,
    ROOT,
    RUTH,
    RUTHS,
    SECOND,
    SITES,
    omars,
    ruths,
    sealed,
    write_off,
)
from tests.sync.central.approving import Desk
from tests.sync.central.receiving import store_in

CAME = Proof(100, NOON + HOUR)


def seen(event: Event, *approvals: Approval, came: Proof = CAME, rev_no: int = 2) -> Seen:
    told = tuple(one.to_json() for one in approvals)
    return Seen(replace(event, approvals=told), sealed(event, told, rev_no=rev_no), came)


def authority() -> Authority:
    return joined(Authority(ROOT.public_key))


def joined(found: Authority) -> Authority:
    """The stations of these tests have joined."""
    for station, site in SITES.items():
        found.joined(station, site, {})
    return found


def test_what_was_signed_in_time_stands_and_a_stranger_does_not() -> None:
    event = write_off()
    assert authority().wrong(seen(event, ruths(event))) == ""
    assert authority().wrong(seen(event)) == "nobody approved it"
    assert "root did not sign" in Authority(None).wrong(seen(event, ruths(event)))
    assert "did not sign the statement" in authority().wrong(seen(event, ruths(event, signer=ROGUE)))
    assert "more approvals" in authority().wrong(seen(event, *[ruths(event)] * 5))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"event_id": "another"}, "about something else"),
        ({"asked_at": Place(SECOND, 1)}, "another station"),
        ({"approver": "OMAR"}, "another certificate"),
        ({"action": "adjust"}, "beyond"),
        ({"currency": "EUR"}, "beyond"),
        ({"value": 20_001}, "beyond"),
    ],
)
def test_a_word_that_is_not_about_this_is_named(more: dict[str, object], expected: str) -> None:
    event = write_off()
    assert expected in authority().wrong(seen(event, ruths(event, RUTHS, RUTH, **more)))


def test_own_work_under_another_spelling_is_approved_by_nobody_else() -> None:
    event = write_off(operator="ruth ")
    assert authority().wrong(seen(event, ruths(event))) == "nobody else approved it"


def test_an_override_in_somebody_elses_name_is_nobodys() -> None:
    certificate = replace(RUTHS, actions=frozenset(Action))
    other = "it names somebody else as the one who decided"
    for decided_by, found in (("Ruth", ""), ("OMAR", other), (None, other)):
        event = replace(write_off(), kind="unit.redecided", moves=(), body={"decided_by": decided_by})
        assert (
            authority().wrong(seen(event, ruths(event, certificate, RUTH, action=Action.OVERRIDE))) == found
        )


def test_much_needs_two_people_with_two_keys() -> None:
    event, much = write_off(), {"value": 15_001}
    second = "a second person with another key had to sign too"
    assert authority().wrong(seen(event, ruths(event, RUTHS, RUTH, **much))) == second
    again = ruths(event, RUTHS, RUTH, **much, counter=2, nonce="00" * 15 + "03")
    assert authority().wrong(seen(event, ruths(event, RUTHS, RUTH, **much), again)) == second
    # Another person's name on the same key is no second key.
    borrowed = ruths(event, replace(OMARS, public_key=RUTH.public_key), RUTH, **omars_word())
    assert authority().wrong(seen(event, ruths(event, RUTHS, RUTH, **much), borrowed)) == second
    assert authority().wrong(seen(event, ruths(event, RUTHS, RUTH, **much), omars(event))) == ""


def omars_word() -> dict[str, object]:
    return {"approver": "OMAR", "nonce": "00" * 15 + "02"}


def test_a_certificate_that_had_ended_is_told_by_chain() -> None:
    event, end = write_off(), RUTHS.not_after
    one = ruths(event)
    assert authority().wrong(seen(event, one, came=Proof(100, end))) == "the certificate had ended"
    # The station's note came in time: the statement was there before.
    noted = authority()
    body = {"statements": [{"proof": one.statement.proof}]}
    given = replace(event, event_id="note", kind=EventKind.APPROVAL_GIVEN, body=body)
    noted.note(Seen(given, sealed(event, ()), Proof(90, end - HOUR)))
    assert noted.wrong(seen(event, one, came=Proof(100, end))) == ""
    # By what it had read of the feed, the station knew that it was later.
    for pos, expected in ((1204, "the certificate had ended"), (1205, "")):
        knew = authority()
        knew.told(Fields({"feed_gen": 3, "feed_pos": 7, "at": to_text(NOON)}, "row"), "at")
        knew.told(Fields({"feed_gen": 3, "feed_pos": pos, "at": to_text(end)}, "row"), "at")
        assert knew.wrong(seen(event, one)) == expected
    early = Proof(100, RUTHS.not_before - HOUR)
    assert authority().wrong(seen(event, one, came=early)) == "the certificate had not begun"
    long = ruths(event, replace(RUTHS, not_before=NOON - DAY, not_after=NOON + DAY))
    assert authority().wrong(seen(event, long)) == ""


@pytest.mark.parametrize(
    ("number", "place", "expected"),
    [(3, 100, ""), (2, 100, "revoked before, under number 2"), (3, 99, "revoked before, under number 3")],
)
def test_a_revoked_key_is_good_for_what_came_before(number: int, place: int, expected: str) -> None:
    event = write_off()
    held = joined(Authority(ROOT.public_key, {RUTH.public_key: Revoked(number, place)}))
    found = held.wrong(seen(event, ruths(event)))
    assert expected in found
    assert bool(expected) == bool(found)


def test_a_word_used_twice_and_limits_used_up_are_named() -> None:
    held = authority()
    first, second = write_off(1), write_off(2)
    assert held.wrong(seen(first, ruths(first))) == ""
    assert held.wrong(seen(second, ruths(second))) == "the statement was used before"
    for limits in (replace(LIMITS, count=1), replace(LIMITS, total=9_999)):
        held, narrow = authority(), replace(RUTHS, limits=limits)
        assert held.wrong(seen(first, ruths(first, narrow))) == ""
        found = held.wrong(seen(second, ruths(second, narrow, nonce="00" * 15 + "09", counter=2)))
        assert found == "the certificate was used for more than it allows together"


def listed(*approvers: str, signer: Ed25519Signer = POLICY) -> str:
    entries = tuple(Revocation(name, KEYS[name], "lost") for name in approvers)
    signed = RevocationList(entries).signed(signer)
    return encode({"number": len(entries), "list": signed.to_json()}).decode()


KEYS = {"RUTH": RUTH.public_key, "OMAR": OMAR.public_key}


def row(number: int, approver: str) -> Fields:
    key = KEYS[approver].hex()
    return Fields(
        {"number": number, "approver": approver, "public_key": key, "reason": "lost", "place": 5}, "row"
    )


def test_the_file_of_revocations_is_what_stations_were_told() -> None:
    def found(*rows: Fields, told: str) -> list[str]:
        file = Revocations()
        said = [one for n, entry in enumerate(rows, 1) for one in file.take(n, entry)]
        said += [*file.told(told, [POLICY.public_key]), *file.ends()]
        return [one.what for one in said]

    both = row(1, "RUTH"), row(2, "OMAR")
    assert found(*both, told=listed("RUTH", "OMAR")) == []
    assert found(both[0], told=listed("RUTH", "OMAR")) == ["1 are told, stations were told of 2"]
    assert found(*both, told=listed("RUTH")) == ["2 are told, stations were told of 1"]
    assert found(*both, told=listed("OMAR", "RUTH")) == ["is not what stations were told"] * 2
    assert "no policy key" in found(*both, told=listed("RUTH", "OMAR", signer=ROGUE))[0]
    assert "number 2 follows number 0" in found(both[1], told=listed("RUTH"))[0]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with store_in(tmp_path) as store:
        yield Desk(store)


def test_a_verdict_that_the_centre_leaves_out_is_missed() -> None:
    found = example().told(VERDICTS, []).findings()
    assert len(found) == 2
    assert "came with approvals and has no verdict" in found[0]
    assert "has neither an approval nor a verdict" in found[1]


def test_a_revocation_that_the_centre_leaves_out_is_missed() -> None:
    assert example().told(REVOCATIONS, []).findings() == [
        "revocations.jsonl: the file: 0 are told, stations were told of 1"
    ]


@pytest.mark.parametrize(
    ("days", "much", "expected"), [(20, False, "the certificate had ended"), (0, True, "a second person")]
)
def test_what_the_judge_did_not_let_pass_is_not_called_approved(
    desk: Desk, days: int, much: bool, expected: str
) -> None:
    event = desk.written_off()
    sent = desk.record(event, desk.sign(event, value=15_001) if much else desk.sign(event))
    desk.store.clock.at += timedelta(days=days)
    desk.send(sent)
    ((_, verdict),) = desk.verdicts()
    assert verdict == "review"
    export = exported(desk.store)
    assert export.findings() == []
    better = {"verdict": "valid", "reasons": [], "approvals": [], "authorization": "approved"}
    approved, booked = export.changed(VERDICTS, 0, lambda told: told.update(better)).findings()
    assert expected in approved
    assert "Expenses:UnapprovedLoss, the event's verdict is valid" in booked


@pytest.mark.parametrize(
    ("asked_at", "given_at", "expected"),
    [
        (Place(BENCH, 1), Place("7" * 32, 1), "never joined"),
        (Place(BENCH, 1), Place(AWAY, 1), "a site that the certificate does not name"),
        (Place(BENCH, 2), Place(BENCH, 2), "another life"),
        (Place(BENCH, 1), Place(BENCH, 2), "another life"),
    ],
)
def test_a_word_given_elsewhere_or_for_another_life_is_none(
    asked_at: Place, given_at: Place, expected: str
) -> None:
    event = write_off()
    word = ruths(event, asked_at=asked_at, given_at=given_at)
    assert expected in authority().wrong(seen(event, word))


def test_a_word_for_an_older_life_goes_on_through_its_renewals() -> None:
    event = write_off()
    held = authority()
    told = seen(event, ruths(event))
    later = replace(told, envelope=replace(told.envelope, epoch=3))
    assert "another life" in held.wrong(later)
    held = authority()
    held.joined(BENCH, SITES[BENCH], {2: 1, 3: 2})
    assert held.wrong(later) == ""


def test_a_centre_that_was_put_back_may_lack_a_renewal() -> None:
    event = write_off()
    told = seen(event, ruths(event))
    later = replace(told, envelope=replace(told.envelope, epoch=3))
    held = authority()
    held.restored = True
    held.joined(BENCH, SITES[BENCH], {3: 2})
    assert held.wrong(later) == ""


def test_a_number_is_used_once() -> None:
    held, first, second = authority(), write_off(), replace(write_off(), event_id="another")
    assert held.wrong(seen(first, ruths(first))) == ""
    assert held.wrong(seen(second, ruths(second, nonce="0f" * 16))) == "its number was used before"


@pytest.mark.parametrize(("less", "invalid"), [({"single_minor": 100}, True), ({"count": 1}, False)])
def test_what_a_newer_certificate_has_withdrawn_is_not_called_approved(
    desk: Desk, less: dict[str, Any], *, invalid: bool
) -> None:
    event, old = desk.written_off(), desk.certificate("RUTH")
    desk.store.clock.at += timedelta(hours=1)
    desk.enrol("RUTH", **less)
    desk.hears()
    word = replace(desk.sign(event, certificate=old.digest), certificate=old)
    desk.send(desk.record(event, word))
    assert [verdict for _, verdict in desk.verdicts()] == ["invalid" if invalid else "valid"]
    export = exported(desk.store)
    assert export.findings() == []
    better = {"verdict": "valid", "reasons": [], "approvals": [], "authorization": "approved"}
    told = export.changed(VERDICTS, 0, lambda told: told.update(better)).findings()
    found = [one for one in told if one.startswith(RECEIPTS)]
    assert len(found) == invalid
    assert all("a newer certificate that does not allow it" in one for one in found)


def test_what_the_station_had_not_heard_as_it_was_given_is_no_fault(desk: Desk) -> None:
    event, old = desk.written_off(), desk.certificate("RUTH")
    word = desk.sign(event)
    note = desk.note(word, event)
    desk.store.clock.at += timedelta(hours=1)
    desk.enrol("RUTH", single_minor=100)
    desk.hears()
    assert word.certificate == old
    desk.send(note, desk.record(event, word))
    assert [verdict for _, verdict in desk.verdicts()] == ["valid"]
    assert exported(desk.store).findings() == []


def test_what_came_before_it_was_judged_is_no_fault() -> None:
    """An export of an older centre says no line: none of its receipts is held against the rule."""
    export = example()
    rows = [row for row in export.rows(VERDICTS) if row["reasons"] != ["not_approved"]]
    (line,) = export.lines(MANIFEST)
    said = Manifest.read(Signed.from_json(canonical.decode(line.rstrip()), "it"))
    last = max(row["place"] for row in export.rows(RECEIPTS))
    assert said.judged_after == 0
    for after, wrong in ((0, 1), (last, 0)):
        file = b"".join(line_of(row) for row in rows)
        spoilt = signed({**export.files, VERDICTS: file}, replace(said, judged_after=after))
        assert len(spoilt.findings()) == wrong


def test_places_of_receipts_only_grow() -> None:
    found = example().changed(RECEIPTS, 1, lambda told: told.update(place=1)).findings()
    assert any("place 1 follows place 1" in one for one in found)
