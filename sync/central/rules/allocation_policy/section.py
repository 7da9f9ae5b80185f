"""One table of a policy document, read key by key: a mistake is refused with its file, line and key."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from app.domain.fields import EXACT_MAX, Fields
from app.domain.refusal import Refused
from sync.central.rules.allocation_policy.places import Path, Places

DEFAULT = "default"
"""The channel or category that speaks for every one without a table of its own."""

MOST_ENTRIES = 500
"""Words in one list, and rules of one kind, end here: reading compares each with each."""

_LONGEST_NAME = 80
Read = TypeVar("Read")


class Section(Fields):
    """A table at `path` of the document that `places` knows the lines of."""

    __slots__ = ("_path", "_places")

    def __init__(self, data: object, path: Path, places: Places) -> None:
        super().__init__(data, places.where(path))
        self._path = path
        self._places = places

    @property
    def name(self) -> str:
        """Its own name: the last word of its path."""
        return str(self._path[-1])

    def where(self, *path: str | int) -> str:
        """File, line and name of what stands at a path inside this table."""
        return self._places.where((*self._path, *path))

    def wrong(self, name: str, expected: str) -> Refused:
        """The refusal of a key that was read and does not fit, on the line of that key."""
        return Fields(self.raw(), self.where(name)).wrong(name, expected)

    def only(self, *names: str) -> Section:
        """This table, once it holds no other keys than these."""
        for name in self.names():
            if name not in names:
                near = difflib.get_close_matches(name, names, n=1)
                raise mistake(
                    "policy.unknown_key",
                    f"{self.where(name)}: there is no key {name!r} here",
                    f"one of {', '.join(names)}",
                    f"Did you mean {near[0]!r}?" if near else "Correct the key or remove it.",
                )
        return self

    def filled(self) -> Section:
        """This table, once it says anything at all."""
        if not self.names():
            raise mistake(
                "policy.dead_entry",
                f"{self.where()} is empty",
                "a table that says something",
                "Fill it or remove it.",
            )
        return self

    def inside(self, name: str) -> Section:
        """The table of that name inside this one; an empty one when it is left out."""
        if name not in self.raw():
            return Section({}, (*self._path, name), self._places)
        return self._table(self.raw()[name], name).filled()

    def tables(self, name: str) -> tuple[Section, ...]:
        """The tables `[name.X]` in the order of the document."""
        words = self.inside(name).named()
        return tuple(self._table(inner, name, word).filled() for word, inner in words)

    def listed(self, name: str) -> tuple[Section, ...]:
        """The tables `[[name]]` in the order of the document."""
        value = self.raw().get(name, ())
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise self.wrong(name, f"tables [[{'.'.join(map(str, (*self._path, name)))}]]")
        return tuple(self._table(entry, name, number) for number, entry in enumerate(value, 1))

    def named(self) -> tuple[tuple[str, object], ...]:
        """Every key with its value; the keys are names that a planner chose."""
        for word in self.names():
            check_name(word, self.where(word))
        return tuple(self.raw().items())

    def points(self) -> dict[str, int]:
        """A table of points by name."""
        return {word: self.whole(word, least=-999, most=999) for word, _ in self.named()}

    def words(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of names, each once; left out means `default`."""
        if name not in self.raw():
            return default
        found = self.texts(name)
        if len(found) > MOST_ENTRIES:
            raise too_long(self.where(name), len(found), "words", MOST_ENTRIES)
        for place, word in enumerate(found):
            check_name(word, self.where(name))
            if word in found[:place]:
                raise self.dead(name, f"{word!r} stands twice", "Remove one of the two.")
        return found

    def declared(self, kind: str, name: str, words: Iterable[str], known: Iterable[str]) -> None:
        """Refuses words of the key `name` that the document does not declare."""
        listed = tuple(known)
        for word in words:
            if word not in listed:
                raise mistake(
                    f"policy.unknown_{kind}",
                    f"{self.where(name)}: read the {kind} {word!r}",
                    f"one of {', '.join(listed)}",
                    f"Use one of these, or declare {word!r} at the top of the policy.",
                )

    def declared_names(self, kind: str, known: tuple[str, ...]) -> None:
        """Refuses keys of this table that the document does not declare as names of that kind."""
        for word in self.names():
            self.declared(kind, word, [word], known)

    def choice(self, name: str, known: Iterable[str], default: str) -> str:
        """One of the known words; left out means `default`."""
        words = [str(word) for word in known]
        value = self.text_or(name, default)
        if value not in words:
            raise self.wrong(name, f"one of {', '.join(words)}")
        return value

    def percent(self, name: str, default: int, most: int = 100) -> int:
        """A whole number of percent."""
        return self.whole_or(name, default, most=most)

    def maybe_whole(
        self, name: str, default: int | None, least: int = 0, most: int = EXACT_MAX
    ) -> int | None:
        """An integer that may be left out."""
        return self.whole(name, least, most) if name in self.raw() else default

    def dead(self, name: str, why: str, do: str) -> Refused:
        """The refusal of a key that can have no effect."""
        return mistake("policy.dead_entry", f"{self.where(name)}: {why}", "a key that has an effect", do)

    def contradiction(self, name: str, read: str, expected: str, do: str) -> Refused:
        """The refusal of a key that another one contradicts."""
        return mistake("policy.contradiction", f"{self.where(name)}: {read}", expected, do)

    def _table(self, data: object, *path: str | int) -> Section:
        return Section(data, (*self._path, *path), self._places)


def by_name(sections: Iterable[Section], read: Callable[[Section], Read]) -> Mapping[str, Read]:
    """What is read of each table, by the table's name."""
    return {section.name: read(section) for section in sections}


def check_name(word: str, where: str) -> None:
    """Refuses a name that is no plain word."""
    if not 0 < len(word) <= _LONGEST_NAME or not word.isprintable():
        raise mistake(
            "policy.name",
            f"{where}: read the name {word[:100]!r}",
            f"1 to {_LONGEST_NAME} printable signs",
            "Choose another name.",
        )


def mistake(code: str, read: str, expected: str, do: str) -> Refused:
    """The refusal of a policy."""
    return Refused(code, f"{read}.", f"Expected {expected}.", do)


def too_long(where: str, found: int, what: str, most: int) -> Refused:
    """The refusal of a list that holds more than any policy needs."""
    return mistake("policy.too_long", f"{where}: there are {found} {what}", f"at most {most}", "Shorten it.")
