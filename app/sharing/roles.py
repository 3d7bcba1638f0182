"""What roles are called, and what they allow, in the window's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from sync.types import Role

translate = QCoreApplication.translate


def role_name(role: Role) -> str:
    """Return what a list of members says."""
    return {
        Role.OWNER: translate("Roles", "Owner"),
        Role.EDITOR: translate("Roles", "Editor"),
        Role.COMMENTER: translate("Roles", "Commenter"),
        Role.VIEWER: translate("Roles", "Viewer"),
    }[role]


def role_meaning(role: Role) -> str:
    """Return what a role allows, as one line beside its name."""
    return {
        Role.OWNER: translate("Roles", "writes, and decides who else may do what"),
        Role.EDITOR: translate("Roles", "reads, comments and writes"),
        Role.COMMENTER: translate("Roles", "reads and comments"),
        Role.VIEWER: translate("Roles", "reads"),
    }[role]
