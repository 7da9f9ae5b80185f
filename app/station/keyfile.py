"""The station's signing key in a file only its user can read.

A plain file is the stated fallback where no key store of the operating system is used: whoever can read the
user's files can sign as this station, so the disk should be encrypted.
"""

from __future__ import annotations

import os
from pathlib import Path

from app.domain.ids import Ids
from app.domain.refusal import Refused, Unavailable
from app.domain.signing import KEY_SIZE, Ed25519Signer
from app.ledger.lasting import put_in_place

_MODE = 0o600


def load_or_make(path: Path, ids: Ids, record: Path | None = None) -> Ed25519Signer:
    """The key in `path`; made there on first use, which is over once `record` has anything in it.

    Raises:
        Refused: the file is not a key, or is gone although there is a record that was signed with it.
        Unavailable: the file cannot be read or written.
    """
    try:
        if not path.exists():
            if record is not None and record.exists() and record.stat().st_size:
                raise _gone(path, record)
            _write(path, ids.secret(KEY_SIZE))
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as world:
        raise Unavailable(f"The key file {path} cannot be used: {world.strerror}.") from world
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        seed = b""
    if len(seed) != KEY_SIZE:
        raise Refused(
            "key.unreadable",
            f"{path.name} does not hold a signing key.",
            f"Expected {KEY_SIZE * 2} hexadecimal digits.",
            "Restore the file from a backup of this station, or enrol the station anew.",
        )
    return Ed25519Signer(seed)


def _gone(path: Path, record: Path) -> Refused:
    # A new key would sign as a stranger in this record's name, and hide that the old one can be put back.
    return Refused(
        "key.missing",
        f"There is no key file {path}, but there is a {record.name}.",
        "Expected the key that this record is signed with.",
        f"Put {path.name} back from where it was kept; nothing was changed.",
    )


def _write(path: Path, seed: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(seed.hex())
        file.flush()
        os.fsync(file.fileno())
    # Renamed only when whole: a power cut never leaves half a key behind.
    put_in_place(part, path)
