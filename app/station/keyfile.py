"""The station's signing key in a file only its user can read.

A plain file is the stated fallback where no key store of the operating system is used: whoever can read the
user's files can sign as this station, so the disk should be encrypted.
"""

from __future__ import annotations

import os
from pathlib import Path

from app.domain.ids import Ids
from app.domain.refusal import Refused
from app.domain.signing import KEY_SIZE, Ed25519Signer

_MODE = 0o600


def load_or_make(path: Path, ids: Ids) -> Ed25519Signer:
    """The key in `path`; made there on first use.

    Raises:
        Refused: the file is not a key.
    """
    if not path.exists():
        _write(path, ids.secret(KEY_SIZE))
    text = path.read_text(encoding="ascii", errors="replace").strip()
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


def _write(path: Path, seed: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(seed.hex())
        file.flush()
        os.fsync(file.fileno())
    # Renamed only when whole: a power cut never leaves half a key behind.
    part.replace(path)
