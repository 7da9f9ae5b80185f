"""Which units a part of a returns policy is about: by grade, category and hazard."""

from __future__ import annotations

from dataclasses import dataclass

ANY = "*"


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a unit when its rule decides; the category is one the policy declares."""

    category: str
    grade: str
    hazardous: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """Lists of words, of which `*` is any; `hazardous` None is either."""

    grades: tuple[str, ...] = (ANY,)
    categories: tuple[str, ...] = (ANY,)
    hazardous: bool | None = None

    def holds(self, case: Case) -> bool:
        """True when it is about such a unit."""
        return (
            (ANY in self.grades or case.grade in self.grades)
            and (ANY in self.categories or case.category in self.categories)
            and self.hazardous in {None, case.hazardous}
        )
