"""A station is shut out and let in again over HTTP, and that is on record."""

from __future__ import annotations

import pytest

from app.domain.envelope import genesis
from app.domain.refusal import Refused
from sync.central.rules.access import Role
from sync.wire.answers import Fenced
from sync.wire.messages import Head, Hello, Push, Verdict
from tests.centre import RunningCentre
from tests.sync.central.api.signing import SIGNER, STATION, joined

STOLEN = {"reason": "Its laptop was stolen from the dock."}
OUT, IN = f"/stations/{STATION}/shut-out", f"/stations/{STATION}/let-in"


def hello() -> Hello:
    return Hello("n", 1, Head(0, genesis(STATION, 1, SIGNER.public_key).hash))


def test_a_stolen_station_neither_sends_nor_reads_until_it_is_let_in(centre: RunningCentre) -> None:
    way, supervisor = joined(centre), centre.as_(Role.SUPERVISOR)
    (listed,) = supervisor.get("/stations")["stations"]
    assert (listed["station_id"], listed["site"], listed["shut_out"]) == (STATION, "WH1", False)
    assert (listed["last_sent_at"], listed["head_seq"]) == (None, 0)
    assert supervisor.post(OUT, STOLEN)["shut_out"] is True
    assert way.hello(hello()).verdict is Verdict.FENCED
    assert isinstance(way.push(Push(1, ())), Fenced)
    with pytest.raises(Refused) as no:
        way.changes(0, 0, 9, "")
    assert no.value.code == "station.fenced"
    again = supervisor.send(OUT, STOLEN)
    assert (again.status_code, again.json()["code"]) == (409, "station.shut_out")
    assert supervisor.send(IN, STOLEN).status_code == 403
    admin = centre.as_(Role.ADMIN)
    assert admin.post(IN, {"reason": "It was found."})["shut_out"] is False
    assert admin.send(IN, STOLEN).json()["code"] == "station.let_in"
    assert way.hello(hello()).verdict is Verdict.CONTINUE
    acts = admin.get("/audit/acts", limit=2)
    later = admin.get("/audit/acts", cursor=acts["next"])
    assert [(act["did"], act["by"]) for act in (*acts["acts"], *later["acts"])] == [
        ("station.invited", "admin"),
        ("station.shut_out", "supervisor"),
        ("station.let_in", "admin"),
    ]
    assert centre.as_(Role.AUDITOR).get("/audit")["holds"]
    way.close()


def test_nobody_shuts_out_a_station_of_another_site(centre: RunningCentre) -> None:
    joined(centre).close()
    admin = centre.as_(Role.ADMIN)
    asked = {"role": "supervisor", "name": "other", "sites": ["WH9"]}
    other = centre.with_token(admin.post("/tokens", asked)["token"])
    assert other.send(OUT, STOLEN).json()["code"] == "token.site"
    assert other.get("/stations") == {"stations": []}
    assert admin.send("/stations/nobody/shut-out", STOLEN).status_code == 404


def test_what_a_station_tries_that_was_shut_out_is_on_record_in_its_name(centre: RunningCentre) -> None:
    way = joined(centre)
    centre.as_(Role.SUPERVISOR).post(OUT, STOLEN)
    assert way.hello(hello()).verdict is Verdict.FENCED
    with pytest.raises(Refused):
        way.changes(0, 0, 9, "")
    way.close()
    found = centre.as_(Role.AUDITOR).get("/audit/security")["under_way"]
    assert [(row["code"], row["who"], row["times"]) for row in found] == [("station.fenced", STATION, 2)]
