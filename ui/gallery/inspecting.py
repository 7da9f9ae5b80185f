"""Examples of screens in an inspection: the photo that is wanted, notes, the parts of a kit."""

from __future__ import annotations

from dataclasses import replace

from app.scanning.commands import Word
from app.workflows.view import (
    AnswerWork,
    Band,
    BandState,
    BenchView,
    Choice,
    Fact,
    Figure,
    ItemCard,
    JobPanel,
    LineRow,
    Marker,
    Screen,
    Tone,
    WaitWork,
)
from ui.gallery.content import GRADES, GRINDER, JOB, LAST, ONLINE

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


_SET = ItemCard(
    "Espresso set, 5 parts",
    "ES-5-KIT",
    (
        Fact("Parts", "1. Coffee grinder   2. 2 x Cup, white"),
        Fact("", "3. Tamper   4. Milk jug"),
        Fact("", "5. Manual"),
    ),
)
_SET_ROW = LineRow(Marker.NOW, "Espresso set, 5 parts", "Item ES-5-KIT", 0, 1, "Now")
_SET_JOB = replace(JOB, rows=(_SET_ROW, *JOB.rows[1:]))


def parts() -> Screen:
    """The question for a kit's parts, with the list of what to look for."""
    work = AnswerWork(
        item=_SET,
        answers=(Choice(Word.ANSWER_1, "Yes", key="1"), Choice(Word.ANSWER_2, "No", key="2")),
        consequence_label="Grade A",
        consequence="RESTOCK, R-03",
        rule="rule 12: A, like new",
        others=GRADES,
        others_title="Grade",
        others_hint="or scan it at once",
    )
    band = Band(
        BandState.ASK,
        "ask",
        "Are all its parts in the box?",
        "**PART MISSING** names the one that is not. Or scan **ANSWER 1** or **2**, press or touch it.",
        "Question 1",
        tone=Tone.QUESTION,
    )
    return Screen(BenchView(band, work, _SET_JOB, LAST, INSPECT_ACTIONS), ONLINE)


def part_missing() -> Screen:
    """The part list with one part marked, and the grade that follows."""
    answers = (
        Choice(Word.ANSWER_1, "Coffee grinder", key="1"),
        Choice(Word.ANSWER_2, "Cup, white", "1 of 2 missing", key="2"),
        Choice(Word.ANSWER_3, "Tamper", "missing", key="3", enabled=False),
        Choice(Word.ANSWER_4, "Milk jug", key="4"),
        Choice(Word.ANSWER_5, "Manual", key="5"),
        Choice(Word.OK, "That is all", key="OK", proposed=True),
    )
    work = AnswerWork(
        item=replace(_SET, facts=(Fact("Parts", "Coffee grinder, 2 x Cup, white, Tamper…"),)),
        answers=answers,
        answers_title="Parts",
        answers_hint="2 missing; the label names them",
        consequence_label="Grade C",
        consequence="REFURB, F-01",
        rule="rule 23: C, worn: refurbish",
    )
    band = Band(
        BandState.ASK,
        "ask",
        "Cup, white, Tamper missing. More?",
        "**OK** says that is all. One more? Scan it, press its number or touch it. **UNDO** takes it back.",
        tone=Tone.QUESTION,
    )
    return Screen(BenchView(band, work, _SET_JOB, LAST, ("help", "type_code", "hold")), ONLINE)


def graded_again() -> Screen:
    """A unit that was graded before: the reason is asked, both graders are in sight."""
    reasons = (
        "Graded wrongly",
        "A closer look",
        "Repaired since",
        "Cleaned, repacked",
        "Parts came later",
        "Damaged since",
    )
    words = tuple(Word)[tuple(Word).index(Word.ANSWER_1) :]
    answers = tuple(
        Choice(word, reason, key=str(number))
        for number, (word, reason) in enumerate(zip(words, reasons, strict=False), 1)
    )
    facts = (Fact("Graded", "C by Ben T."), Fact("Now in", "F-04"))
    work = AnswerWork(
        replace(GRINDER, facts=facts), answers, answers_title="Reason", answers_hint="kept with the new grade"
    )
    band = Band(
        BandState.ASK,
        "ask",
        "Why grade Coffee grinder CG-80 again?",
        "Scan **ANSWER 1** to **6**, press the number or touch. **UNDO** leaves it as it is.",
        tone=Tone.QUESTION,
    )
    job = JobPanel(
        code="L-7204",
        order="R-20871",
        progress="Grades: 2",
        segments=(),
        rows=(
            LineRow(Marker.OK, "B by Noor H.", "14 Oct 09:12", 1, 1, "First"),
            LineRow(Marker.OK, "C by Ben T.", "14 Oct 11:40, A closer look", 1, 1, "Again"),
        ),
        note="Every grade stays on record.",
        figures=(Figure("1", "Units"),),
    )
    return Screen(BenchView(band, work, job, LAST, ("help", "type_code", "hold")), ONLINE)
