"""Pictures of items, decoded once: the window is given a way to fetch bytes by content address."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from PySide6.QtGui import QImage

Fetch = Callable[[str], bytes | None]
"""Bytes of the picture with that content address; None while it is not here. Called by the window."""


def no_pictures(_address: str) -> bytes | None:
    """A station without pictures."""
    return None


class Pictures:
    """The last few pictures shown."""

    KEPT = 32

    def __init__(self, fetch: Fetch = no_pictures) -> None:
        self._fetch = fetch
        self._kept: OrderedDict[str, QImage] = OrderedDict()

    def image(self, address: str) -> QImage | None:
        """The picture, or None when there is none or it cannot be decoded."""
        if not address:
            return None
        if address not in self._kept:
            data = self._fetch(address)
            image = QImage.fromData(data) if data else QImage()
            if image.isNull():
                return None
            self._kept[address] = image
            if len(self._kept) > self.KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(address)
        return self._kept[address]
