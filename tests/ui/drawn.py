"""What can be asked of drawn widgets: cut texts, overlaps, target sizes, grey pixels."""

from __future__ import annotations

from itertools import combinations
from typing import cast

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QLabel, QLineEdit, QWidget


def cut_texts(root: QWidget) -> list[str]:
    """Every text below `root` that is not shown whole."""
    found: list[str] = []
    for widget in [root, *root.findChildren(QWidget)]:
        ask = getattr(widget, "cut_texts", None)
        if ask is not None and widget.isVisible():
            found += [f"{type(widget).__name__}: {text}" for text in ask()]
    return found


def box_of(widget: QWidget, root: QWidget) -> QRect:
    return QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())


def _scrolled(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def leaves(root: QWidget) -> list[QWidget]:
    """Visible texts, buttons, fields and lists that are not scrolled."""
    kinds = (QLabel, QAbstractButton, QLineEdit, QAbstractScrollArea)
    found = [widget for widget in root.findChildren(QWidget) if isinstance(widget, kinds)]
    return [widget for widget in found if widget.isVisible() and not _scrolled(widget)]


def overlaps(root: QWidget) -> list[str]:
    """Pairs of leaves that lie on one another, and leaves that reach out of the window."""
    boxes = [(widget, box_of(widget, root)) for widget in leaves(root)]
    found = [
        f"{one.objectName() or one} over {two.objectName() or two}"
        for (one, first), (two, second) in combinations(boxes, 2)
        if first.intersects(second)
    ]
    return found + [
        f"{widget.objectName() or widget} outside" for widget, box in boxes if not root.rect().contains(box)
    ]


def small_targets(root: QWidget, least: int = 48) -> list[str]:
    """Buttons that are smaller than a fingertip in either direction."""
    return [
        f"{button.objectName()} {button.width()}x{button.height()}"
        for button in root.findChildren(QAbstractButton)
        if button.isVisible() and min(button.width(), button.height()) < least
    ]


def grey(picture: QPixmap | QImage, size: tuple[int, int] = (0, 0)) -> bytes:
    """The pixels of a picture as they are in a greyscale print."""
    image = picture.toImage() if isinstance(picture, QPixmap) else picture
    image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    if size != (0, 0):
        image = image.scaled(*size)
    wide, pitch = image.width(), image.bytesPerLine()
    pixels = bytes(cast("memoryview", image.constBits()))
    return b"".join(pixels[line * pitch : line * pitch + wide] for line in range(image.height()))


def differing_share(one: bytes, two: bytes, more_than: int = 24) -> float:
    """The share of pixels whose grey differs by more than that."""
    assert len(one) == len(two)
    return sum(abs(a - b) > more_than for a, b in zip(one, two, strict=True)) / len(one)
