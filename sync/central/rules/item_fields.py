"""Fields of items as callers may write them: a misspelt one is refused, not kept beside the right one."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields

from app.domain.item import Component, Dimensions, Item
from app.domain.packs import Pack
from app.domain.refusal import Refused

_SHOWN = 80


def _names(shape: type) -> tuple[str, ...]:
    return tuple(part.name for part in fields(shape))


FIELDS = (*_names(Item), "safety")
"""What an item may hold; `safety` units of it are never promised."""
_INNER: Mapping[str, tuple[str, ...]] = {
    "kit": _names(Component),
    "packs": _names(Pack),
    "dimensions_mm": _names(Dimensions),
}


def require_known(index: int, document: object, categories: Collection[str] | None) -> None:
    """Refuses an item with a field or a category that nobody knows.

    Args:
        index: its place in the call.
        document: the item as it was sent; what is no object is left to whoever reads it.
        categories: those of the policy in force; None where there is none that could know them.

    Raises:
        Refused: it has such a field, or such a category.
    """
    if not isinstance(document, Mapping):
        return
    where = f"items[{index}]"
    _require(where, document, FIELDS)
    for name, known in _INNER.items():
        inner = document.get(name)
        for n, entry in enumerate(inner if isinstance(inner, list) else [inner]):
            if isinstance(entry, Mapping):
                _require(
                    f"{where}.{name}[{n}]" if isinstance(inner, list) else f"{where}.{name}", entry, known
                )
    category = document.get("category")
    if categories is not None and isinstance(category, str) and category not in categories:
        raise Refused(
            "item.category_unknown",
            f"{where}: field 'category' holds {category[:_SHOWN]!r}.",
            f"Known: {', '.join(sorted(categories))}.",
            f"{_meant(category, categories)}Use one of these, or publish a policy that has it.",
        )


def _require(where: str, document: Mapping[object, object], known: Sequence[str]) -> None:
    for name in document:
        if name not in known:
            raise Refused(
                "item.field_unknown",
                f"{where}: read the field {str(name)[:_SHOWN]!r}.",
                f"Known: {', '.join(sorted(known))}.",
                f"{_meant(str(name), known)}Correct its name, or leave it out.",
            )


def _meant(word: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(word[:_SHOWN].lower(), known, n=1)
    return f"Did you mean {near[0]!r}? " if near else ""
