"""Importing a file of records into a centre: streamed, in transactions of 10,000 rows, with a report."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path

from app.domain.refusal import Refused, Unavailable
from sync.central.commands.importing import BATCH, Importing, batches
from sync.central.rules.access import Role
from sync.central.rules.ownership import RecordKind, Speaker
from sync.central.rules.quality import REPORT_HEADER, Finding
from sync.central.store.act import Act

KINDS: Mapping[str, RecordKind] = {"items": RecordKind.ITEM, "locations": RecordKind.LOCATION}
# The one writer is held for about as long as a person waits for a page.
_PER_TRANSACTION = 10_000
_LONGEST_LINE = 1 << 20

Acting = Callable[[], AbstractContextManager[Act]]
"""Opens one transaction of the centre."""


def import_file(
    acting: Acting,
    path: Path,
    kind: str,
    *,
    columns: Mapping[str, str],
    system: str | None = None,
    dry: bool = False,
    report: Path | None = None,
    said: Callable[[int], None] = lambda _: None,
) -> dict[str, object]:
    """Takes a CSV file of items or locations; answers how many rows came to what.

    Args:
        acting: opens a transaction.
        path: of the file, UTF-8 with or without a byte order mark.
        kind: one of `KINDS`.
        columns: known columns by the names they have in the file.
        system: the external system on whose word this is; the centre's own when left out.
        dry: judge everything, write nothing.
        report: where every finding goes as CSV.
        said: called with the number of rows after each transaction.

    Raises:
        Refused: the file is not there or its header cannot be read.
        Unavailable: the report cannot be written.
    """
    speaker = Speaker(system, Role.INTEGRATOR) if system else Speaker("import", Role.ADMIN)
    importing = Importing(KINDS[kind], speaker, dry=dry)
    with ExitStack() as opened:
        keep = opened.enter_context(_reporting(report)) if report else None
        with _lines(path) as lines:
            header = importing.sheet(lines, columns).warnings()
        importing.tally.rules.update(finding.rule for finding in header)
        if keep:
            keep(header)
        for kits in (False, True):
            if kits and not importing.kits_left:
                break
            with _lines(path) as lines:
                for part in batches(importing.sheet(lines, columns).rows(), _PER_TRANSACTION):
                    with acting() as act:
                        found = [importing.batch(act, rows, kits=kits) for rows in batches(part, BATCH)]
                    # Only what is committed is reported.
                    if keep:
                        keep(finding for findings in found for finding in findings)
                    said(importing.tally.rows)
    return {"kind": kind, "dry_run": dry, **importing.tally.to_json()}


@contextmanager
def _lines(path: Path) -> Iterator[Iterable[str]]:
    """The file's lines; bytes that are no UTF-8 come through as signs that the rules reject row by row."""
    try:
        file = path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as world:
        raise Refused(
            "import.file",
            f"Cannot read {path.name}: {world.strerror}.",
            "Expected a CSV file.",
            "Name another file.",
        ) from None
    with file:
        # A line without end comes in pieces, each a row to reject, instead of filling the memory.
        yield iter(partial(file.readline, _LONGEST_LINE), "")


@contextmanager
def _reporting(path: Path) -> Iterator[Callable[[Iterable[Finding]], None]]:
    """Writes findings to a CSV file, one row each."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(REPORT_HEADER)
            yield lambda found: writer.writerows(finding.cells() for finding in found)
    except OSError as world:
        raise Unavailable(f"{path} cannot be written: {world.strerror or world}.") from world
