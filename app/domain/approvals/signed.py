"""Signed documents: the bytes that were signed, kept as they are, and the signature over a tag and them.

A document travels as the text it was signed in, never as JSON inside JSON that somebody would encode anew; so
fields that this version does not know stay in it. Each purpose has its own tag, so that a certificate never
passes for a statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain import canonical
from app.domain.envelope import digest
from app.domain.fields import Fields
from app.domain.refusal import Refused
from app.domain.signing import Signer, Verifier

VERSION = 1
SIG_SIZE = 64
_LONGEST = 131_072
_NAMES = frozenset({"document", "sig"})


@dataclass(frozen=True, slots=True)
class Signed:
    """A document and who vouches for it; `strange` when something unsigned stands beside both."""

    document: bytes
    sig: bytes
    strange: bool = False

    @property
    def digest(self) -> str:
        """Names exactly this document (hexadecimal SHA-256)."""
        return digest(self.document)

    @property
    def proof(self) -> str:
        """Names the document with its signature: whoever knew this had both (hexadecimal SHA-256)."""
        return digest(self.document, self.sig)

    def holds(self, tag: bytes, public_key: bytes) -> bool:
        """True when the holder of this key signed exactly these bytes for that purpose."""
        try:
            verifier = Verifier(public_key)
        except ValueError:  # 32 bytes that are no point of the curve
            return False
        return verifier.holds(tag, self.document, self.sig)

    def to_json(self) -> dict[str, object]:
        """The document as it travels."""
        return {"document": self.document.decode(), "sig": self.sig.hex()}

    @classmethod
    def from_json(cls, data: object, where: str) -> Signed:
        """Reads what `to_json` wrote.

        Raises:
            Refused: a part is missing or of another type, or the text is longer than any of ours.
        """
        f = Fields(data, where)
        text = f.text("document")
        if len(text) > _LONGEST:
            raise f.wrong("document", f"a text of at most {_LONGEST} signs")
        try:
            document = text.encode()
        except UnicodeEncodeError:
            raise f.wrong("document", "a whole text") from None
        return cls(document, hexadecimal(f, "sig", SIG_SIZE), not _NAMES.issuperset(f.names()))


def sign(document: Mapping[str, object], tag: bytes, signer: Signer) -> Signed:
    """The document in canonical form, signed for one purpose."""
    stored = canonical.encode({"v": VERSION, **document})
    return Signed(stored, signer.sign(tag, stored))


def opened(signed: Signed, where: str) -> Fields:
    """What a document says, to be believed only after `holds`.

    Raises:
        Refused: it is no canonical JSON object; `approval.too_new` for a version this program cannot read.
    """
    said = canonical.decode(signed.document)
    f = Fields(said, where)
    if canonical.encode(said) != signed.document:
        raise Refused(
            "approval.form",
            f"{where}: read JSON that is not in canonical form.",
            "Expected the bytes as RFC 8785 writes them.",
            "Make the document with a program that writes that form.",
        )
    version = f.whole("v", least=1)
    if version > VERSION:
        raise Refused(
            "approval.too_new",
            f"{where}: read version {version}.",
            f"This program reads versions up to {VERSION}.",
            "Upgrade this program; the document is kept as it came.",
        )
    return f


def hexadecimal(f: Fields, name: str, size: int) -> bytes:
    """Bytes written as lower-case hexadecimal digits, in exactly one way.

    Raises:
        Refused: anything else, capitals and blanks included.
    """
    text = f.text(name)
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != size or found.hex() != text:
        raise f.wrong(name, f"{size * 2} lower-case hexadecimal digits")
    return found


def code(f: Fields, name: str, most: int = 80) -> str:
    """A short name that every table and screen can hold.

    Raises:
        Refused: it is empty, too long, or has signs that are not printed.
    """
    text = f.text(name)
    if len(text) > most or not text.isprintable():
        raise f.wrong(name, f"a text of at most {most} printed signs")
    return text
