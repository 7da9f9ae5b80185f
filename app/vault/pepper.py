"""The station's pepper: 256 bits outside the database, in the key store of the system where there is one.

Where there is none, it is a file that only this user can read, and whoever sets the station up is told so:
a thief of the whole disk then has the pepper too, and only PIN and badge are left. A note beside that file
names the key store that holds it: once it is in one place it is looked for there, and a store that is
locked or away is waited for. No other pepper takes its place unseen.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.domain.approvals.wrapping import PEPPER_SIZE
from app.domain.ids import Ids
from app.domain.refusal import Refused, Unavailable
from app.ledger.lasting import put_in_place
from app.vault.keystore import words_of

_MODE = 0o600


class KeyStore(Protocol):
    """A place of the operating system for secrets; both raise `Unavailable` when it does not answer."""

    @property
    def name(self) -> str:
        """Tells it from other stores, for the note."""

    @property
    def shown(self) -> str:
        """In words."""

    def get(self, name: str) -> str | None:
        """The secret of that name, None when there is none."""

    def put(self, name: str, secret: str) -> None:
        """Keeps a secret under a name."""


class KeyStores(Protocol):
    """What this system offers."""

    def chosen(self) -> KeyStore | None:
        """The best of them; None where there is none."""

    def named(self, name: str) -> KeyStore | None:
        """The one of that name; None when it is not there now."""


class NoKeyStores:
    """A system without any."""

    def chosen(self) -> KeyStore | None:
        """None."""
        return None

    def named(self, name: str) -> KeyStore | None:
        """None."""
        del name
        return None


@dataclass(frozen=True, slots=True)
class Pepper:
    """The secret, and where it is kept, in words for the person who sets the station up."""

    secret: bytes
    kept: str


def load_pepper(station: str, stores: KeyStores, file: Path, ids: Ids, *, make: bool) -> Pepper:
    """The pepper of a station, made on first use.

    One that is in a file already stays there until somebody moves it. None is made in the place of one that
    was lost: every sealed key would be lost with it.

    Args:
        station: whose pepper.
        stores: the system's key stores.
        file: where it is kept otherwise.
        ids: for a new one.
        make: whether there may be none yet, because no key was ever sealed here.

    Raises:
        Refused: it is gone, is not a pepper, or there are two.
        Unavailable: the key store or the disk does not answer.
    """
    found = _noted(station, stores, file)
    if found is None and file.exists():
        found = Pepper(_read(_text(file), file.name), _in_file(file))
    if found is None and not _note(file).exists():
        found = _unnoted(station, stores, file, make=make)
    if found is not None:
        return found
    if not make:
        raise Refused(
            "pepper.missing",
            "There is no pepper of this station, but there are keys sealed with one.",
            f"Expected it in the key store of this system or in {file.name}.",
            "Put it back from where a copy is kept, or enrol the approvers anew.",
        )
    return _made(station, stores, file, ids.secret(PEPPER_SIZE))


def move_to_store(station: str, stores: KeyStores, file: Path) -> str:
    """Moves a pepper from its file to the key store; answers where it is kept now, in words.

    The file is removed only after the store gave back what it was given.

    Raises:
        Refused: there is no key store or no pepper in a file, or the store holds another one.
        Unavailable: the store or the disk does not answer; the file is as it was.
    """
    if (noted := _noted(station, stores, file)) is not None and not file.exists():
        return noted.kept
    store = stores.chosen()
    if store is None:
        raise Refused(
            "pepper.no_store",
            "This system offers no key store that keeps secrets for one user alone.",
            "Expected the Secret Service, KWallet, a keychain or the Credential Manager.",
            "The pepper stays in its file: encrypt this computer's disk.",
        )
    if not file.exists():
        raise Refused(
            "pepper.none",
            f"There is no {file.name} yet.",
            "Expected a pepper, which is made with the first approver's key.",
            "There is nothing to move: it will be made in the key store.",
        )
    secret = _read(_text(file), file.name)
    there = store.get(_entry(station))
    if there is not None and _read(there, store.shown) != secret:
        raise _two(store, file)
    if not _kept(store, station, secret):
        raise Unavailable(f"{store.shown} did not give back what it was given: the pepper stays in its file.")
    _settle(store, file)
    return _in_store(store)


def move_to_file(station: str, stores: KeyStores, file: Path) -> str:
    """Moves a pepper from the key store to its file, for a computer whose store goes away.

    Raises:
        Refused: it is gone, or there are two.
        Unavailable: the store or the disk does not answer; all is as it was.
    """
    found = _noted(station, stores, file)
    if found is not None and not file.exists():
        _write(file, found.secret.hex())
    if not file.exists():
        raise Refused(
            "pepper.none",
            "No key store holds a pepper of this station.",
            "Expected one that was made or moved there.",
            "There is nothing to move.",
        )
    with suppress(FileNotFoundError):
        _note(file).unlink()
    return _in_file(file)


def where(stores: KeyStores, file: Path) -> str:
    """In words where a pepper is, or will be; nothing is asked of a store."""
    name = noted(file)
    if name is not None:
        return f"in {words_of(name)}"
    if file.exists():
        return _in_file(file)
    store = stores.chosen()
    place = _in_store(store) if store is not None else _in_file(file)
    return f"nowhere yet; once an approver's key is made here, {place}"


def noted(file: Path) -> str | None:
    """The name of the key store that holds the pepper, None where it is or will be in `file` itself."""
    note = _note(file)
    return _text(note).strip() if note.exists() else None


def _noted(station: str, stores: KeyStores, file: Path) -> Pepper | None:
    """The pepper in the key store that the note names; None without a note, or when it is not there."""
    name = noted(file)
    if name is None:
        return None
    store = stores.named(name)
    if store is None:
        if file.exists():
            return None
        raise Unavailable(
            f"The pepper of this station is in {words_of(name)}, which is not there now. Work as the user "
            "who set this station up, and unlock it."
        )
    try:
        found = store.get(_entry(station))
    except Unavailable:
        if file.exists():
            return None
        raise
    if found is None:
        return None
    secret = _read(found, store.shown)
    if file.exists():
        if _read(_text(file), file.name) != secret:
            raise _two(store, file)
        # A move that a power cut ended before its last step.
        _settle(store, file)
    return Pepper(secret, _in_store(store))


def _unnoted(station: str, stores: KeyStores, file: Path, *, make: bool) -> Pepper | None:
    """The pepper in the key store of this system, where the note was lost or never came to be."""
    store = stores.chosen()
    try:
        found = store.get(_entry(station)) if store is not None else None
    except Unavailable:
        if not make:
            raise
        return None
    if store is None or found is None:
        return None
    secret = _read(found, store.shown)
    _settle(store, file)
    return Pepper(secret, _in_store(store))


def _made(station: str, stores: KeyStores, file: Path, fresh: bytes) -> Pepper:
    """A new one in the key store, or in the file where that does not prove that it keeps it."""
    store = stores.chosen()
    # No key was sealed yet: nothing is lost when a store only seemed to be one.
    with suppress(Unavailable):
        if store is not None and _kept(store, station, fresh):
            _settle(store, file)
            return Pepper(fresh, _in_store(store))
    _write(file, fresh.hex())
    with suppress(FileNotFoundError):
        _note(file).unlink()
    return Pepper(fresh, _in_file(file))


def _kept(store: KeyStore, station: str, secret: bytes) -> bool:
    store.put(_entry(station), secret.hex())
    return store.get(_entry(station)) == secret.hex()


def _settle(store: KeyStore, file: Path) -> None:
    """Notes that a store holds it, and only then removes the file."""
    if noted(file) != store.name:
        _write(_note(file), f"{store.name}\n")
    try:
        file.unlink(missing_ok=True)
    except OSError as world:
        raise Unavailable(f"The file {file} cannot be removed: {world.strerror}.") from world


def _note(file: Path) -> Path:
    return file.with_name(f"{file.name}-store")


def _entry(station: str) -> str:
    return f"pepper {station}"


def _two(store: KeyStore, file: Path) -> Refused:
    return Refused(
        "pepper.two",
        f"{store.shown} and {file.name} hold different peppers of this station.",
        "Expected one.",
        f"Put {file.name} away and try a PIN; with the wrong pepper no PIN is right. Nothing was changed.",
    )


def _in_store(store: KeyStore) -> str:
    return f"in {store.shown}"


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
