from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.document import schema, transfer
from sync.document.comments import Comments
from sync.document.delta import Embed, Insert
from sync.document.library.library import Library
from sync.errors import ExportFailed
from sync.store.compaction import build_document
from sync.store.export import IMAGES_FOLDER, MANIFEST, export_all
from sync.store.store import Store
from sync.types import LOCAL_LIBRARY, DocumentId, Origin, comments_id
from tests.sync.store.library import PNG

ADA, BEN = DocumentId("ada"), DocumentId("ben")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    with Store.open(tmp_path / "profile") as store:
        yield store


def write(store: Store, document_id: DocumentId, title: str, *parts: Insert) -> None:
    updates = transfer.new_document(title, None, [*parts, Insert("\n")])
    store.create_document(document_id, title, updates).result()


def names(folder: Path) -> list[str]:
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    )


def test_documents_in_folders_with_their_images(store: Store, tmp_path: Path) -> None:
    sha256 = store.add_attachment(PNG)
    image = Insert(Embed({"image": schema.image_of(sha256)}), {"alt": "A quay"})
    write(store, ADA, "To Ada", Insert("Dear Ada", {"bold": True}), image)
    write(store, BEN, "To Ben", Insert("Dear Ben"))
    library = Library()
    library.set_known([ADA, BEN])
    work = library.add_folder("Work")
    library.move([ADA], library.add_folder("Letters: old", work))
    store.create_document(LOCAL_LIBRARY, "", [(library.encode_state(), Origin.VIEW)]).result()
    comments = Comments("ben")
    place = build_document(store.load(ADA))[0].relative_position
    thread = comments.add(place(5, 0), place(8, -1), "Ada", "Really “dear”?")
    comments.reply(thread, "Yes.")
    store.create_document(comments_id(ADA), "", [(comments.update_since(), Origin.VIEW)]).result()
    out = tmp_path / "out"
    exported = export_all(store, out, "both")
    assert (exported.documents, exported.problems) == (2, [])
    picture = f"{IMAGES_FOLDER}/{sha256}.png"
    assert names(out) == sorted(
        [
            *("To Ben.md", "To Ben.json", picture),
            *("Work/Letters old/To Ada.md", "Work/Letters old/To Ada.json"),
        ]
    )
    text = (out / "Work/Letters old/To Ada.md").read_text()
    assert text == f"**Dear Ada**![A quay](<../../{picture}>)\n"
    assert (out / picture).read_bytes() == PNG
    page = json.loads((out / "Work/Letters old/To Ada.json").read_text())
    assert page["images"] == {sha256: picture}
    assert page["document"]["type"] == "doc"
    [said] = page["comments"]
    assert (said["quote"], said["start"], said["end"], said["author"]) == ("Ada", 5, 8, "ben")
    assert [comment["body"] for comment in said["comments"]] == ["Really “dear”?", "Yes."]
    manifest = json.loads((out / MANIFEST).read_text())
    assert [one["id"] for one in manifest["documents"]] == [ADA, BEN]


def test_again_to_the_same_folder(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(store, ADA, "Paper", Insert("One"))
    export_all(store, out, "md")
    first = (out / "Paper.md").stat().st_ino
    export_all(store, out, "md")
    assert names(out) == ["Paper.md"]
    assert (out / "Paper.md").stat().st_ino != first
    (out / "Paper.md").write_text("mine now")
    export_all(store, out, "md")
    assert names(out) == ["Paper (2).md", "Paper.md"]
    assert (out / "Paper.md").read_text() == "mine now"


def test_what_is_somebody_elses_stays(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "target").write_text("theirs")
    (out / "Paper.md").symlink_to(tmp_path / "target")
    (out / "Paper (2).md").mkdir()
    write(store, ADA, "Paper", Insert("One"))
    export_all(store, out, "md")
    assert (out / "Paper (3).md").read_text() == "One\n"
    assert (tmp_path / "target").read_text() == "theirs"
    (out / MANIFEST).write_text("[]")
    with pytest.raises(ExportFailed, match="no list of exported files"):
        export_all(store, out, "md")


def test_an_unreadable_document_costs_no_other(store: Store, tmp_path: Path) -> None:
    write(store, ADA, "Broken", Insert("One"))
    write(store, BEN, "Whole", Insert("Two"))
    store.append_remote(BEN, b"garbage").result()
    image = Insert(Embed({"image": schema.image_of("ab" * 32)}))
    write(store, DocumentId("c"), "Without image", image)

    def spoil(writer: object) -> None:
        writer.execute("UPDATE updates SET bytes = x'00' WHERE document = 1")  # type: ignore[attr-defined]

    store.database.submit(spoil).result()
    exported = export_all(store, tmp_path / "out", "both")
    assert exported.documents == 2
    assert len(exported.problems) == 3
    assert "Broken" in exported.problems[0]
    assert "1 of its changes" in exported.problems[1]
    assert "not on this device" in exported.problems[2]


def test_it_can_be_ended_and_says_what_is_there(store: Store, tmp_path: Path) -> None:
    write(store, ADA, "One")
    write(store, BEN, "Two")

    def stop(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_all(store, tmp_path / "out", "md", progress=stop)
    manifest = json.loads((tmp_path / "out" / MANIFEST).read_text())
    assert list(manifest["written"]) == ["One.md"]
    assert names(tmp_path / "out") == ["One.md"]


def test_titles_that_file_systems_take_for_one(store: Store, tmp_path: Path) -> None:
    titles = ["caf\u00e9", "cafe\u0301", "CAFÉ", "Straße", "STRASSE", "", ".", "..", "a/b", "a b"]
    titles += ["CON", "con.txt", "nul", "x" * 300, "夜" * 300, "x" * 300 + "y", "-", "~", "\ud800"]
    for number, title in enumerate(titles):
        shown = title.encode("utf-8", "ignore").decode()
        write(store, DocumentId(f"d{number}"), shown, Insert(str(number)))
    exported = export_all(store, tmp_path / "out", "both")
    assert exported.documents == len(titles)
    found = names(tmp_path / "out")
    assert len(found) == 2 * len(titles)
    assert len({name.casefold() for name in found}) == len(found)


@given(st.text())
def test_a_file_name_is_one_everywhere(title: str) -> None:
    name = transfer.file_name(title)
    assert 0 < len(name.encode()) <= 210
    assert not set(name) & set('<>:"/\\|?*\x00\n')
    assert name == name.strip(" .")
    assert name.split(".")[0].upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT9"}
