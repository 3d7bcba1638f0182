from __future__ import annotations
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from app.library.nodes import Kind
from sync.document.delta import Insert

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
OUT = "/tmp/b/pics/"
TEXT = [
    Insert("The Lighthouse at Grey Point"),
    Insert("\n", {"header": 1}),
    Insert(
        "It was the hour when the lamp is trimmed and the sea has not yet made up its mind. Ada counted the steps, as she did every evening, and as every evening there were "
    ),
    Insert("ninety-three", {"italic": True}),
    Insert(".\n"),
    Insert(
        "Below, the boat came in without its light. Nobody had sent word; the line had been down since Tuesday, and on the mainland they would be playing cards and thinking of nothing.\n"
    ),
    Insert("What is still open"),
    Insert("\n", {"header": 2}),
    Insert("Who is in the boat"),
    Insert("\n", {"list": "checked"}),
    Insert("Why the line is down"),
    Insert("\n", {"list": "unchecked"}),
    Insert("What Ben knows, and since when"),
    Insert("\n", {"list": "unchecked"}),
    Insert(
        "“Keep the light, and the light will keep you,” the old man used to say, and went on not keeping it."
    ),
    Insert("\n", {"blockquote": True}),
    Insert("\n"),
]


def test_pictures(relay, make_desk):
    a = make_desk("ada")
    w = a.window
    sh = a.program.shelf
    w.resize(1180, 760)
    made = {}
    for t in (
        "Essay on rain",
        "Letter to the harbour master",
        "Chapter 3",
        "Chapter 2",
        "Minutes of the reading group",
        "Ideas",
    ):
        made[t] = w.documents.new(
            t, [Insert(f"{t}\n"), Insert("Words about the lighthouse and the sea.\n")]
        )
    book = w.documents.new("Chapter 1: The lighthouse", TEXT)
    for r in list(sh.records):
        pass
    a.sign_in(relay.url, "ada", "correct horse")
    a.wait_status("Saved on the relay")
    do = sh.do
    a.bot.wait(500)
    old = [r.id for r in a.store.documents() if r.title == "Untitled"]
    novel = do(lambda l: l.add_folder("Grey Point"))
    notes = do(lambda l: l.add_folder("Notes", novel))
    do(lambda l: l.move([book, made["Chapter 2"], made["Chapter 3"]], novel))
    do(lambda l: l.move([made["Ideas"]], notes))
    do(lambda l: l.favour([book]))
    tag = do(lambda l: l.add_tag("Research", "#b35f10"))
    do(lambda l: l.tag([book, made["Essay on rain"]], tag))
    do(lambda l: l.trash(old))
    w.sidebar.tree.expand(w.sidebar.model.find(Kind.FOLDER, novel))
    a.focus()
    a.open(book)
    a.bot.wait(400)
    relay.admin("document", "share", book, "--user", "ben", "--role", "editor")
    b = make_desk("ben")
    b.window.resize(1180, 760)
    b.sign_in(relay.url, "ben", "correct horse")
    b.wait(lambda: any(r.id == book for r in b.store.documents()))
    b.bot.wait(600)
    b.open(book)
    a.wait(lambda: len(a.window.presence.bar.buttons) == 1)
    b.focus()
    c = b.window.editor.textCursor()
    c.setPosition(250)
    b.window.editor.setTextCursor(c)
    b.type("Ben: yes! ")
    a.wait(lambda: a.text == b.text)
    c.setPosition(330)
    c.setPosition(372, c.MoveMode.KeepAnchor)
    b.window.editor.setTextCursor(c)
    a.bot.wait(700)
    a.focus()
    c = a.window.editor.textCursor()
    c.setPosition(180)
    a.window.editor.setTextCursor(c)
    a.bot.wait(300)
    w.grab().save(OUT + "together.png")
    w.appearance.choose_theme("dark")
    a.bot.wait(300)
    w.grab().save(OUT + "together-dark.png")
    w.appearance.choose_theme("sepia")
    a.bot.wait(300)
    w.grab().save(OUT + "together-sepia.png")
    w.appearance.choose_theme("light")
    a.bot.wait(300)
    w.actions_.account.details.trigger()
    a.bot.wait(500)
    w.grab().save(OUT + "status.png")
    a.key(Qt.Key.Key_Escape)
    from app.status_details import StatusDetails

    for d in w.findChildren(StatusDetails):
        d.close()
    w.actions_.file.share.trigger()
    a.bot.wait(1500)
    for d in w.findChildren(QDialog):
        if d.isVisible():
            d.grab().save(OUT + "share.png")
            d.reject()
    w.actions_.edit.finding.search.trigger()
    a.bot.wait(300)
    w.finding.search.field.setText("lighthouse")
    a.bot.wait(4000)
    w.grab().save(OUT + "search.png")
    w.appearance.choose_theme("dark")
    a.bot.wait(300)
    w.grab().save(OUT + "search-dark.png")
    w.appearance.choose_theme("light")
    w.finding.search.dismiss()
    w.actions_.file.go_to.trigger()
    a.bot.wait(300)
    w.finding.switcher.field.setText("cha")
    a.bot.wait(600)
    w.grab().save(OUT + "switcher.png")
    w.finding.switcher.dismiss()
    relay.admin("document", "share", book, "--user", "ben", "--role", "viewer")
    b.wait(lambda: b.window.editor.isReadOnly())
    b.bot.wait(300)
    b.window.grab().save(OUT + "viewer.png")
    a.window.documents.close()
    a.bot.wait(500)
    w.grab().save(OUT + "empty.png")
    for action, name in (
        (w.actions_.edit.settings, "settings"),
        (w.actions_.account.host, "host"),
        (w.actions_.account.join, "join"),
        (w.actions_.account.relays, "relays"),
    ):
        action.trigger()
        a.bot.wait(700)
        for d in w.findChildren(QDialog):
            if d.isVisible():
                d.grab().save(OUT + name + ".png")
                d.reject()
