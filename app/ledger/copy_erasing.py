"""Private parts that were erased go from the files of the second copy too: each is written once more without.

A file takes its new form whole or not at all; what is damaged in it stays as it is, byte by byte, because it
may be an event that is nowhere else.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from app.domain.envelope import reopen
from app.domain.framing import MAGIC, Stored, framed, unframed
from app.domain.refusal import Refused
from app.ledger.lasting import put_in_place

_AT_ONCE = 1 << 20


def clean(files: Iterable[Path], erased: Collection[str]) -> None:
    """Takes the private parts of these events out of files of a second copy; others are not touched.

    Raises:
        OSError: the disk; each file is as it was, or new and whole.
    """
    for path in files if erased else ():
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                continue
            file.seek(0)
            if not any(_is_owed(one, erased) for one in unframed(file, lambda _: None)):
                continue
            part = path.with_name(f"{path.name}.part")
            with part.open("wb") as target:
                _rewrite(file, target, erased)
                target.flush()
                os.fsync(target.fileno())
        put_in_place(part, path)


def _rewrite(file: BinaryIO, target: BinaryIO, erased: Collection[str]) -> None:
    file.seek(0)
    written = 0
    for one in unframed(file, lambda _: None):
        end = file.tell()
        if _is_owed(one, erased):
            envelope = reopen(one.header, one.facts, one.private, one.salt, one.sig)
            # Up to where it begins: whole events, and what is damaged between them.
            _copy(file, target, written, end - len(framed(envelope)))
            target.write(framed(replace(envelope, private=None, salt=None)))
            written = end
        file.seek(end)
    _copy(file, target, written, file.seek(0, os.SEEK_END))


def _copy(file: BinaryIO, target: BinaryIO, start: int, end: int) -> None:
    file.seek(start)
    while start < end:
        part = file.read(min(_AT_ONCE, end - start))
        target.write(part)
        start += len(part)


def _is_owed(one: Stored, erased: Collection[str]) -> bool:
    if one.private is None and one.salt is None:
        return False
    try:
        return reopen(one.header, one.facts, one.private, one.salt, one.sig).event_id in erased
    except Refused:
        # Whatever it is, nobody erased it by that name.
        return False
