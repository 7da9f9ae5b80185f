"""A copy of the station's record, also while a station works on it.

A second connection reads beside the one that writes. It may not write or checkpoint, so that it is safe with
every SQLite library, and it keeps the writer waiting for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from app.domain.refusal import Refused, Unavailable
from app.ledger.copying import copy_database


@contextmanager
def reading(record: Path, dbapi: Any) -> Iterator[Any]:
    """A DB-API connection to a record that can only read it.

    Raises:
        Unavailable: the file cannot be opened or read.
    """
    try:
        with closing(dbapi.connect(f"{record.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            # Opening reads nothing yet; a file that is no database shows itself here.
            connection.execute("PRAGMA schema_version").fetchall()
            yield connection
    except dbapi.DatabaseError as wrong:
        raise Unavailable(f"The station's record {record} cannot be read: {wrong}.") from wrong


def backup(record: Path, dbapi: Any, target: Path) -> None:
    """Copies everything recorded so far to `target`, which is replaced only by a complete copy.

    Raises:
        Refused: `target` is the record itself.
        Unavailable: the record cannot be read or the copy not written; `target` is as it was.
    """
    if target.exists() and target.samefile(record):
        raise Refused(
            "backup.itself",
            f"{target} is the record itself.",
            "Expected another file.",
            "Name a file that is not in the data folder.",
        )
    with reading(record, dbapi) as source:
        copy_database(dbapi, source, target)
