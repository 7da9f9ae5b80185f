"""Lists on the bench: a small model that touches only the rows that changed, and a list that only shows."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyledItemDelegate, QWidget

from ui.theme.theme import Theme
from ui.widgets.touch import draw_focus_ring

RowT = TypeVar("RowT")
ROW_ROLE = Qt.ItemDataRole.UserRole

_Index = QModelIndex | QPersistentModelIndex
_KEY = Qt.Key
_MOVES = (_KEY.Key_Up, _KEY.Key_Down, _KEY.Key_PageUp, _KEY.Key_PageDown, _KEY.Key_Home, _KEY.Key_End)


class RowsModel(QAbstractListModel, Generic[RowT]):
    """Frozen rows; `say` words a row for assistive technology."""

    def __init__(self, say: Callable[[RowT], str]) -> None:
        super().__init__()
        self._say = say
        self._rows: tuple[RowT, ...] = ()

    @property
    def rows(self) -> tuple[RowT, ...]:
        """What is shown."""
        return self._rows

    def show_rows(self, rows: Sequence[RowT]) -> None:
        """Show other rows, telling the view only of those that differ."""
        old, new = self._rows, tuple(rows)
        if len(new) > len(old):
            self.beginInsertRows(QModelIndex(), len(old), len(new) - 1)
            self._rows = (*old, *new[len(old) :])
            self.endInsertRows()
        elif len(new) < len(old):
            self.beginRemoveRows(QModelIndex(), len(new), len(old) - 1)
            self._rows = old[: len(new)]
            self.endRemoveRows()
        self._rows = new
        for number, (before, after) in enumerate(zip(old, new, strict=False)):
            if before != after:
                at = self.index(number, 0)
                self.dataChanged.emit(at, at)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The row itself, or its words."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self._say(row)
        return None


class BenchList(QListView):
    """A list of rows to read; nothing in it is selected or edited, and typing is left to the window."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._whole_rows = False
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.viewport().setAutoFillBackground(False)
        self.setMinimumHeight(theme.scale.size(theme.tokens.height.row))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll with the arrows; letters do not search, the window takes them."""
        if event.key() in _MOVES:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows may need other heights at another width."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()
        if self._whole_rows:
            self._show_whole_rows()

    def show_whole_rows(self) -> None:
        """Leave room below rather than show a part of a row; for rows of one height."""
        self._whole_rows = True
        self._show_whole_rows()

    def _show_whole_rows(self) -> None:
        row = self.sizeHintForRow(0)
        rest = self.height() % row if 0 < row < self.height() else 0
        if rest != self.viewportMargins().bottom():
            self.setViewportMargins(0, 0, 0, rest)

    def sizeHint(self) -> QSize:
        """One row; a list takes what its panel leaves it."""
        return QSize(self.minimumWidth(), self.minimumHeight())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows, and the focus ring on top."""
        super().paintEvent(event)
        if self.hasFocus():
            draw_focus_ring(QPainter(self.viewport()), self._theme, QRectF(self.viewport().rect()))

    def cut_texts(self) -> list[str]:
        """Texts cut in any row."""
        delegate, model = self.itemDelegate(), self.model()
        if not isinstance(delegate, RowPainter) or model is None:
            return []
        width = self.viewport().width()
        return [
            text
            for number in range(model.rowCount())
            for text in delegate.cut_texts(model.index(number, 0).data(ROW_ROLE), width)
        ]


class RowPainter(QStyledItemDelegate):
    """A delegate that knows which of a row's texts would be cut."""

    def cut_texts(self, row: object, width: int) -> list[str]:
        """Texts of `row` that do not fit `width`."""
        raise TypeError(f"{type(self).__name__} draws no {type(row).__name__} of {width} pixels")
