"""Looking after a centre's database: bringing it to this version, copying it, putting a copy back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app.bootstrap import sqlite
from app.bootstrap.founding import require_place
from app.bootstrap.whereabouts import file_of, key_file
from app.domain.refusal import Refused, Unavailable
from app.ledger.aside import free_name, log_aside, log_stays, taken_back
from app.ledger.lasting import put_in_place, second_name, settle
from app.ledger.swapping import discard
from app.station.keyfile import load_or_make
from app.station.system import SystemClock, SystemIds
from sync.central import tokens
from sync.central.audit import audit
from sync.central.store import archive, under_way
from sync.central.store.chain import key_of_chain
from sync.central.store.copying import alone_with, copy_file, generation_of, heads_of, rows_of
from sync.central.store.database import Database, create_database
from sync.central.store.enrolment import withdraw_codes
from sync.central.store.migration import Upgraded
from sync.central.store.recalling import NOTHING, Replaced, take_over, what_was
from sync.central.store.rights import grant

_SQLITE_MAGIC = b"SQLite format 3\x00"
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: the feed's new generation, where what was replaced is, and what is left to do.

    `ended` names the tokens that are good for nothing any more, oldest first; none where they were kept.
    """

    generation: int
    replaced: str
    ended: Sequence[str]
    left_to_do: Sequence[str]


@dataclass(frozen=True, slots=True)
class Over:
    """What a copy is put over, and what is kept of it: `replace` what is there; keep the copy's tokens."""

    replace: bool = False
    keep_tokens: bool = False


@dataclass(frozen=True, slots=True)
class _Begun:
    generation: int
    chain_key: bytes | None
    ended: Sequence[str]
    shut_out: Sequence[str]
    known: bool


def migrate(url: str, service_role: str | None) -> Upgraded:
    """Brings a database to this version, and gives the service its rights when a role is named.

    Raises:
        Refused: a newer database, no such role, or a centre was here and is not any more.
        Unavailable: the database does not answer.
    """
    file = file_of(url)
    require_place(url, file, key_file(url, None) if file is not None else None)
    database = create_database(url, sqlite.choose().module)
    try:
        if service_role is not None:
            with database.write() as conn:
                grant(conn, service_role)
        return database.upgraded
    finally:
        database.close()


def backup(url: str, target: Path, *, replace: bool, key: Path | None) -> None:
    """Copies a whole centre to `target` while it works; with `key` also that file, beside it.

    Raises:
        Refused: there is no such centre, a restore of it did not end, `target` is there already or is the
            centre itself, or the programs that copy a PostgreSQL database are not here.
        Unavailable: it could not be copied; `target` is as it was.
    """
    file = file_of(url)
    if file is not None and not file.exists():
        raise Refused(
            "central.none", f"There is no file {file}.", "Expected a centre's database.", "Check --db."
        )
    if target.exists() and (not replace or (file is not None and target.samefile(file))):
        raise Refused(
            "backup.exists",
            f"{target} is there already.",
            "Expected the name of a new file.",
            "Name another file, or give --force to replace an old copy.",
        )
    if file is not None:
        copy_file(sqlite.choose().module, file, target)
    else:
        under_way.standing(url)
        archive.dump(url, target)
    if key is not None:
        _copy_key(key, beside(target))


def beside(copy: Path) -> Path:
    """Where a copy's key is, when it was copied too."""
    return copy.with_name(f"{copy.name}.key")


def restore(url: str, source: Path, key: Path | None, over: Over = Over()) -> Restored:
    """Puts a copy back, audits it, and begins a new generation of the feed so that stations notice.

    Tokens that were revoked after the copy was made are good in it. So all of them end, unless they are to be
    kept. Enrolment codes that are unused in it end in any case. Stations sign with their own keys and stay.

    Raises:
        Refused: the copy is of another kind of database or breaks a law, or the target is not empty or is in
            use; what was there is as it was.
        Unavailable: the copy cannot be read, or the database does not answer.
    """
    file, where = file_of(url), key_file(url, key)
    _require_kind(source, _SQLITE_MAGIC if file is not None else archive.MAGIC)
    if file is not None:
        begun, replaced = _restore_file(file, source, over)
    else:
        replaced = archive.load(url, source, replace=over.replace)
        try:
            known = archive.generation_of(url, replaced), archive.heads_of(url, replaced)
            before = what_was(*known, partial(archive.rows_of, url, replaced))
            begun = _begin(create_database(url), before, keep_tokens=over.keep_tokens)
            under_way.finish(url)
        except BaseException:
            archive.take_back(url, replaced)
            raise
    if not where.exists() and beside(source).exists():
        _copy_key(beside(source), where)
    left = tuple(_left_to_do(where, begun, served=file is None))
    return Restored(begun.generation, replaced, begun.ended, left)


def _restore_file(file: Path, source: Path, over: Over) -> tuple[_Begun, str]:
    dbapi = sqlite.choose().module
    there = file.exists() and file.stat().st_size > 0
    if there and not over.replace:
        raise Refused(
            "restore.target",
            f"{file} is there already.",
            "Expected no file, or an empty one.",
            "Name another file in --db, or give --replace; the file that is there is then kept aside.",
        )
    draft = file.with_name(f"{file.name}.restoring")
    former: Path | None = None
    try:
        # One that was cut short left its log, too, which is not that of this copy.
        discard(draft)
        copy_file(dbapi, source, draft)
        database = create_database(f"sqlite:///{draft}", dbapi)
        former = database.upgraded.copy
        known = generation_of(dbapi, file), heads_of(dbapi, file)
        before = what_was(*known, partial(rows_of, dbapi, file)) if there else NOTHING
        begun = _begin(database, before, keep_tokens=over.keep_tokens)
        # What its log may still hold belongs into the file before that has its name.
        alone_with(dbapi, draft)
        aside = _kept_aside(file, damaged=_damaged(dbapi, file)) if there else _log_aside(file)
        _take_place(draft, file, aside if there else None)
    finally:
        discard(draft)
        if former is not None:
            former.unlink(missing_ok=True)
    return begun, str(aside or "")


def _take_place(draft: Path, file: Path, aside: Path | None) -> None:
    try:
        # A journal of the old file that came back with a power cut would be played on the new one.
        settle(file.parent)
        with draft.open("rb+") as whole:
            os.fsync(whole.fileno())
        put_in_place(draft, file)
    except OSError as wrong:
        # Once the copy has its place, the other name is the only one that what it replaced still has.
        if aside is not None and draft.exists():
            taken_back(file, aside)
        raise Unavailable(f"{file} was not replaced: {wrong}. Check the disk and the space left.") from wrong


def _damaged(dbapi: Any, file: Path) -> bool:
    """Whether a file cannot be read as a database; one that can is whole in itself from here on."""
    try:
        return not alone_with(dbapi, file)
    except Unavailable as wrong:
        # A lock or a disk that is away is no damage.
        if isinstance(wrong.__cause__, dbapi.OperationalError):
            raise
        return True


def _kept_aside(file: Path, *, damaged: bool) -> Path:
    """A second name for the file, which keeps its first one until the copy takes that."""
    kept = free_name(file)
    try:
        second_name(file, kept)
        if damaged:
            log_stays(file, kept)
    except OSError as wrong:
        taken_back(file, kept)
        raise Unavailable(
            f"{file} was not kept as {kept}: {wrong}. Check the disk and the space left."
        ) from wrong
    return kept


def _log_aside(file: Path) -> Path | None:
    """Where the log of a file is kept that is gone itself; None where it left none."""
    try:
        return log_aside(file)
    except OSError as wrong:
        raise Unavailable(
            f"The log of {file} was not kept: {wrong}. Check the disk and the space left."
        ) from wrong


def _begin(database: Database, replaced: Replaced, *, keep_tokens: bool) -> _Begun:
    """Proves a restored ledger and begins a generation after the replaced one; closes it in any case."""
    try:
        now = SystemClock().now()
        with database.write() as conn:
            generation, shut = take_over(conn, replaced, now)
            ended = () if keep_tokens else tokens.revoke_all(conn, now)
            withdraw_codes(conn, now)
        report = audit(database)
        if not report.holds:
            first = "; ".join(f"{v.law}, {v.subject}" for v in report.violations[:_SHOWN])
            raise Refused(
                "restore.audit",
                f"The copy breaks {len(report.violations)} laws: {first}.",
                "Expected a ledger that adds up.",
                "Nothing was replaced; what was there is as it was. Take an older copy.",
            )
        with database.read() as conn:
            return _Begun(generation, key_of_chain(conn), ended, shut, replaced.known)
    finally:
        database.close()


def _left_to_do(where: Path, begun: _Begun, *, served: bool) -> list[str]:
    found = []
    if not where.exists():
        found.append(f"Put the centre's key at {where}: without it the centre does not start.")
    elif begun.chain_key not in {None, load_or_make(where, SystemIds()).public_key}:
        found.append(f"The key in {where} is not this centre's: put the right one there.")
    if served:
        found.append("Give the service its rights again: backhaul central migrate --service-role NAME.")
    if begun.shut_out:
        found.append(f"Shut out, as before: {', '.join(begun.shut_out)}.")
    if not begun.known:
        found.append("No centre before it could be read: shut out again whom you shut out since the copy.")
    if begun.ended:
        found.append(
            "Make new tokens, each for the same person: backhaul central token --role ROLE --name NAME."
        )
    return found


def _require_kind(source: Path, magic: bytes) -> None:
    try:
        with source.open("rb") as file:
            begins = file.read(len(magic))
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError) as wrong:
        raise Refused(
            "restore.source",
            f"{source} cannot be read: {wrong.strerror}.",
            "Expected a file that backhaul central backup made.",
            "Check the name.",
        ) from None
    except OSError as wrong:
        raise Unavailable(f"{source} cannot be read: {wrong}. Check the disk.") from wrong
    if begins != magic:
        kind = "a SQLite centre" if magic == _SQLITE_MAGIC else "a PostgreSQL centre"
        raise Refused(
            "restore.source",
            f"{source} is not a copy of {kind}.",
            f"Expected one, as --db names {kind}.",
            "Restore it to the kind of database it was made of.",
        )


def _copy_key(key: Path, target: Path) -> None:
    """A key for this user's eyes only, in place only when whole."""
    part = target.with_name(f"{target.name}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as copy, key.open("rb") as kept:
            shutil.copyfileobj(kept, copy)
            copy.flush()
            os.fsync(copy.fileno())
        put_in_place(part, target)
    except OSError as wrong:
        raise Unavailable(f"The key {key} was not copied to {target}: {wrong}.") from wrong
