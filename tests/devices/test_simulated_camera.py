"""The simulated camera writes real image files, each another, and can be unplugged."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from devices.camera import CameraCause, CameraUnavailable, Picture
from devices.simulated_camera import HEIGHT, WIDTH, SimulatedCamera


def decoded(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.data))
    image.load()
    return image


def test_each_picture_is_an_image_file_of_its_own() -> None:
    camera = SimulatedCamera(lambda: "2026-11-22 10:41:07")
    first, second = camera.take(), camera.take()
    image = decoded(first)
    assert (image.format, image.size, first.kind) == ("PNG", (WIDTH, HEIGHT), "png")
    assert first.data != second.data
    assert camera.name == "simulated"


def test_the_stamp_stands_in_the_picture() -> None:
    assert SimulatedCamera(lambda: "10:41").take() != SimulatedCamera(lambda: "10:42").take()
    assert SimulatedCamera(lambda: "10:41").take() == SimulatedCamera(lambda: "10:41").take()
    dark = decoded(SimulatedCamera(lambda: "1").take()).getpixel((40, 420))
    assert dark != decoded(SimulatedCamera(lambda: "1").take()).getpixel((10, 470))


def test_an_unplugged_camera_says_so_until_it_is_plugged_in() -> None:
    camera = SimulatedCamera()
    camera.plug(into=False)
    with pytest.raises(CameraUnavailable) as away:
        camera.take()
    assert (away.value.cause, str(away.value)) == (
        CameraCause.UNPLUGGED,
        "unplugged: simulated was unplugged",
    )
    camera.plug(into=True)
    assert decoded(camera.take()).size == (WIDTH, HEIGHT)
