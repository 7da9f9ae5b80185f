"""The camera behind the word PHOTO: a real file, or a reason in time, whatever the camera does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.bootstrap.photographing import PhotoDesk, make_camera
from app.domain.policy.asides import NoPhoto
from app.domain.refusal import Refused
from app.station.photos import PhotoStore
from app.station.setup import Shot
from app.station.system import SystemClock
from app.workflows.view import SavedWork
from devices.camera import Camera, Picture
from devices.simulated_camera import SimulatedCamera
from tests.app.bootstrap.premises import TO_A_LABEL, furnished, options, running
from tests.devices.fakes import PATIENCE_S


class Hanging:
    """A camera that answers when it is let go, or breaks."""

    name = "hanging"

    def __init__(self, breaks: BaseException | None = None) -> None:
        self.let_go = threading.Event()
        self.breaks = breaks

    def take(self) -> Picture:
        if self.breaks is not None:
            raise self.breaks
        assert self.let_go.wait(PATIENCE_S)
        return SimulatedCamera().take()


@contextmanager
def desk(
    camera: Camera | None, folder: Path, wait_s: float = PATIENCE_S
) -> Iterator[tuple[PhotoDesk, list[BaseException]]]:
    defects: list[BaseException] = []
    made = PhotoDesk(camera, PhotoStore(folder), defects.append, wait_s)
    with made.running():
        yield made, defects


def test_a_photo_is_on_disk_when_its_address_is_known(tmp_path: Path) -> None:
    with desk(SimulatedCamera(), tmp_path) as (photos, _):
        shot = photos.shoot()
        assert (shot.missing, photos.no_camera) == ("", "")
        assert shot.photo
        assert PhotoStore(tmp_path).read(shot.photo)


def test_without_a_camera_and_with_an_unplugged_one_the_reason_is_told(tmp_path: Path) -> None:
    with desk(None, tmp_path) as (photos, _):
        assert (photos.shoot(), photos.no_camera) == (Shot(None, NoPhoto.NO_CAMERA), NoPhoto.NO_CAMERA)
    camera = SimulatedCamera()
    camera.plug(into=False)
    with desk(camera, tmp_path) as (photos, defects):
        assert photos.shoot() == Shot(None, NoPhoto.CAMERA_AWAY)
        assert defects == []


def test_a_camera_that_hangs_gives_no_picture_of_the_thing_before(tmp_path: Path) -> None:
    camera = Hanging()
    with desk(camera, tmp_path, wait_s=0.01) as (photos, _):
        assert photos.shoot() == Shot(None, NoPhoto.CAMERA_SLOW)
        assert photos.shoot() == Shot(None, NoPhoto.CAMERA_SLOW), "it still owes the first"
        camera.let_go.set()
    assert list(tmp_path.rglob("*.png")) == []


def test_a_driver_that_breaks_is_one_missing_photo_and_a_report(tmp_path: Path) -> None:
    broken = ValueError("a frame of no size")
    with desk(Hanging(broken), tmp_path) as (photos, defects):
        assert [photos.shoot(), photos.shoot()] == [Shot(None, NoPhoto.CAMERA_AWAY)] * 2
        assert defects == [broken, broken]


def test_cameras_are_named_by_an_option() -> None:
    assert make_camera("none", SystemClock()) is None
    camera = make_camera("simulated", SystemClock())
    assert camera is not None
    assert camera.take().kind == "png"
    with pytest.raises(Refused, match="Expected simulated or none"):
        make_camera("usb", SystemClock())


@pytest.mark.parametrize("camera", ["simulated", "none"])
def test_a_station_photographs_what_its_policy_wants_a_photo_of(tmp_path: Path, camera: str) -> None:
    with running(options(furnished(tmp_path), camera=camera)) as program:
        for raw in TO_A_LABEL:
            program.bench.submit(raw, "scanner")
        for word in ("GRIV", "NI", "PHOTO" if camera == "simulated" else "OK", "DISCRD"):
            program.bench.command(word)
        work = program.thread.ask(program.bench.screen).bench.work
        assert isinstance(work, SavedWork)
        address = work.item.picture.removeprefix("photo/")
        assert bool(address) == (camera == "simulated")
        assert (program.photos.read(address) is not None) == (camera == "simulated")
        assert ("No photo: no camera at this bench" in work.details) == (camera == "none")
