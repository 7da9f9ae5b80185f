"""A served centre looks for garbage seldom, and still finds it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from sync.central.collecting import collect_seldom


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


class Circle:
    def __init__(self) -> None:
        self.own = self


def test_what_was_loaded_is_looked_through_no_more_and_new_garbage_is_still_found() -> None:
    collect_seldom()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    gone = weakref.ref(Circle())
    kept = list[object]()
    for _ in range(2 * gc.get_threshold()[0]):
        kept.append([])
        if gone() is None:
            break
    assert gone() is None
