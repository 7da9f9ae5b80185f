"""Where a centre's parts lie, by its database's address and what was named."""

from __future__ import annotations

from pathlib import Path

from app.domain.refusal import Refused
from sync.central.store.database import readable_url


def file_of(url: str) -> Path | None:
    """The file that a SQLite address names, with whatever driver and settings; None for a database server.

    Raises:
        Refused: it is neither.
    """
    parsed = readable_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def key_file(url: str, key: Path | None) -> Path:
    """Where the centre's key is: as named, or beside a SQLite file.

    Raises:
        Refused: none was named for a database server, or there is no such address.
    """
    file = file_of(url)
    if key is not None:
        return key
    if file is not None:
        return file.with_suffix(".key")
    raise Refused(
        "central.key",
        "No key file was named.",
        "A centre on a database server needs --key FILE.",
        "Name a file that only this user can read; it is made on first use.",
    )


def photo_folder(url: str, named: Path | None = None) -> Path | None:
    """Where a centre's photos are: as named, or beside a SQLite file; None for a database server without.

    Raises:
        Refused: there is no such address.
    """
    file = file_of(url)
    if named is not None or file is None:
        return named
    return file.with_name(f"{file.stem}-photos")
