from __future__ import annotations

import pytest

from app.domain.sqlite_library import wal_reset_safe


@pytest.mark.parametrize(
    "version", [(3, 51, 3), (3, 52, 0), (3, 53, 4), (4, 0, 0), (3, 50, 7), (3, 50, 9), (3, 44, 6)]
)
def test_mended_libraries_are_safe(version: tuple[int, int, int]) -> None:
    assert wal_reset_safe(version)


@pytest.mark.parametrize(
    "version",
    [
        (3, 40, 1),
        (3, 51, 2),
        (3, 51, 0),
        (3, 50, 6),
        (3, 49, 9),
        (3, 45, 0),
        (3, 44, 5),
        (3, 43, 9),
        (3, 7, 0),
    ],
)
def test_libraries_with_the_race_are_not(version: tuple[int, int, int]) -> None:
    assert not wal_reset_safe(version)
