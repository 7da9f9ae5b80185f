"""The catalogue of everything the floor reads; a workflow names a message, the catalogue words it."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping

from app.domain.refusal import Refused

HEADLINE_MAX = 45
HINT_MAX = 100


class Texts:
    """One language's messages; each is a format text with named parts."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        self._messages = dict(messages)

    def say(self, code: str, /, **parts: object) -> str:
        """The words for a message code, its named parts filled in."""
        return self._messages[code].format(**parts)

    def word(self, word: str) -> str:
        """The caption of a mat word, or the word itself where it is its own."""
        return self._messages.get(f"wordcaption.{word}", word)

    def has(self, code: str) -> bool:
        """True when there are words for that code."""
        return code in self._messages

    def codes(self) -> frozenset[str]:
        """All message codes of this language."""
        return frozenset(self._messages)

    def parts(self, code: str) -> frozenset[str]:
        """The names of the parts a message wants."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self._messages[code]) if name)


def read_texts(source: str, where: str) -> Texts:
    """Reads a catalogue: TOML tables become dotted codes.

    Raises:
        Refused: the document is not TOML or holds something other than texts.
    """
    try:
        document = tomllib.loads(source)
    except tomllib.TOMLDecodeError as bad:
        raise Refused(
            "texts.not_toml", f"{where} is not TOML: {bad}.", "Expected a text catalogue.", "Mend that line."
        ) from None
    return Texts(dict(_flat(document, "", where)))


def _flat(table: Mapping[str, object], prefix: str, where: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in table.items():
        code = f"{prefix}{name}"
        if isinstance(value, Mapping):
            found += _flat(value, f"{code}.", where)
        elif isinstance(value, str):
            found.append((code, value))
        else:
            raise Refused(
                "texts.not_text", f"{where}: {code} holds {value!r}.", "Expected a text.", "Put it in quotes."
            )
    return found


def shorten(text: str, most: int) -> str:
    """A text of at most `most` signs, cut at a word's end and marked so."""
    if len(text) <= most:
        return text
    cut = text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,.;:-")
    return f"{cut or text[: most - 1]}…"
