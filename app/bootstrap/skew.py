"""How far this computer's clock is from a centre's, asked over plain HTTP and without a signature."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import httpx

from app.bootstrap import sqlite
from app.bootstrap.folder import Folder
from app.bootstrap.station import CENTRE_URL
from app.domain.clock import Clock
from app.domain.refusal import Unavailable
from app.ledger.backup import reading
from app.ledger.meta import VALUE_PREFIX

_ASK_S = 5.0
_VALUE = "SELECT value FROM meta WHERE name = ?"


def centre_of(folder: Folder) -> str | None:
    """The address of the centre that a folder's station joined, None without one; the station may be at work.

    Raises:
        Unavailable: the record cannot be read.
    """
    if not folder.record.exists() or not folder.record.stat().st_size:
        return None
    with reading(folder.record, sqlite.choose().module) as record:
        row = record.execute(_VALUE, (VALUE_PREFIX + CENTRE_URL,)).fetchone()
    return str(row[0]) if row else None


def ahead_s(url: str, clock: Clock) -> float:
    """By how many seconds the centre's clock is ahead of this one's, to a second or two.

    Raises:
        Unavailable: it did not answer, or without a date.
    """
    try:
        answer = httpx.get(f"{url.rstrip('/')}/healthz", timeout=_ASK_S, follow_redirects=False)
        there = parsedate_to_datetime(answer.headers["date"])
        return (there - clock.now()).total_seconds()
    except (httpx.HTTPError, httpx.InvalidURL) as world:
        raise Unavailable(f"The centre at {url} does not answer.") from world
    except (KeyError, ValueError, TypeError):
        raise Unavailable(f"The centre at {url} does not say the time.") from None
