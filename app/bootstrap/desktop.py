"""The station's window around a running station program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.bootstrap.station import StationProgram
from app.scanning.commands import Word
from app.workflows.bench.inspection_work import PHOTOS
from app.workflows.view import Screen
from ui.settings import UiSettings
from ui.shell.application import make_application
from ui.shell.port import OnUpdate, ScreenUpdate
from ui.shell.window import FLOOR_TABS, BenchWindow, WindowParts
from ui.sound import BellSounder, SilentSounder
from ui.theme import tokens
from ui.theme.theme import ThemeChoice
from ui.widgets.drawer import DemoCode

_WORDS = frozenset(word.value for word in Word)


class WindowPort:
    """A station program as `ui.shell.port.BenchPort`."""

    def __init__(self, program: StationProgram) -> None:
        self._bench = program.bench

    def submit(self, raw: str, source: str) -> None:
        """A scan by keyboard, a typed code, a touch."""
        self._bench.submit(raw, str(source))

    def command(self, word: str) -> None:
        """A mat word; anything else is a code the screen offered, such as a parked job's."""
        if word in _WORDS:
            self._bench.command(word)
        else:
            self._bench.submit(word, "screen")

    def enter_pin(self, pin: str) -> None:
        """A PIN typed in the window."""
        self._bench.enter_pin(pin)

    def screen(self) -> Screen:
        """The newest picture."""
        return self._bench.screen()

    def subscribe(self, callback: OnUpdate) -> None:
        """Every answer to a scan from now on, and every other picture that differs from the one before."""
        told: Screen | None = None

        def heard(screen: Screen, scan: int | None) -> None:
            nonlocal told
            if scan is not None or screen != told:
                told = screen
                callback(ScreenUpdate(screen, scan))

        self._bench.subscribe(heard)


@dataclass(frozen=True, slots=True)
class Look:
    """How the window opens."""

    theme: str = "system"
    text_percent: int = 100
    sound: bool = True
    codes: tuple[DemoCode, ...] = ()
    codes_title: str = ""


class Desktop:
    """The one application and its window; run `exec` on the main thread."""

    def __init__(self, program: StationProgram, look: Look, arguments: Sequence[str] = ("backhaul",)) -> None:
        program.expect_window()
        theme = tokens.load()
        self.application = make_application(arguments, theme)
        settings = UiSettings(
            theme=ThemeChoice(look.theme),
            text_percent=look.text_percent,
            state_file=program.options.folder / "window.ini",
        )

        self._painted: list[Callable[[int], object]] = []

        def painted(scan: int, at_s: float) -> None:
            program.painted(scan, at_s * 1000)
            for told in self._painted:
                told(scan)

        def fetched(address: str) -> bytes | None:
            return program.photos.read(address.removeprefix(PHOTOS)) if address.startswith(PHOTOS) else None

        parts = WindowParts(
            tabs=FLOOR_TABS,
            fetch=fetched,
            codes=look.codes,
            codes_title=look.codes_title,
            sounder=BellSounder(theme.tone, self.application.beep) if look.sound else SilentSounder(),
            on_painted=painted,
        )
        self.window = BenchWindow(WindowPort(program), settings, parts)
        self.window.first_painted.connect(program.window_painted)

    def on_painted(self, told: Callable[[int], object]) -> None:
        """Calls back in the window's thread when the answer to a scan was painted."""
        self._painted.append(told)

    def show_codes(self) -> None:
        """Opens the list of codes beside the work."""
        self.window.run("codes")

    def quit(self) -> None:
        """Ends `exec`; from any thread."""
        self.window.quit_asked.emit()

    def close(self) -> None:
        """Closes the window and lets the station's pictures go."""
        self.window.close()

    def exec(self) -> int:
        """Shows the window and works until it is closed."""
        self.window.show()
        return self.application.exec()
