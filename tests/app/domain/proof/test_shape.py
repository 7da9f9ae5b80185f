"""The manifest is read back as it was signed; lines that are none are found where they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from app.domain.approvals import Signed
from app.domain.proof.shape import MANIFEST_TAG, Counted, Finding, Manifest, Reader, line_of
from app.domain.signing import Ed25519Signer

SIGNER = Ed25519Signer(b"the centre's key in these tests.")


class Texts:
    def __init__(self, **files: bytes) -> None:
        self._files = files

    def names(self) -> Sequence[str]:
        return list(self._files)

    def lines(self, name: str) -> Iterator[bytes]:
        yield from self._files[name].splitlines(keepends=True)


def manifest(**files: bytes) -> Manifest:
    parts = {}
    for name, data in files.items():
        counted = Counted()
        for line in data.splitlines(keepends=True):
            counted.add(line)
        parts[name] = counted.part
    return Manifest("c", datetime(2026, 3, 1, tzinfo=UTC), "1.0", 2, "", parts)


def test_what_was_signed_is_read_back() -> None:
    said = manifest(a=b"{}\n", b=b"")
    signed = said.signed(SIGNER)
    assert signed.holds(MANIFEST_TAG, SIGNER.public_key)
    assert Manifest.read(Signed.from_json(signed.to_json(), "it")) == said


def test_lines_that_are_none_are_found_where_they_are_and_the_rest_is_read() -> None:
    data = line_of({"n": 1}) + b"no json\n" + b'{"n": 2}\n' + b"[1]\n" + b'{"n":3}'
    reader = Reader(Texts(a=data), manifest(a=data))
    assert [(number, row.whole("n")) for number, row in reader.rows("a")] == [(1, 1)]
    what = "is no canonical JSON object"
    assert reader.taken() == [Finding("a", f"line {n}", what) for n in (2, 3, 4, 5)]
    assert reader.taken() == []
    assert list(reader.rows("b")) == []
    assert [str(found) for found in reader.taken()] == ["b: the file: is not there"]


def test_a_file_that_is_not_the_manifests_is_found_at_its_end() -> None:
    reader = Reader(Texts(a=line_of({})), manifest(a=line_of({"n": 1})))
    assert len(list(reader.rows("a"))) == 1
    assert [str(found) for found in reader.taken()] == ["a: the file: is not what the manifest says"]
