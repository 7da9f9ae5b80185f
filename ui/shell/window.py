"""`BenchWindow`: the bench's window; draws what the port shows, submits what a person does."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.scanning.wedge import BurstLimits
from app.workflows.view import Screen, Tone
from ui.actions import Action, WindowAct, by_id, by_key
from ui.captions import Captions
from ui.pictures import Fetch, Pictures, no_pictures
from ui.scan_bridge import ScanBridge
from ui.settings import UiSettings, WindowMemory
from ui.shell.drawers import lines_drawer, lines_of
from ui.shell.frame import BenchFrame, FrameParts
from ui.shell.keys import choice_for, opens, proposed
from ui.shell.place import DESIGN_SIZE, place
from ui.shell.port import BenchPort, ScreenUpdate, Source
from ui.shell.relay import UpdateRelay
from ui.sound import SilentSounder, Sounder
from ui.theme import fonts
from ui.theme.palette import palette, style_sheet
from ui.theme.scale import Scale, next_step
from ui.theme.theme import Theme, ThemeChoice, is_dark
from ui.theme.tokens import Role, Tokens, load
from ui.widgets.band import OnPainted
from ui.widgets.drawer import DemoCode, Drawer, LinesDrawer, codes_panel
from ui.widgets.tabs import ScreenTab

BENCH_TAB = ScreenTab("bench", "Bench")
FLOOR_TABS = (
    BENCH_TAB,
    ScreenTab("receiving", "Receive"),
    ScreenTab("counting", "Counts"),
    ScreenTab("approvals", "Approvals"),
)


@dataclass(frozen=True, slots=True)
class WindowParts:
    """What a window may be given beside its port and settings; every part has a plain default.

    `codes` are shown in a drawer that an action opens; `on_painted` hears when the band that answers a scan
    was painted; `fetch` brings pictures by content address.
    """

    tabs: tuple[ScreenTab, ...] = (BENCH_TAB,)
    captions: Captions = Captions()  # noqa: RUF009 - frozen, and the same for all
    codes: tuple[DemoCode, ...] = ()
    codes_title: str = ""
    fetch: Fetch = no_pictures
    sounder: Sounder | None = None
    on_painted: OnPainted | None = None
    limits: BurstLimits | None = None
    tokens: Tokens | None = None

    @property
    def all_tabs(self) -> tuple[ScreenTab, ...]:
        """The screens and, where there is one, the list of codes: what was closed can be opened again."""
        codes = (ScreenTab(WindowAct.CODES, self.captions.codes_tab, screen=False),) if self.codes else ()
        return (*self.tabs, *codes)


class BenchWindow(QWidget):
    """One window, one port. Close it to stop listening.

    `quit_asked` may be emitted from any thread: it ends the application from its own. `first_painted` comes
    once, when the first picture is whole.
    """

    quit_asked = Signal()
    first_painted = Signal()

    def __init__(self, port: BenchPort, settings: UiSettings, parts: WindowParts | None = None) -> None:
        super().__init__()
        self._port, self._settings = port, settings
        self._parts = parts or WindowParts()
        self._tokens = self._parts.tokens or load()
        self._sounder: Sounder = self._parts.sounder or SilentSounder()
        self._memory = WindowMemory(settings.state_file)
        self._percent = self._memory.text_percent(self._monitor(), settings.text_percent)
        self._screen = port.screen()
        self._open: WindowAct | None = None
        self._codes_wanted = False  # Under help and facts, the list of codes waits for their end.
        self._painted = False
        self._frame_parts = FrameParts(
            self._parts.captions,
            self._parts.all_tabs,
            BENCH_TAB.action,
            Pictures(self._parts.fetch),
            self.run,
            port.enter_pin,
            self._parts.on_painted,
        )
        self.setObjectName("bench-window")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.quit_asked.connect(QCoreApplication.quit)
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        fonts.install(self._tokens.family)
        monitor = self.screen()
        place(self, self._memory, settings, monitor.availableSize() if monitor is not None else DESIGN_SIZE)
        self.frame = self._make_frame()
        self.bridge = ScanBridge(self, self._parts.limits)
        self.bridge.scanned.connect(lambda raw: port.submit(raw, Source.WEDGE))
        self.bridge.attach()
        self._relay = UpdateRelay(port, self._on_update, self)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._desktop_changed)

    @property
    def text_percent(self) -> int:
        """Text %, from 100 to 200."""
        return self._percent

    @property
    def screen_shown(self) -> Screen:
        """What is drawn now."""
        return self._screen

    def set_text_percent(self, percent: int) -> None:
        """Draw everything with texts of another size, and remember it for this monitor."""
        if percent != self._percent:
            self._percent = percent
            self._memory.keep_text_percent(self._monitor(), percent)
            self._remake()

    def set_theme(self, choice: ThemeChoice) -> None:
        """Draw everything light, dark, or as the desktop is."""
        if choice is not self._settings.theme:
            self._settings = replace(self._settings, theme=choice)
            self._remake()

    def run(self, command: str) -> None:
        """Do what a touch target stands for: an action of the table, or a word for the station."""
        action = by_id(command)
        if action is not None:
            self.perform(action)
        else:
            self._port.command(command)

    def perform(self, action: Action) -> None:
        """Do one action of the table."""
        match action.act:
            case WindowAct.HELP | WindowAct.CODES | WindowAct.STATUS:
                self._toggle_drawer(action.act)
            case WindowAct.TYPE_CODE:
                self.frame.foot.open_entry()
            case WindowAct.FULL_SCREEN:
                # The other flags stay, so that a window that filled its monitor fills it again.
                self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)
            case WindowAct.LARGER | WindowAct.SMALLER:
                step = 1 if action.act is WindowAct.LARGER else -1
                self.set_text_percent(next_step(self._percent, step))
            case WindowAct.PROPOSED:
                choice = proposed(self._screen.bench.work)
                if choice is not None:
                    self.run(choice.command)
            case WindowAct.BACK:
                self._back(action)
            case None:
                self._port.command(action.word)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no widget wanted: actions first, then the signs on the tiles."""
        if event.isAutoRepeat():
            return
        action = by_key(event, self._screen.bench.actions)
        entry = self.frame.foot.entry
        if action is not None and action.id == "done" and not entry.isHidden():
            # A code is being typed: Ctrl+Enter finishes the code, not the box.
            entry.field.returnPressed.emit()
            return
        opened = opens(self._screen.bench.work, event, action)
        if opened is not None and entry.isHidden():
            self.run(opened.command)
            return
        if action is not None:
            self.perform(action)
            return
        choice = choice_for(self._screen.bench.work, event.text())
        if choice is not None:
            self.run(choice.command)
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keyboard, so that no control has it before somebody presses Tab."""
        super().showEvent(event)
        self._take_keyboard()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the place, stop listening."""
        self._memory.keep_geometry(self.saveGeometry())
        self._relay.close()
        self.bridge.detach()
        super().closeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ground, so that nothing else shows while a frame is made."""
        QPainter(self).fillRect(self.rect(), self.frame.theme.color(Role.BG))
        if not self._painted:
            self._painted = True
            # Behind this event, the rest of the picture is painted too.
            QTimer.singleShot(0, self._say_painted)

    def _take_keyboard(self) -> None:
        """The window has the keyboard, or the part of the work that lives by it."""
        self.setFocus()
        self.frame.work.give_focus()

    def _say_painted(self) -> None:
        self.first_painted.emit()

    def _on_update(self, update: ScreenUpdate) -> None:
        before = self._screen.bench.band
        self._screen = update.screen
        self.frame.show_screen(update.screen, update.scan_id)
        drawer = self.frame.drawer
        if self._open is not None and isinstance(drawer, LinesDrawer):
            drawer.show_lines(lines_of(self._open, update.screen))
        band = update.screen.bench.band
        if band.tone is not Tone.NONE and (update.scan_id is not None or band != before):
            self._sounder.play(band.tone)

    def _make_frame(self) -> BenchFrame:
        dark = is_dark(self._settings.theme, QGuiApplication.styleHints().colorScheme())
        theme = Theme(self._tokens, dark=dark, scale=Scale(self._percent))
        self.setPalette(palette(theme))
        self.setStyleSheet(style_sheet(theme))
        frame = BenchFrame(theme, self._frame_parts, self)
        frame.code_entered.connect(self._typed)
        frame.foot.entry.closed.connect(self._close_entry)
        frame.drawer_closed.connect(self._close_drawer)
        self._rows.addWidget(frame)
        # Laid out ahead of the first screen, so that its panes are built once, for the size they will have.
        self._rows.activate()
        frame.lay_out()
        frame.show_screen(self._screen)
        return frame

    def _remake(self) -> None:
        old = self.frame
        self._rows.removeWidget(old)
        old.hide()
        old.deleteLater()
        self.frame = self._make_frame()
        self.frame.show()
        self._take_keyboard()
        if self._open is not None:
            self._show_drawer(self._open, asked=False)

    def _toggle_drawer(self, which: WindowAct) -> None:
        if self._open is which and self.frame.drawer_shown:
            self._close_drawer()
        else:
            self._codes_wanted = self._codes_wanted or which is WindowAct.CODES
            self._show_drawer(which, asked=self.isVisible())

    def _show_drawer(self, which: WindowAct, *, asked: bool) -> None:
        self._open = which
        self.frame.open_drawer(self._make_drawer(which), yields=which is WindowAct.CODES and not asked)

    def _close_drawer(self) -> None:
        closed, self._open = self._open, None
        self._codes_wanted = self._codes_wanted and closed is not WindowAct.CODES
        if self._codes_wanted:
            self._show_drawer(WindowAct.CODES, asked=False)
        else:
            self.frame.close_drawer()
        self._take_keyboard()

    def _make_drawer(self, which: WindowAct) -> Drawer:
        theme, captions = self.frame.theme, self._parts.captions
        if which is WindowAct.CODES:
            title = self._parts.codes_title or captions.codes_title
            return codes_panel(theme, captions, title, self._parts.codes, self._touched_code)
        return lines_drawer(theme, captions, which, self._screen)

    def _touched_code(self, payload: str) -> None:
        if not self.frame.work.isVisible():
            self._close_drawer()
        self._port.submit(payload, Source.SCREEN)

    def _typed(self, code: str) -> None:
        self._close_entry()
        self._port.submit(code, Source.TYPED)

    def _close_entry(self) -> None:
        self.frame.foot.close_entry()
        self._take_keyboard()

    def _back(self, action: Action) -> None:
        if not self.frame.foot.entry.isHidden():
            self._close_entry()
        elif self._open is not None and not (self._open is WindowAct.CODES and self.frame.work_shown):
            self._close_drawer()
        elif action.id in self._screen.bench.actions:
            self._port.command(action.word)

    def _desktop_changed(self) -> None:
        if self._settings.theme is ThemeChoice.SYSTEM:
            self._remake()

    def _monitor(self) -> str:
        screen = self.screen()
        return screen.name() if screen is not None else ""
