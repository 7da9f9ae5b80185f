"""A picture is what its kind says."""

from __future__ import annotations

import pytest

from devices.camera import Picture


def test_bytes_that_are_no_image_are_no_picture() -> None:
    assert Picture(b"\xff\xd8\xff\xe0", "jpg").kind == "jpg"
    with pytest.raises(ValueError, match="4 bytes are no png file"):
        Picture(b"\xff\xd8\xff\xe0", "png")
