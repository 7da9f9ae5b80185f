"""Photos as people see them: beside their events, and as pictures that never change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from app.domain.digests import digest_of
from app.domain.move import Move, MoveKind
from app.domain.signing import Ed25519Signer
from sync.central.centre import Settings
from sync.central.photo_folder import PhotoFolder
from sync.central.rules.access import Role
from sync.central.store import photos
from sync.central.store.chain import CentreChain
from sync.central.store.enrolment import enrol, issue_code, lock_station
from sync.central.store.receipt import receive
from sync.wire.messages import Enrol, Push
from sync.wire.sealed import sealed
from tests.app.domain.examples import customer, shelf
from tests.centre import SEED, RunningCentre, SeededIds, running_centre
from tests.sync.central.receiving import Bench
from tests.sync.picturing import picture

DATA = picture(1, 3000)
NAME = digest_of(DATA)
JPEG = b"\xff\xd8\xff\xe0" + bytes(99)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[RunningCentre]:
    with running_centre(tmp_path, settings=Settings("test", photos=tmp_path / "photos")) as found:
        yield found


@pytest.fixture
def event_id(centre: RunningCentre) -> str:
    """A blind unit at WH1 with both photos."""
    return names(centre, NAME, digest_of(JPEG))


def names(centre: RunningCentre, *digests: str) -> str:
    bench, now = Bench(), centre.clock.now()
    with centre.database.write() as conn:
        issued = issue_code(
            conn,
            bytes(range(16)),
            name="Bench 7",
            site="WH1",
            owner="ACME",
            now=now,
            life=timedelta(minutes=9),
        )
        asked = Enrol(issued.code, bench.station_id, bench.install_id, bench.signer.public_key, "mine")
        enrol(conn, asked, now)
    body = {"rma": None, "line": None, "sku": "K-17", "qty": 1, "label": "H07-1-X", "photos": list(digests)}
    envelope = bench.record(body=body, moves=(Move(1, customer(), shelf(label="H07-1-X"), MoveKind.RETURN),))
    chain = CentreChain(Ed25519Signer(SEED), SeededIds(11), centre.clock, "test")
    with centre.database.write() as conn:
        station = lock_station(conn, bench.station_id)
        receive(conn, station, Push(1, (sealed(envelope),)), now, chain)
    return envelope.event_id


def comes(centre: RunningCentre, tmp_path: Path, data: bytes) -> None:
    folder, digest = PhotoFolder(tmp_path / "photos"), digest_of(data)
    folder.append(digest, "s", 0, data)
    folder.finish(digest, "s")
    with centre.database.write() as conn:
        photos.arrived(conn, digest, len(data), centre.clock.now())


def get(centre: RunningCentre, digest: str, **headers: str) -> httpx.Response:
    return centre.as_(Role.AUDITOR).http.get(f"/v1/photos/{digest}", headers=headers)


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.usefixtures("event_id")
def test_a_photo_is_answered_as_the_picture_it_is_and_may_be_kept_for_ever(
    centre: RunningCentre, tmp_path: Path
) -> None:
    comes(centre, tmp_path, DATA)
    comes(centre, tmp_path, JPEG)
    answer = get(centre, NAME)
    assert (answer.status_code, answer.content) == (200, DATA)
    assert answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]
    assert "private" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert get(centre, digest_of(JPEG)).headers["content-type"] == "image/jpeg"
    again = get(centre, NAME, **{"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.usefixtures("event_id")
def test_what_is_not_here_says_why(centre: RunningCentre, tmp_path: Path) -> None:
    assert problem(get(centre, NAME)) == (409, "photo.awaited")
    assert "Bench 7" in get(centre, NAME).json()["read"]
    for nobody in ("0" * 64, "x", NAME.upper()):
        assert get(centre, nobody).status_code == 404
    with centre.database.write() as conn:
        photos.lost(conn, Bench().station_id, [NAME], centre.clock.now())
    assert problem(get(centre, NAME)) == (409, "photo.lost")
    comes(centre, tmp_path, DATA)
    assert get(centre, NAME).status_code == 200
    (tmp_path / "photos" / NAME[:2] / NAME[2:4] / NAME).write_bytes(b"\x89PNG\r\n\x1a\n<script>")
    assert problem(get(centre, NAME)) == (409, "photo.damaged")


@pytest.mark.usefixtures("event_id")
def test_a_token_of_other_sites_sees_neither_bytes_nor_state(centre: RunningCentre, tmp_path: Path) -> None:
    admin = centre.as_(Role.ADMIN)
    for site, status in (("WH2", 403), ("WH1", 200)):
        comes(centre, tmp_path, DATA)
        token = admin.post("/tokens", {"role": "service", "name": site, "sites": [site]})["token"]
        headers = {"Authorization": f"Bearer {token}"}
        assert (
            httpx.get(f"{centre.base_url}/v1/photos/{NAME}", headers=headers, timeout=30).status_code
            == status
        )
    assert httpx.get(f"{centre.base_url}/v1/photos/{NAME}", timeout=30).status_code == 401


def test_events_units_and_timelines_list_their_photos(
    centre: RunningCentre, tmp_path: Path, event_id: str
) -> None:
    comes(centre, tmp_path, DATA)
    auditor = centre.as_(Role.AUDITOR)
    label = auditor.get("/returns/blind")["units"][0]
    for shown in (
        auditor.get(f"/events/{event_id}")["photos"],
        auditor.get("/timeline", unit="H07-1-X")["events"][0]["photos"],
        label["photos"],
    ):
        found = {entry["sha256"]: (entry["state"], entry["bytes"]) for entry in shown}
        assert found == {NAME: ("here", len(DATA)), digest_of(JPEG): ("awaited", None)}
        assert {auditor.http.get(entry["path"]).status_code for entry in shown} == {200, 409}


def test_a_centre_without_its_folder_says_so(tmp_path: Path) -> None:
    with running_centre(tmp_path) as centre:
        names(centre, NAME)
        with centre.database.write() as conn:
            photos.arrived(conn, NAME, 9, centre.clock.now())
        assert problem(get(centre, NAME)) == (409, "attachment.off")
