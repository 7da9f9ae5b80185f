"""Examples of screens in an inspection: the photo that is wanted, what waits for it, the notes."""

from __future__ import annotations

from dataclasses import replace

from app.scanning.commands import Word
from app.workflows.view import AnswerWork, Band, BandState, BenchView, Choice, Fact, Screen, Tone, WaitWork
from ui.gallery.content import GRINDER, JOB, LAST, ONLINE

INSPECT_ACTIONS = ("type_code", "photo", "note", "quantity", "hold")
_WRITE_OFF = "DISCARD, HOLD-3. Rule 31: D, damaged: write off"
_BACK = Choice(Word.UNDO, "Go back a step", icon="undo", key="UNDO")


def photo() -> Screen:
    """A photo is wanted before the unit is saved."""
    band = Band(
        BandState.ASK,
        "camera",
        "Photograph Coffee grinder CG-80",
        "Grade **D** wants a photo. Scan **PHOTO**, press **F4** or touch it. **UNDO** goes back.",
        tone=Tone.QUESTION,
    )
    take = Choice(Word.PHOTO, "Take the photo", icon="camera", key="F4", proposed=True)
    work = WaitWork(GRINDER.name, _WRITE_OFF, (_BACK, take), icon="camera")
    return Screen(BenchView(band, work, JOB, LAST, INSPECT_ACTIONS), ONLINE)


def photo_missing() -> Screen:
    """No photo can be taken: the plain way on."""
    band = Band(
        BandState.ATTENTION,
        "camera",
        "No photo: the camera is unplugged",
        "**OK** goes on without one; the record says why. **PHOTO** tries again, **UNDO** goes back.",
        tone=Tone.ATTENTION,
    )
    choices = (
        _BACK,
        Choice(Word.OK, "Go on without", "the record says why", "tick", "OK"),
        Choice(Word.PHOTO, "Take the photo", icon="camera", key="F4"),
    )
    work = WaitWork(GRINDER.name, _WRITE_OFF, choices, icon="camera")
    return Screen(BenchView(band, work, JOB, LAST, INSPECT_ACTIONS), ONLINE)


def write_off() -> Screen:
    """The photo is taken; the write-off waits for its own word."""
    band = Band(
        BandState.ASK,
        "ask",
        "DISCARD Coffee grinder CG-80?",
        "Grade **D**, rule 31. Scan **DISCARD** to save it so, another **GRADE**, or **UNDO**.",
        tone=Tone.QUESTION,
    )
    choices = (
        Choice(Word.UNDO, "Back to the grade", icon="undo", key="UNDO"),
        Choice(Word.RETAKE, "Take it again", icon="camera", key="RETAKE"),
        Choice(Word.DISCARD, "DISCARD", "asks for a write-off", "cross", "X"),
    )
    work = WaitWork(GRINDER.name, _WRITE_OFF, choices, picture=GRINDER.picture)
    return Screen(BenchView(band, work, JOB, LAST, INSPECT_ACTIONS), ONLINE)


def notes() -> Screen:
    """The canned notes by number; one was given."""
    texts = (
        "Pack torn",
        "No original pack",
        "No manual",
        "No cable, charger",
        "No type plate",
        "Smells",
        "Scratched",
        "Wet or damp",
        "Repaired before",
        "Not reset to new",
    )
    words = (*(f"N{number}" for number in ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")), "DO")
    answers = tuple(
        Choice(word, text, key=str(number % 10), enabled=number != 1)
        for number, (word, text) in enumerate(zip(words, texts, strict=True), 1)
    )
    item = replace(GRINDER, facts=(*GRINDER.facts, Fact("Notes", "Pack torn")))
    work = AnswerWork(item, answers, answers_title="Notes", answers_hint="printed on the label")
    band = Band(
        BandState.ASK,
        "note",
        "Which note for Coffee grinder CG-80?",
        "Scan **ANSWER 1** to **9** or a digit, press the number or touch. **NOTE** goes back without one.",
        tone=Tone.QUESTION,
    )
    return Screen(BenchView(band, work, JOB, LAST, ("help", "type_code", "hold")), ONLINE)
