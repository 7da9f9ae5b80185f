"""Exports of a centre's evidence, as folders or tar files: written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from app.domain.proof.shape import FILES, MANIFEST, Counted, Manifest, Part, line_of
from app.domain.refusal import Refused, Unavailable
from app.domain.signing import Signer
from sync.central.store.approval_keys import root_key
from sync.central.store.approval_record import judged_after
from sync.central.store.database import Database
from sync.central.store.exporting import centre_of, rows_of
from sync.central.store.feed import position

TAR = ".tar"


class Writing:
    """An export that is being written beside its place."""

    def __init__(self, draft: Path) -> None:
        self._draft = draft
        self._parts = dict[str, Part]()

    def rows(self, name: str, rows: Iterable[object]) -> None:
        """One whole file."""
        counted = Counted()
        with (self._draft / name).open("wb") as file:
            for row in rows:
                line = line_of(row)
                counted.add(line)
                file.write(line)
            _synced(file)
        self._parts[name] = counted.part

    @property
    def parts(self) -> dict[str, Part]:
        """What was written so far."""
        return dict(self._parts)

    def manifest(self, said: Manifest, centre: Signer) -> None:
        """The last file: what all others are, signed."""
        with (self._draft / MANIFEST).open("wb") as file:
            file.write(line_of(said.signed(centre).to_json()))
            _synced(file)


@contextmanager
def writing(target: Path) -> Iterator[Writing]:
    """A new export at `target`, in place only when the block ended well; a tar file when named so.

    Raises:
        Refused: there is something already.
        Unavailable: it cannot be written.
    """
    if target.exists():
        raise Refused(
            "export.exists",
            f"{target} is there already.",
            "Expected the name of a new folder, or of a new file that ends with .tar.",
            "Name another.",
        )
    draft = target.with_name(f"{target.name}.part")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        yield Writing(draft)
        if target.suffix == TAR:
            packed = target.with_name(f"{target.name}.packing")
            with tarfile.open(packed, "w:", format=tarfile.PAX_FORMAT) as tar:
                for file in sorted(draft.iterdir()):
                    tar.add(file, file.name, filter=_bare)
            packed.replace(target)
        else:
            draft.rename(target)
    except OSError as wrong:
        raise Unavailable(f"{target} was not written: {wrong}.") from wrong
    finally:
        with suppress(OSError):
            shutil.rmtree(draft, ignore_errors=True)


def export_centre(database: Database, centre: Signer, app_ver: str, now: datetime, target: Path) -> Manifest:
    """Everything a centre holds as evidence, as it is at one moment; the centre may be at work.

    Raises:
        Refused: there is something at `target` already.
        Unavailable: the database does not answer, or it cannot be written.
    """
    with writing(target) as export, database.read() as conn:
        root = root_key(conn)
        for name in FILES:
            export.rows(name, rows_of(conn, name))
        said = Manifest(
            centre_id=centre_of(conn),
            at=now,
            app_ver=app_ver,
            feed_gen=position(conn)[0],
            root_key=root.hex() if root is not None else "",
            parts=export.parts,
            judged_after=judged_after(conn),
        )
        export.manifest(said, centre)
    return said


def _bare(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nothing of this computer and this moment in it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = 0
    member.mode = 0o644
    return member


def _synced(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
