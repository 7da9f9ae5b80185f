"""A whole station with its camera and a real centre: the photo of a unit is at both."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from app.bootstrap import enrolling
from app.bootstrap.folder import Folder
from app.bootstrap.photo_shelf import photo_facts, photos_waiting
from app.station.status import PhotoFacts
from app.workflows.view import SavedWork
from sync.central.centre import Settings
from sync.central.photo_folder import PhotoFolder
from sync.central.rules.access import Role
from sync.client.photo_port import PhotoState
from tests.app.bootstrap.premises import TO_A_LABEL, furnished, options, running
from tests.centre import running_centre

_PATIENCE_S = 60


def test_what_is_said_of_photos_is_what_their_client_knows() -> None:
    assert photo_facts(PhotoState(3, 1, "Full.")) == PhotoFacts(3, 1, "Full.")


def test_a_photo_of_a_bench_reaches_its_centre(tmp_path: Path) -> None:
    store = PhotoFolder(tmp_path / "photos")
    with running_centre(tmp_path, settings=Settings("test", photos=tmp_path / "photos")) as centre:
        admin = centre.as_(Role.ADMIN)
        place = {"code": "WH1", "kind": "site", "name": "WH1", "site": "WH1"}
        admin.post("/locations", {"locations": [place]})
        code = admin.post("/enrolment-codes", {"name": "B", "site": "WH1", "owner": "acme"})["code"]
        folder = furnished(tmp_path / "bench")
        enrolling.join(folder, centre.base_url, code, "B")
        with running(options(folder, camera="simulated", poll_s=0.05)) as program:
            for raw in TO_A_LABEL:
                program.bench.submit(raw, "scanner")
            for word in ("GRIV", "NI", "PHOTO", "DISCRD"):
                program.bench.command(word)
            work = program.thread.ask(program.bench.screen).bench.work
            assert isinstance(work, SavedWork)
            digest = work.item.picture.removeprefix("photo/")
            pause = threading.Event()
            for _ in range(_PATIENCE_S * 20):
                if store.size(digest) is not None and not photos_waiting(folder):
                    break
                pause.wait(0.05)
            data = program.photos.read(digest)
        assert data is not None
        assert (store.read(digest), photos_waiting(folder)) == (data, 0)
        assert centre.as_(Role.AUDITOR).http.get(f"/v1/photos/{digest}").content == data


def test_the_doctor_counts_photos_of_any_record(tmp_path: Path) -> None:
    assert photos_waiting(Folder(tmp_path / "none")) == 0
    folder = furnished(tmp_path / "bench")
    assert photos_waiting(folder) == 0
    with closing(sqlite3.connect(folder.record)) as older:
        older.executescript("DROP TABLE photo")
    assert photos_waiting(folder) == 0
