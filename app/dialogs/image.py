"""What is said of an image: the words for those who cannot see it, and its width."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from app.dialogs import parts
from app.editor.commands.images import ImageHere, image_at, set_image
from app.editor.editor import Editor
from sync.document import schema
from sync.document.delta import Attributes

translate = QCoreApplication.translate


class ImageDialog(QDialog):
    """Alternative text and width of one image."""

    def __init__(self, said: Attributes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Image"))
        self.setMinimumWidth(420)
        intro = QLabel(
            self.tr("Say in a few words what the image shows, for those who cannot see it.")
        )
        intro.setWordWrap(True)
        intro.setObjectName("quiet")
        self.alt = QLineEdit(str(said.get(schema.ALT, "")))
        self.alt.setMaxLength(schema.MAX_FOOTNOTE)
        self.alt.setAccessibleName(self.tr("Description"))
        self.width_box = parts.number(self.tr("Width"), 0, schema.MAX_PIXELS, 20)
        self.width_box.setSuffix(self.tr(" pixels"))
        self.width_box.setSpecialValueText(self.tr("As it is"))
        width = said.get(schema.WIDTH)
        self.width_box.setValue(width if isinstance(width, int) else 0)
        form = QFormLayout()
        form.setVerticalSpacing(10)
        form.addRow(self.tr("&Description"), self.alt)
        form.addRow(self.tr("&Width"), self.width_box)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        for button in buttons.buttons():
            button.setIcon(QIcon())  # Fusion's are loud
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(14)
        layout.addWidget(intro)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.alt.setFocus()

    def changes(self) -> Attributes:
        """Return what the image is to have; None: not any more."""
        width = self.width_box.value() or None
        # Height follows width; one of its own would squeeze the image.
        return {
            schema.ALT: self.alt.text().strip() or None,
            schema.WIDTH: width,
            schema.HEIGHT: None,
        }


def edit_image(editor: Editor) -> None:
    """Ask what is to be said of the image that is selected or stands at the caret."""
    selection = editor.selection()
    here = image_at(selection) if selection else None
    if here is not None:
        _ask(editor, here)


def has_image(editor: Editor) -> bool:
    """Whether `edit_image` has one to ask about."""
    selection = editor.selection()
    return selection is not None and not editor.isReadOnly() and image_at(selection) is not None


def ask_images(editor: Editor) -> None:
    """Ask for files of images and put them in place of what is selected."""
    kinds = translate("ImageDialog", "Images (*.png *.jpg *.jpeg *.gif *.webp)")
    paths, _ = QFileDialog.getOpenFileNames(
        editor, translate("ImageDialog", "Insert an image"), "", kinds
    )
    if paths:
        editor.insert_images(paths)


def offer_image(editor: Editor) -> None:
    """Add "Image…" to the editor's context menu where there is one."""

    def extend(menu: QMenu, position: int) -> None:
        selection = editor.selection_between(position, position)
        here = image_at(selection) if selection else None
        if here is None or editor.isReadOnly():
            return
        action = QAction(translate("ImageDialog", "Image…"), menu)
        action.triggered.connect(lambda: _ask(editor, here))
        menu.addSeparator()
        menu.addAction(action)

    editor.menu_extensions.append(extend)


def _ask(editor: Editor, here: ImageHere) -> None:
    dialog = ImageDialog(here.said, editor)
    place = editor.textCursor()
    place.setPosition(here.at)  # stays with the image while others write
    if dialog.exec() != QDialog.DialogCode.Accepted:
        return
    changes = dialog.changes()
    selection = editor.selection_between(place.position(), place.position())
    found = image_at(selection) if selection else None
    if selection is not None and found is not None and not editor.isReadOnly():
        editor.run_on(selection, lambda _: set_image(found, changes))
