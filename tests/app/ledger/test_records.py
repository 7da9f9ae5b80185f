from __future__ import annotations

from importlib import resources

import pytest

from app.domain.place import Location, LocationKind
from app.domain.policy import read_policy
from app.domain.refusal import Refused
from app.ledger.records import Done, LookUps, MirroredRma, RecordKind, look_ups, policy_from_json
from tests.app.ledger.station import MUG, rma

SOURCE = resources.files("resources.policies").joinpath("returns.toml").read_text(encoding="utf-8")
VERSION = read_policy(SOURCE, "returns.toml").version
POLICY = {"version": VERSION, "source": SOURCE}
BENCH = Location("BENCH-07", LocationKind.BENCH, "Bench 07", "WH1")


def test_each_kind_is_led_to_by_what_people_scan() -> None:
    found = rma()
    assert look_ups("item", "K-17", MUG.to_json()) == LookUps(gtins=("04006381333931",))
    assert look_ups("rma", "R-1", found.to_json()) == LookUps(tracking=("1Z999",), serials=(("SN1", 2),))
    assert look_ups("location", "BENCH-07", BENCH.to_json()) == LookUps()
    assert look_ups("policy", VERSION, POLICY) == LookUps()


def test_every_kind_has_a_reader() -> None:
    assert all(look_ups(kind, "?", {}) is None for kind in RecordKind)


@pytest.mark.parametrize(
    ("kind", "key", "document"),
    [
        ("transfer", "T-1", {"lines": []}),
        ("item", "K-17", {"sku": "K-17"}),
        ("item", "K-18", MUG.to_json()),
        ("item", "K-17", {**MUG.to_json(), "gtins": ["123"]}),
        ("rma", "R-1", {**rma().to_json(), "done": [{"line": 1}]}),
        ("policy", VERSION, {"version": VERSION, "source": "not toml"}),
        ("policy", "2027.01-1", POLICY),
    ],
)
def test_what_cannot_be_read_is_left_unread(kind: str, key: str, document: dict[str, object]) -> None:
    assert look_ups(kind, key, document) is None


def test_unknown_fields_do_not_make_a_record_unreadable() -> None:
    assert look_ups("item", "K-17", {**MUG.to_json(), "of_tomorrow": 1.5}) is not None


def test_repeated_codes_lead_once() -> None:
    found = look_ups("rma", "R-1", {**rma().to_json(), "tracking": ["A", "A"]})
    assert found == LookUps(tracking=("A",), serials=(("SN1", 2),))


def test_progress_elsewhere_is_read() -> None:
    done = [{"line": 1, "station": "5f0c", "qty": 2}]
    mirrored = MirroredRma.from_json({**rma().to_json(), "state": "closed", "done": done})
    assert mirrored == MirroredRma(rma(), "closed", (Done(1, "5f0c", 2),))
    assert MirroredRma.from_json(rma().to_json()).state == "open"


def test_a_policy_is_its_published_text() -> None:
    assert policy_from_json(POLICY).source == SOURCE
    with pytest.raises(Refused, match=r"policy of the centre"):
        policy_from_json({"source": "version ="})
