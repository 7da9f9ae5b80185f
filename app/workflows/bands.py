"""The band in words: a question, a message over it, each cut to what fits the screen."""

from __future__ import annotations

from collections.abc import Mapping

from app.workflows.notice import Notice
from app.workflows.texts import HEADLINE_MAX, HINT_MAX, Texts, shorten
from app.workflows.view import Band, BandState, Tone

URGENT = frozenset({"not_recorded", "our_defect"})
"""Messages that nothing on a screen may cover, not even a latched stop."""


def asking(texts: Texts, icon: str, headline: str, hint: str, parts: Mapping[str, object]) -> Band:
    """A band that wants something; headline and hint are message codes."""
    return fitted(
        BandState.ASK,
        icon,
        texts.say(headline, **parts),
        texts.say(hint, **parts),
        context="",
        tone=Tone.QUESTION,
    )


def fitted(state: BandState, icon: str, headline: str, hint: str, *, context: str, tone: Tone) -> Band:
    """A band of final texts, cut to what fits."""
    head = headline[:1].upper() + headline[1:]
    return Band(state, icon, shorten(head, HEADLINE_MAX), shorten_hint(hint), context, tone=tone)


def shorten_hint(hint: str) -> str:
    """At most 100 signs as read: the bold marks are not counted and never cut open."""
    plain = hint.replace("**", "")
    return hint if len(plain) <= HINT_MAX else shorten(plain, HINT_MAX)


def notice_band(notice: Notice, texts: Texts, context: str) -> Band:
    """A message over the present question."""
    parts = {name: _part(name, value, texts) for name, value in notice.parts.items()}
    for name in {"item", "part"} & set(parts):
        parts[name] = shorten(str(parts[name]), 26)
    headline = texts.say(f"notice.{notice.code}.headline", **parts)
    hint = texts.say(f"notice.{notice.code}.hint", **parts)
    if notice.ask:
        return fitted(BandState.ASK, "ask", headline, hint, context=context, tone=Tone.QUESTION)
    return fitted(BandState.ATTENTION, "bang", headline, hint, context=context, tone=Tone.ATTENTION)


def _part(name: str, value: object, texts: Texts) -> object:
    if name in {"word", "wanted"}:
        return texts.word(str(value))
    if name == "allowed" and isinstance(value, tuple):
        return ", ".join(f"**{texts.word(word)}**" for word in value)
    if name == "why" and texts.has(f"photo.why_{value}"):
        return texts.say(f"photo.why_{value}")
    if name == "raw":
        return shorten(str(value), 24)
    return value
