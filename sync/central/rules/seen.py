"""Remembering which codes a long table has shown already, in a few bytes for each."""

from __future__ import annotations

from array import array

_FIRST_SLOTS = 4_096
_GROWTH = 2
_FULL = 0.7
_BITS = (1 << 64) - 1


class SeenCodes:
    """Numbers up to 32 bits by code: 12 bytes a slot, of 64-bit hashes and not of the codes themselves.

    Of a million codes two have the same hash with a chance of one in 37 million.
    """

    def __init__(self) -> None:
        self._size = _FIRST_SLOTS
        self._hashes = array("Q", bytes(8 * self._size))
        self._numbers = array("I", bytes(4 * self._size))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def get(self, kind: str, code: str) -> int | None:
        """The number given with this code of this kind; None when there was none."""
        key = _key(kind, code)
        at = self._slot(key)
        return self._numbers[at] if self._hashes[at] == key else None

    def put(self, kind: str, code: str, number: int) -> None:
        """Remembers a code; the number given first stays."""
        key = _key(kind, code)
        at = self._slot(key)
        if self._hashes[at] == key:
            return
        self._hashes[at], self._numbers[at] = key, number
        self._count += 1
        if self._count > self._size * _FULL:
            self._grow()

    def _slot(self, key: int) -> int:
        """Where the key is, or the free place where it would be."""
        hashes, size = self._hashes, self._size
        at = key % size
        while hashes[at] not in (0, key):
            at = at + 1 if at + 1 < size else 0
        return at

    def _grow(self) -> None:
        hashes, numbers = self._hashes, self._numbers
        self._size *= _GROWTH
        self._hashes = array("Q", bytes(8 * self._size))
        self._numbers = array("I", bytes(4 * self._size))
        for key, number in zip(hashes, numbers, strict=True):
            if key:
                at = self._slot(key)
                self._hashes[at], self._numbers[at] = key, number


def _key(kind: str, code: str) -> int:
    return hash((kind, code)) & _BITS or 1
