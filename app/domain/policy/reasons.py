"""Why customers send things back: the policy's own list, and what other systems call the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.fields import Fields
from app.domain.policy.scope import ANY
from app.domain.policy.text import Text
from app.domain.refusal import Refused

_KEYS = ("text", "categories", "channels", "codes")
_SYSTEM = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in our words, for items of these categories sold on these channels (`*` is any).

    `codes` are pairs of an external system and its code. A code leads to one reason; of several codes in one
    system the first is the one to be said there.
    """

    code: str
    text: str
    categories: tuple[str, ...] = (ANY,)
    channels: tuple[str, ...] = (ANY,)
    codes: tuple[tuple[str, str], ...] = ()

    def fits(self, category: str, channel: str) -> bool:
        """True when a customer may be offered it for such an item bought there."""
        return bool({ANY, category} & set(self.categories)) and bool({ANY, channel} & set(self.channels))

    def called(self, system: str) -> str | None:
        """What the other system calls it; None where it has no word for it."""
        return next((code for name, code in self.codes if name == system), None)


def read_reasons(document: Mapping[str, object], text: Text) -> tuple[Reason, ...]:
    """The table `[reason]`: by its code either a text alone or a table `[reason.CODE]`."""
    return tuple(_reasons(text.table(document, "reason"), text))


def _reasons(reasons: Fields, text: Text) -> Iterator[Reason]:
    for code, told in reasons.raw().items():
        if not isinstance(told, Mapping):
            yield Reason(code, reasons.text(code))
            continue
        f = Fields(told, f"{text.line(f'reason.{code}')}, reason {code}")
        for name in f.names():
            if name not in _KEYS:
                raise f.wrong(name, f"no such key, but one of {', '.join(_KEYS)}")
        yield Reason(
            code,
            f.text("text"),
            f.texts("categories") or (ANY,),
            f.texts("channels") or (ANY,),
            tuple(_codes(f.inner("codes"))) if "codes" in f.names() else (),
        )


def _codes(systems: Fields) -> Iterator[tuple[str, str]]:
    for system in systems.names():
        if not _SYSTEM.fullmatch(system):
            raise systems.wrong(system, "a system's name in small letters, digits and underscores")
        for code in systems.texts(system):
            if not code:
                raise systems.wrong(system, "codes that are not empty")
            yield system, code


def check_reasons(reasons: Sequence[Reason], categories: Sequence[str], text: Text) -> None:
    """Checks that categories are declared and that each external code leads to one reason.

    Raises:
        Refused: the first mistake, with its place in the document.
    """
    taken: dict[tuple[str, str], str] = {}
    for reason in reasons:
        place = f"{text.line(f'reason.{reason.code}')}, reason {reason.code}"
        for category in reason.categories:
            if category not in {ANY, *categories}:
                raise Refused(
                    "policy.unknown_category",
                    f"{place}: categories holds {category!r}.",
                    f"Expected one of {', '.join((ANY, *categories))}.",
                    "Use one of these.",
                )
        for code in reason.codes:
            other = taken.setdefault(code, reason.code)
            if other != reason.code or reason.codes.count(code) > 1:
                raise Refused(
                    "policy.same_code",
                    f"{place}: {code[0]} code {code[1]!r} stands twice, at {other} too.",
                    "Expected each code of another system at one reason.",
                    "Take it away from one of them.",
                )
