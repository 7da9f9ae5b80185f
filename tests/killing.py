"""A process that is killed where it changes names or calls another program, one place after the other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from app.domain.refusal import Refused, Unavailable

Place = tuple[Any, str]
"""What owns a function, and the function's name: the process may end right before it is called."""

_PLACES: tuple[Place, ...] = (
    (Path, "replace"),
    (Path, "rename"),
    (Path, "unlink"),
    (os, "link"),
    (subprocess, "run"),
)
_MOST = 60


def killed_at_each_place(
    work: Callable[[], object], ready: Callable[[], None] = lambda: None, *more: Place
) -> Iterator[int]:
    """Does `work` again and again, each time after `ready`, killed one place later, until it ends by itself.

    Places are where names change and where other programs begin, and those that are given beside. Yields the
    number of the place at which it was just killed, before anything is cleaned up by anybody; the last time,
    when nobody was killed, 0.
    """
    for place in range(1, _MOST):
        ready()
        killed = _killed(work, place, (*_PLACES, *more))
        yield place if killed else 0
        if not killed:
            return
    raise AssertionError(f"more than {_MOST} places")


def _killed(work: Callable[[], object], place: int, places: Sequence[Place]) -> bool:
    child = os.fork()
    if child == 0:
        _die_in(work, place, places)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def _die_in(work: Callable[[], object], place: int, places: Sequence[Place]) -> NoReturn:
    left = place

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **named)

        return step

    try:
        for owner, name in places:
            setattr(owner, name, counted(getattr(owner, name)))
        work()
        os._exit(0)
    except BaseException as wrong:  # noqa: BLE001 - nothing of the parent may go on in its child
        with suppress(OSError):
            sys.__stderr__ and sys.__stderr__.write(f"{wrong!r}\n")
        os._exit(1)


def said_by(open_: Callable[[], Any]) -> Any:
    """What opening answers, or the refusal's code, or that the world was unavailable."""
    try:
        return open_()
    except Refused as no:
        return no.code
    except Unavailable:
        return "unavailable"
