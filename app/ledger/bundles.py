"""Bundles: every event of a station's record written to one file, under a manifest signed by its key."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from app.domain.bundle import BUNDLE, Content, Manifest, check
from app.domain.envelope import Envelope
from app.domain.framing import framed
from app.domain.refusal import Refused, Unavailable
from app.domain.signing import Signer
from app.ledger import epochs
from app.ledger.lasting import put_in_place
from app.ledger.second_copy import Chained, chain_after


def export(ledger: Chained, target: Path, signer: Signer, at: datetime, app_ver: str) -> Manifest:
    """Writes every chain that is on this disk to a file, epoch by epoch, and reads it back.

    Args:
        ledger: the record, which nobody writes meanwhile.
        target: the file; it takes its place whole or not at all.
        signer: the record's key.
        at: when, by the station's clock.
        app_ver: the version of this program.

    Raises:
        OSError: the file could not be written; what was there before is as it was.
        Unavailable: what was written is not what is read back.
    """
    content = Content()
    for envelope in _every(ledger):
        content.add(envelope)
    said = content.manifest(ledger.head, at, app_ver)
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as file:
            file.write(BUNDLE + said.line(signer))
            for envelope in _every(ledger):
                file.write(framed(envelope))
            file.flush()
            os.fsync(file.fileno())
        with part.open("rb") as written:
            try:
                check(written, lambda _: signer.public_key)
            except Refused as no:
                raise Unavailable(f"{target} was not written whole ({no.read}): try another disk.") from no
        put_in_place(part, target)
    finally:
        # Half of one would take the room that a full disk lacks.
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return said


def _every(ledger: Chained) -> Iterator[Envelope]:
    for chapter in epochs.chapters(ledger.connection):
        yield from chain_after(ledger, 0, chapter)
