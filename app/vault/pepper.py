"""The station's pepper: 256 bits outside the database, in the key store of the system where there is one.

Where there is none, it is a file that only this user can read, and whoever sets the station up is told so: a
thief of the whole disk then has the pepper too, and only PIN and badge are left.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.domain.approvals.wrapping import PEPPER_SIZE
from app.domain.ids import Ids
from app.domain.refusal import Refused, Unavailable
from app.ledger.lasting import put_in_place

SERVICE = "backhaul"
_MODE = 0o600


class KeyStore(Protocol):
    """A place of the operating system for secrets; both raise `Unavailable` when it does not answer."""

    def get(self, name: str) -> str | None:
        """The secret of that name, None when there is none."""

    def put(self, name: str, secret: str) -> None:
        """Keeps a secret under a name."""


@dataclass(frozen=True, slots=True)
class Pepper:
    """The secret, and where it is kept, in words for the person who sets the station up."""

    secret: bytes
    kept: str


def load_pepper(station: str, store: KeyStore | None, file: Path, ids: Ids, *, make: bool) -> Pepper:
    """The pepper of a station, made on first use.

    One that is in a file already stays there. None is made in the place of one that was lost: every sealed
    key would be lost with it.

    Args:
        station: whose pepper.
        store: the system's key store; None where there is none.
        file: where it is kept otherwise.
        ids: for a new one.
        make: whether there may be none yet, because no key was ever sealed here.

    Raises:
        Refused: it is gone, or is not a pepper.
        Unavailable: the key store or the disk does not answer.
    """
    if file.exists():
        return Pepper(_read(_text(file), file.name), _in_file(file))
    name = f"pepper {station}"
    found = store.get(name) if store is not None else None
    if found is not None:
        return Pepper(_read(found, name), "in the key store of this system")
    if not make:
        raise Refused(
            "pepper.missing",
            "There is no pepper of this station, but there are keys sealed with one.",
            f"Expected it in the key store of this system or in {file.name}.",
            "Put it back from where a copy is kept, or enrol the approvers anew.",
        )
    fresh = ids.secret(PEPPER_SIZE)
    if store is not None:
        store.put(name, fresh.hex())
        return Pepper(fresh, "in the key store of this system")
    _write(file, fresh.hex())
    return Pepper(fresh, _in_file(file))


def _in_file(file: Path) -> str:
    return f"in the file {file.name}, which only this user can read: encrypt this computer's disk"


def _read(text: str, where: str) -> bytes:
    try:
        found = bytes.fromhex(text.strip())
    except ValueError:
        found = b""
    if len(found) != PEPPER_SIZE:
        raise Refused(
            "pepper.unreadable",
            f"{where} does not hold a pepper.",
            f"Expected {PEPPER_SIZE * 2} hexadecimal digits.",
            "Put it back from where a copy is kept, or enrol the approvers anew.",
        )
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace")
    except OSError as world:
        raise Unavailable(f"The file {file} cannot be read: {world.strerror}.") from world


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE), "w") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        # Renamed only when whole: a power cut never leaves half a pepper behind.
        put_in_place(part, file)
    except OSError as world:
        raise Unavailable(f"The file {file} cannot be written: {world.strerror}.") from world
