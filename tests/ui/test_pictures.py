from __future__ import annotations

import pytest
from PySide6.QtGui import QImage

from ui.gallery.render import png
from ui.pictures import Pictures, no_pictures


def picture() -> bytes:
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(0)
    return png(image)


def test_a_picture_is_fetched_and_decoded_once() -> None:
    asked: list[str] = []

    def fetch(address: str) -> bytes:
        asked.append(address)
        return picture()

    pictures = Pictures(fetch)
    first, second = pictures.image("abc"), pictures.image("abc")
    assert first is not None
    assert first is second
    assert (first.width(), first.height()) == (4, 3)
    assert asked == ["abc"]


@pytest.mark.parametrize("data", [None, b"", b"not a picture"])
def test_what_is_not_here_or_not_a_picture_is_none_and_asked_for_again(data: bytes | None) -> None:
    asked: list[str] = []

    def fetch(address: str) -> bytes | None:
        asked.append(address)
        return data

    pictures = Pictures(fetch)
    assert pictures.image("abc") is None
    assert pictures.image("abc") is None
    assert asked == ["abc", "abc"]


def test_an_empty_address_is_no_question() -> None:
    assert Pictures(lambda _address: pytest.fail("asked")).image("") is None
    assert Pictures().image("abc") is None
    assert no_pictures("abc") is None


def test_only_the_last_pictures_are_kept() -> None:
    pictures = Pictures(lambda _address: picture())
    for number in range(Pictures.KEPT + 10):
        pictures.image(str(number))
    assert len(pictures._kept) == Pictures.KEPT
    assert "0" not in pictures._kept
