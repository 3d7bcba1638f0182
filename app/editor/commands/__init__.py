"""Commands: a selection and an intention in, a delta out; None where it does not apply.

Asking changes nothing, so one function serves the menu's state and its action.
Positions are UTF-16 units, as in QTextCursor. Each paragraph has its closing
newline (`Binding.terminate`).
"""

from app.editor.commands.blocks import (
    alignment,
    has_block,
    header_level,
    indent,
    indent_item,
    is_right_to_left,
    leave_list,
    list_kind,
    set_align,
    set_block,
    set_header,
    toggle_checked,
    toggle_code_block,
    toggle_direction,
    toggle_list,
    toggle_quote,
)
from app.editor.commands.marks import (
    clear_format,
    has_mark,
    link_at,
    link_range,
    mark_value,
    set_link,
    set_mark,
    toggle_mark,
)
from app.editor.commands.selection import Selection
from app.editor.commands.text import (
    backspace_at_start,
    footnote_at,
    insert_divider,
    insert_footnote,
    leave_block,
    move,
    new_paragraph,
    replace,
    set_footnote,
    tab,
)

__all__ = [
    "Selection",
    "alignment",
    "backspace_at_start",
    "clear_format",
    "footnote_at",
    "has_block",
    "has_mark",
    "header_level",
    "indent",
    "indent_item",
    "insert_divider",
    "insert_footnote",
    "is_right_to_left",
    "leave_block",
    "leave_list",
    "link_at",
    "link_range",
    "list_kind",
    "mark_value",
    "move",
    "new_paragraph",
    "replace",
    "set_align",
    "set_block",
    "set_footnote",
    "set_header",
    "set_link",
    "set_mark",
    "tab",
    "toggle_checked",
    "toggle_code_block",
    "toggle_direction",
    "toggle_list",
    "toggle_mark",
    "toggle_quote",
]
