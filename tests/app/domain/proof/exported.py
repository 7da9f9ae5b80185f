"""An export in memory, of a small centre with approvals, a journal and checkpoints; to be spoilt by tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.domain import canonical
from app.domain.approvals import Signed
from app.domain.proof import FILES, MANIFEST, Finding, Manifest, Summary, verify
from app.domain.proof.shape import Counted, line_of
from app.domain.signing import Ed25519Signer
from sync.central.store.approval_keys import root_key
from sync.central.store.exporting import centre_of, rows_of
from sync.central.store.feed import position
from tests.approvals.world import ROOT
from tests.sync.central.approving import Desk
from tests.sync.central.receiving import Store, store_in
from tests.sync.central.vouching import announce, vouch

CENTRE = Ed25519Signer(bytes([7] * 32))


class Memory:
    """An export as texts in memory."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)

    def names(self) -> Sequence[str]:
        return sorted(self.files)

    def lines(self, name: str) -> Iterator[bytes]:
        yield from self.files[name].splitlines(keepends=True)

    def rows(self, name: str) -> list[dict[str, Any]]:
        return [dict(canonical.decode(line)) for line in self.lines(name)]  # type: ignore[call-overload]

    def changed(self, name: str, number: int, change: Callable[[dict[str, Any]], object]) -> Memory:
        """One row changed, and the manifest signed anew by the centre, which could do so."""
        rows = self.rows(name)
        change(rows[number])
        return self.told(name, rows)

    def told(self, name: str, rows: Sequence[object]) -> Memory:
        """Other rows in a file, and the manifest signed anew by the centre."""
        return signed({**self.files, name: b"".join(line_of(row) for row in rows)}, self._manifest())

    def _manifest(self) -> Manifest:
        (line,) = self.lines(MANIFEST)
        return Manifest.read(Signed.from_json(canonical.decode(line.rstrip()), "it"))

    def findings(self, root: bytes | None = ROOT.public_key) -> list[str]:
        """What is found in it."""
        return [str(found) for found in self.found(root)]

    def found(self, root: bytes | None = ROOT.public_key) -> list[Finding]:
        return list(verify(self, Summary(), root))


def signed(files: Mapping[str, bytes], said: Manifest) -> Memory:
    """The files with a manifest that fits them."""
    parts = {}
    for name in FILES:
        counted = Counted()
        for line in files[name].splitlines(keepends=True):
            counted.add(line)
        parts[name] = counted.part
    manifest = replace(said, parts=parts).signed(CENTRE)
    return Memory({**files, MANIFEST: line_of(manifest.to_json())})


def exported(store: Store) -> Memory:
    """All evidence of a store."""
    with store.database.read() as conn:
        files = {name: b"".join(line_of(row) for row in rows_of(conn, name)) for name in FILES}
        root = root_key(conn)
        said = Manifest(
            centre_of(conn),
            store.clock.now(),
            "test",
            position(conn)[0],
            root.hex() if root else "",
            {},
        )
    return signed(files, said)


def worked(store: Store) -> None:
    """Two write-offs, one of them approved; returns; evidence; and checkpoints between."""
    desk = Desk(store)
    vouch(store)
    store.push(desk.bench, desk.bench.work(3))
    approved, alone = desk.written_off(1), desk.written_off(2)
    desk.send(desk.record(approved, desk.sign(approved)), desk.record(alone))
    desk.revoke("OMAR")
    vouch(store)
    announce(store, 2)
    store.push(desk.bench, desk.bench.work(2))
    vouch(store)
    announce(store, 1, "late")


@cache
def example() -> Memory:
    """The export that most tests spoil."""
    with TemporaryDirectory() as folder, store_in(Path(folder)) as store:
        worked(store)
        return exported(store)
