"""Heights of all paragraphs, measured or estimated, and where each begins.

They are kept as the line counts of Qt's blocks, in whole pixels: Qt holds those in
a balanced tree with sums, moves them along with the text, and nothing else uses
them. So a paragraph's place and the paragraph at a place are found in O(log n).
"""

from __future__ import annotations

from PySide6.QtGui import QTextBlock, QTextDocument


class Heights:
    """Heights of one QTextDocument's paragraphs with their margins, in pixels.

    A height is exact if it was measured since the last `forget_all`; a new paragraph's
    is neither exact nor estimated. The mark of that is the block's user state.
    """

    def __init__(self, qt: QTextDocument) -> None:
        self._qt = qt
        self._generation = 1

    @property
    def total(self) -> int:
        """Height of all."""
        return self._qt.lineCount()

    @staticmethod
    def top(block: QTextBlock) -> int:
        """Where a block begins, below the top of the first one."""
        return block.firstLineNumber()

    @staticmethod
    def of(block: QTextBlock) -> int:
        """Height of a block."""
        return block.lineCount()

    def at(self, y: float) -> QTextBlock:
        """Return the block at a height; the first or last one outside."""
        block = self._qt.findBlockByLineNumber(max(0, int(y)))
        return block if block.isValid() else self._qt.lastBlock()

    def is_exact(self, block: QTextBlock) -> bool:
        """Whether a block's height is measured."""
        return block.userState() == self._generation

    @staticmethod
    def is_new(block: QTextBlock) -> bool:
        """Whether nothing is known of a block's height."""
        return block.userState() < 0

    def measure(self, block: QTextBlock, height: int) -> None:
        """Set a height that is exact."""
        block.setLineCount(height)
        block.setUserState(self._generation)

    @staticmethod
    def estimate(block: QTextBlock, height: int) -> None:
        """Set a height that is not exact."""
        block.setLineCount(height)
        block.setUserState(0)

    @staticmethod
    def forget(block: QTextBlock) -> None:
        """Let a block's height be an estimate from now on."""
        if block.userState() > 0:
            block.setUserState(0)

    def forget_all(self) -> None:
        """Let all heights be estimates from now on."""
        self._generation += 1
