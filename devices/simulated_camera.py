"""A camera without hardware: a drawn bench with a box on it, the number of the picture and a text.

For demos, tests and benches that wait for their camera. Each picture is a whole PNG file and differs from
those before it, as two photos of one thing do.
"""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Callable

from devices.camera import CameraCause, CameraUnavailable, Picture

WIDTH, HEIGHT = 640, 480
_SIGN, _DOT, _LEFT, _TOP = 3, 8, 32, 400
_WALL, _TABLE, _BOX, _TAPE, _INK = (
    (206, 212, 218),
    (150, 140, 128),
    (186, 148, 104),
    (214, 190, 150),
    (24, 28, 32),
)
# Rows of three dots from the top, a bit each.
_SIGNS = {
    "0": (7, 5, 5, 5, 7), "1": (2, 6, 2, 2, 7), "2": (7, 1, 7, 4, 7), "3": (7, 1, 7, 1, 7),
    "4": (5, 5, 7, 1, 1), "5": (7, 4, 7, 1, 7), "6": (7, 4, 7, 5, 7), "7": (7, 1, 1, 1, 1),
    "8": (7, 5, 7, 5, 7), "9": (7, 5, 7, 1, 7), ":": (0, 2, 0, 2, 0), "-": (0, 0, 7, 0, 0),
}  # fmt: skip

Colour = tuple[int, int, int]


class SimulatedCamera:
    """Draws a picture each time it is asked.

    Args:
        stamp: the text in the picture's corner, digits, colons and hyphens; a time of day, say.
        name: the camera's name.
    """

    def __init__(self, stamp: Callable[[], str] = lambda: "", name: str = "simulated") -> None:
        self._stamp = stamp
        self._name = name
        self._numbers = itertools.count(1)
        self._plugged = True

    @property
    def name(self) -> str:
        """The camera's name, as on the Devices screen."""
        return self._name

    def take(self) -> Picture:
        """The next picture.

        Raises:
            CameraUnavailable: it is unplugged.
        """
        if not self._plugged:
            raise CameraUnavailable(CameraCause.UNPLUGGED, f"{self._name} was unplugged")
        return Picture(_png(_scene(f"{next(self._numbers)} {self._stamp()}")), "png")

    def plug(self, *, into: bool) -> None:
        """Plugs it in, or pulls the plug."""
        self._plugged = into


def _scene(text: str) -> list[bytearray]:
    """Rows of red, green and blue: a wall, a table, a taped box, and the text beneath."""
    rows = [bytearray(_WALL * WIDTH if y < HEIGHT // 2 else _TABLE * WIDTH) for y in range(HEIGHT)]
    _fill(rows, (200, 140, 440, 350), _BOX)
    _fill(rows, (306, 140, 334, 350), _TAPE)
    x = _LEFT
    for sign in text:
        for line, bits in enumerate(_SIGNS.get(sign, ())):
            for dot in range(_SIGN):
                if bits >> (_SIGN - 1 - dot) & 1:
                    left, top = x + dot * _DOT, _TOP + line * _DOT
                    _fill(rows, (left, top, left + _DOT, top + _DOT), _INK)
        x += (_SIGN + 1) * _DOT
    return rows


def _fill(rows: list[bytearray], box: tuple[int, int, int, int], colour: Colour) -> None:
    left, top, right, bottom = box
    wide = max(0, min(right, WIDTH) - left)
    for row in rows[top:bottom]:
        row[left * 3 : (left + wide) * 3] = bytes(colour) * wide


def _png(rows: list[bytearray]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\x00" + bytes(row) for row in rows), 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
