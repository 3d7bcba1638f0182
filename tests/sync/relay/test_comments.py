"""Nobody changes what another person said, however the update is made."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pycrdt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.document.comment_entries import MAX_DEPTH, MAX_REPLACEMENT, decision_key
from sync.document.comments import Comments
from sync.document.document import Document
from sync.document.threads import Verdict
from sync.errors import InvalidUpdate
from sync.relay.comments import LARGEST_UPDATE, Refused, judge, own_part
from sync.types import Role, comments_id, library_id
from tests.sync.document.test_comments import PLACE, act, meet
from tests.sync.relay.attacks import Target, denial, nested, refusal
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess

Write = Callable[[pycrdt.Doc[Any]], None]


PROPOSAL = {
    "replacement": [{"insert": "other words"}],
    "left": None,
    "right": {"client": 1, "clock": 2},
}


class Desk:
    """Comments by Ada with a reply and a suggestion by Ben, and what Eve makes of them."""

    def __init__(self) -> None:
        self.ada, self.ben = Comments("ada"), Comments("ben")
        self.thread = self.ada.add(PLACE, PLACE, "quote", "Ada's")
        meet(self.ada, self.ben)
        self.ben.reply(self.thread, "Ben's")
        self.proposal = self.ben.add(PLACE, PLACE, "quote", "", PROPOSAL)
        meet(self.ada, self.ben)
        self.ada.decide(self.proposal, Verdict.ACCEPTED)
        meet(self.ada, self.ben)
        self.comments = {c.author: c.id for t in self.ada.threads() for c in t.comments}
        self.state = self.ada.update_since()

    def update(self, write: Write, client_id: int | None = None) -> bytes:
        """Return what somebody makes with bare hands who has all of it."""
        doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=client_id)
        doc.apply_update(self.state)
        before = doc.get_state()
        with doc.transaction():
            write(doc)
        return doc.get_update(before)

    def verdict(self, update: bytes, user: str = "eve", role: Role = Role.COMMENTER) -> str:
        try:
            judge(self.state, update, user, role)
        except Refused as error:
            return str(error)
        return ""


@pytest.fixture
def desk() -> Desk:
    return Desk()


def table(doc: pycrdt.Doc[Any], root: str) -> pycrdt.Map[Any]:
    return doc.get(root, type=pycrdt.Map)


def as_eve(write: Write) -> Write:
    """Write and say who it was, as everybody must."""

    def work(doc: pycrdt.Doc[Any]) -> None:
        table(doc, "authors")[str(doc.client_id)] = "eve"
        write(doc)

    return work


def decision(desk: Desk, verdict: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    made = {"by": "eve", "at": 1, "thread": desk.proposal, "verdict": verdict, **fields}
    return decision_key(desk.proposal, verdict, "eve"), made


def proposal(**fields: Any) -> dict[str, Any]:
    """Return a thread of Eve's with a suggestion."""
    place = PLACE.to_json()
    thread = {"author": "eve", "created": 1, "start": place, "end": place, "quote": "q"}
    return {**thread, "suggestion": {**PROPOSAL, **fields}}


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def write_into(root: str, key: str, value: Any) -> Write:
    return lambda doc: table(doc, root).__setitem__(key, value)


def remove_from(root: str, key: str) -> Write:
    return lambda doc: table(doc, root).__delitem__(key)


def entry(desk: Desk, **fields: Any) -> dict[str, Any]:
    return {"author": "eve", "created": 1, "thread": desk.thread, "body": "hello", **fields}


HOSTILE: dict[str, tuple[Callable[[Desk], Write], str]] = {
    "another's words": (
        lambda d: (
            lambda doc: table(doc, "comments").__setitem__(
                d.comments["ben"], entry(d, author="ben", body="I agree with Eve")
            )
        ),
        "changes what another person said",
    ),
    "another's comment as one's own": (
        lambda d: lambda doc: table(doc, "comments").__setitem__(d.comments["ben"], entry(d)),
        "changes what another person said",
    ),
    "deleting another's": (
        lambda d: lambda doc: table(doc, "comments").__delitem__(d.comments["ben"]),
        "removes what another person said",
    ),
    "deleting another's thread": (
        lambda d: lambda doc: table(doc, "threads").__delitem__(d.thread),
        "removes what another person said",
    ),
    "moving another's thread": (
        lambda d: (
            lambda doc: table(doc, "threads").__setitem__(
                d.thread,
                {"author": "ada", "created": 1, "start": {}, "end": {}, "quote": "other words"},
            )
        ),
        "changes what another person said",
    ),
    "in another's name": (
        lambda d: lambda doc: table(doc, "comments").__setitem__("new", entry(d, author="ben")),
        "another person's name",
    ),
    "resolved in another's name": (
        lambda d: (
            lambda doc: table(doc, "resolutions").__setitem__(
                d.thread, {"by": "ben", "at": 1, "resolved": True}
            )
        ),
        "another person's name",
    ),
    "a decision in another's name": (
        lambda d: write_into("decisions", *decision(d, "rejected", by="ben")),
        "no comment",
    ),
    "a decision under another's key": (
        lambda d: write_into(
            "decisions",
            decision_key(d.proposal, "rejected", "ben"),
            decision(d, "rejected", by="ben")[1],
        ),
        "another person's name",
    ),
    "accepting": (lambda d: write_into("decisions", *decision(d, "accepted")), "may not accept"),
    "rejecting": (lambda d: write_into("decisions", *decision(d, "rejected")), "may not accept"),
    "withdrawing another's": (
        lambda d: write_into("decisions", *decision(d, "withdrawn")),
        "another person's suggestion",
    ),
    "a verdict that is none": (
        lambda d: write_into("decisions", *decision(d, "deleted")),
        "no comment",
    ),
    "taking another's decision back": (
        lambda d: remove_from("decisions", decision_key(d.proposal, "accepted", "ada")),
        "removes what another person said",
    ),
    "changing another's suggestion": (
        lambda d: (
            lambda doc: table(doc, "threads").__setitem__(
                d.proposal,
                {
                    **table(doc, "threads")[d.proposal],
                    "suggestion": {**PROPOSAL, "replacement": [{"insert": "evil"}]},
                },
            )
        ),
        "changes what another person said",
    ),
    "taking another's suggestion over": (
        lambda d: write_into("threads", d.proposal, proposal()),
        "may change",
    ),
    "deleting another's suggestion": (
        lambda d: lambda doc: table(doc, "threads").__delitem__(d.proposal),
        "removes what another person said",
    ),
    "a suggestion too long": (
        lambda _: write_into(
            "threads", "n", proposal(replacement=[{"insert": "x" * (MAX_REPLACEMENT + 1)}])
        ),
        "no comment",
    ),
    "a suggestion of something unsafe": (
        lambda _: write_into(
            "threads", "n", proposal(replacement=[{"insert": {"image": "javascript:x"}}])
        ),
        "no comment",
    ),
    "a suggestion of nothing known": (
        lambda _: write_into("threads", "n", proposal(replacement="text")),
        "no comment",
    ),
    "a suggestion nowhere": (lambda _: write_into("threads", "n", proposal(right=7)), "no comment"),
    "nested deeply": (
        lambda d: write_into("comments", "n", entry(d, more=deep(MAX_DEPTH))),
        "no comment",
    ),
    "a field too long": (
        lambda d: write_into("comments", "n", entry(d, more="x" * 200_000)),
        "no comment",
    ),
    "too many fields": (
        lambda d: write_into("comments", "n", entry(d, more=dict.fromkeys(map(str, range(5000))))),
        "no comment",
    ),
    "an id that is none": (lambda d: write_into("comments", "a/b", entry(d)), "no comment"),
    "an id too long": (lambda d: write_into("comments", "n" * 65, entry(d)), "no comment"),
    "no comment": (
        lambda _: lambda doc: table(doc, "comments").__setitem__("new", "text"),
        "no comment",
    ),
    "too long": (
        lambda d: lambda doc: table(doc, "comments").__setitem__("n", entry(d, body="x" * 20_000)),
        "no comment",
    ),
    "a shared type": (
        lambda _: lambda doc: table(doc, "comments").__setitem__("new", pycrdt.Map({"a": 1})),
        "plain values",
    ),
    "another root": (
        lambda _: lambda doc: table(doc, "elsewhere").__setitem__("new", 1),
        "not about comments",
    ),
    "a text": (
        lambda _: lambda doc: doc.get("content", type=pycrdt.Text).insert(0, "hello"),
        "plain values",
    ),
    "a list where a map should be": (
        lambda _: lambda doc: doc.get("threads", type=pycrdt.Array).append(1),
        "not about comments",
    ),
    "authors rewritten": (
        lambda d: (
            lambda doc: [
                table(doc, "authors").__setitem__(key, "eve") for key in table(doc, "authors")
            ]
        ),
        "another person's name",
    ),
    "authors removed": (
        lambda d: (
            lambda doc: [
                table(doc, "authors").__delitem__(key) for key in list(table(doc, "authors"))
            ]
        ),
        "removes",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_refused(desk: Desk, kind: str) -> None:
    write, reason = HOSTILE[kind]
    assert reason in desk.verdict(desk.update(as_eve(write(desk))))


@pytest.mark.parametrize("role", [Role.COMMENTER, Role.EDITOR, Role.OWNER])
def test_what_everybody_may(desk: Desk, role: Role) -> None:
    eve = Comments("eve")
    eve.apply_update(desk.state)
    updates: list[bytes] = []
    eve.on_update(lambda update, _: updates.append(update))
    for change in (
        lambda: eve.add(PLACE, PLACE, "q", "Eve's"),
        lambda: eve.reply(desk.thread, "Eve's too"),
        lambda: eve.resolve(desk.thread),
        lambda: eve.edit(
            next(c.id for t in eve.threads() for c in t.comments if c.author == "eve"), "b"
        ),
        lambda: eve.delete(
            next(c.id for t in eve.threads() for c in t.comments if c.author == "eve")
        ),
    ):
        change()
        assert desk.verdict(updates.pop(), role=role) == ""
        desk.state = eve.update_since()


def test_a_comment_that_changed_says_so(desk: Desk) -> None:
    mine = desk.update(as_eve(write_into("comments", "mine", entry(desk))))
    assert desk.verdict(mine) == ""
    desk.ada.apply_update(mine)
    desk.state = desk.ada.update_since()
    for fields, reason in (
        ({"body": "other"}, "must say so"),
        ({"body": "other", "edited": 5}, ""),
        ({"created": 2, "edited": 5}, "only the words"),
        ({"more": "of a newer version"}, ""),
    ):
        change = as_eve(write_into("comments", "mine", entry(desk, **fields)))
        assert reason in desk.verdict(desk.update(change))


@pytest.mark.parametrize("role", [Role.EDITOR, Role.OWNER])
def test_who_may_write_decides_about_suggestions(desk: Desk, role: Role) -> None:
    accepted = desk.update(as_eve(write_into("decisions", *decision(desk, "accepted"))))
    rejected = desk.update(as_eve(write_into("decisions", *decision(desk, "rejected"))))
    assert desk.verdict(accepted, role=role) == desk.verdict(rejected, role=role) == ""
    for kind, update, may_go in (("accepted", accepted, False), ("rejected", rejected, True)):
        decided = _loaded(desk.state)
        decided.apply_update(update)
        desk.state = decided.get_update()
        key = decision(desk, kind)[0]
        gone = desk.update(as_eve(remove_from("decisions", key)))
        assert (desk.verdict(gone, role=Role.EDITOR) == "") is may_go


def test_what_meets_by_chance_is_not_refused(desk: Desk) -> None:
    """All later changes of a person wait behind a refused one, so only malice may be refused."""
    eve = Comments("eve")
    eve.apply_update(desk.state)
    before = eve.state_vector()
    desk.ada.delete_thread(desk.ada.add(PLACE, PLACE, "", "gone soon"))
    desk.ada.tidy(desk.thread)  # Ada is the owner
    desk.ada.tidy(desk.proposal)
    desk.state = desk.ada.update_since()
    eve.reply(desk.thread, "an answer")
    eve.resolve(desk.thread)
    eve.decide(desk.proposal, Verdict.REJECTED)
    assert desk.verdict(eve.update_since(before), role=Role.EDITOR) == ""


def test_a_viewer_may_nothing(desk: Desk) -> None:
    update = desk.update(as_eve(lambda doc: None))
    assert desk.verdict(update, role=Role.VIEWER) == "a viewer may not comment on this document"


def test_an_owner_may_tidy_up_but_not_put_words_in_a_mouth(desk: Desk) -> None:
    remove = desk.update(
        as_eve(lambda doc: table(doc, "comments").__delitem__(desk.comments["ben"]))
    )
    assert desk.verdict(remove, role=Role.OWNER) == ""
    assert desk.verdict(remove, role=Role.EDITOR) != ""
    write, reason = HOSTILE["another's words"]
    assert reason in desk.verdict(desk.update(as_eve(write(desk))), role=Role.OWNER)


def test_an_owners_device_brings_back_what_a_restored_relay_lacks(desk: Desk) -> None:
    """Nobody else's can: each has what others said since the backup, beside its own."""
    desk.ada.resolve(desk.thread)
    backup = desk.state = desk.ada.update_since()
    ben = Comments("ben")
    ben.apply_update(backup)
    ben.edit(desk.comments["ben"], "what Ben said after the backup")
    ben.resolve(desk.thread, False)
    desk.ada.apply_update(ben.update_since(desk.ada.state_vector()))
    desk.ada.tidy(desk.proposal)
    desk.ada.reply(desk.thread, "what Ada said then")
    ben.apply_update(desk.ada.update_since(ben.state_vector()))
    everything = desk.ada.update_since(_loaded(backup).get_state())
    assert desk.verdict(everything, "ada", Role.OWNER) == ""
    assert desk.verdict(everything, "ben", Role.EDITOR) != ""


def test_each_brings_their_own_part_when_the_owner_has_neither(desk: Desk) -> None:
    """Ben and Eve talked while Ada was away, and then the relay was put back to a backup."""
    backup = desk.state
    people = {name: Comments(name) for name in ("ben", "eve")}
    for one in people.values():
        one.apply_update(backup)
    for number in range(3):
        for name, one in people.items():
            one.reply(desk.thread, f"{name} {number}")
            one.resolve(desk.thread, number % 2 == 0)
            for other in people.values():
                other.apply_update(one.update_since(other.state_vector()))
    relay = Comments("relay")
    relay.apply_update(backup)
    for _ in range(6):
        for name, one in people.items():
            step2 = one.update_since(relay.state_vector())
            if why_not(relay, step2, name):
                part = own_part(relay.update_since(), step2, name, Role.COMMENTER)
                if part is not None:
                    assert not why_not(relay, part, name)
                    relay.apply_update(part)
            else:
                relay.apply_update(step2)
    assert relay.threads() == people["ben"].threads()
    assert not why_not(relay, people["eve"].update_since(relay.state_vector()), "eve")


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_has_no_part_that_is_not(desk: Desk, name: str) -> None:
    write, _ = HOSTILE[name]
    update = desk.update(as_eve(write(desk)))
    part = own_part(desk.state, update, "eve", Role.COMMENTER)
    if part is not None:
        judge(desk.state, part, "eve", Role.COMMENTER)


def why_not(comments: Comments, update: bytes, user_id: str) -> str:
    """Return why a commenter's update is refused, empty if it is not."""
    try:
        judge(comments.update_since(), update, user_id, Role.COMMENTER)
    except Refused as error:
        return str(error)
    return ""


def test_a_change_without_a_name(desk: Desk) -> None:
    update = desk.update(lambda doc: table(doc, "comments").__setitem__("new", entry(desk)))
    assert "another person's name" in desk.verdict(update)


def test_another_persons_client_id(desk: Desk) -> None:
    """Whoever takes it makes that client's next words disappear: their clocks are taken."""
    bens = next(
        int(key) for key, user in table(_loaded(desk.state), "authors").items() if user == "ben"
    )
    update = desk.update(
        lambda doc: table(doc, "comments").__setitem__("new", entry(desk)), client_id=bens
    )
    assert "another person's name" in desk.verdict(update)


def test_a_gap(desk: Desk) -> None:
    doc = _loaded(desk.state)
    table(doc, "authors")[str(doc.client_id)] = "eve"
    between = doc.get_state()
    table(doc, "comments")["new"] = entry(desk)
    assert "sync again" in desk.verdict(doc.get_update(between))
    # A deletion of what has not come yet would otherwise wait for it.
    assert "sync again" in desk.verdict(b"\x00\x01\x05\x01\x00\x01")


def test_what_is_no_update(desk: Desk) -> None:
    with pytest.raises(InvalidUpdate):
        desk.verdict(b"\x01\x01nonsense")
    with pytest.raises(InvalidUpdate):
        desk.verdict(b"")
    assert "bytes" in desk.verdict(bytes(LARGEST_UPDATE + 1))
    assert own_part(desk.state, bytes(LARGEST_UPDATE + 1), "eve", Role.COMMENTER) is None
    assert "plain values" in desk.verdict(nested(10))


def _loaded(state: bytes) -> pycrdt.Doc[Any]:
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    doc.apply_update(state)
    return doc


@given(st.integers(0, 1_000_000))
def test_who_behaves_is_never_refused(seed: int) -> None:
    rng = random.Random(seed)
    people = [Comments(name) for name in ("ada", "ben", "eve")]
    relay = Comments("relay")
    for _ in range(15):
        person = rng.choice(people)
        person.apply_update(relay.update_since(person.state_vector()))
        for _ in range(rng.randint(1, 3)):
            act(rng, person)
        update = person.update_since(relay.state_vector())
        judge(relay.update_since(), update, person.author, Role.COMMENTER)
        relay.apply_update(update)


@given(st.integers(0, 1_000_000))
def test_random_changes_never_touch_another_persons(seed: int) -> None:
    rng = random.Random(seed)
    desk = Desk()

    def write(doc: pycrdt.Doc[Any]) -> None:
        for _ in range(rng.randint(1, 3)):
            name = rng.choice(["threads", "comments", "resolutions", "decisions", "authors"])
            root = table(doc, name)
            key = rng.choice([*root, "new", desk.thread, decision(desk, "accepted")[0]])
            if key in root and rng.random() < 0.4:
                del root[key]
            else:
                root[key] = rng.choice(
                    [
                        entry(desk),
                        entry(desk, author="ben"),
                        "eve",
                        7,
                        {"by": "eve", "at": 1.0, "resolved": True},
                        proposal(),
                        decision(desk, "accepted")[1],
                    ]
                )

    update = desk.update(as_eve(write))
    if desk.verdict(update):
        return
    assert not _touches_decisions(desk, update)
    after = _loaded(desk.state)
    after.apply_update(update)
    before = _loaded(desk.state)
    for root in ("threads", "comments"):
        for key, value in table(before, root).items():
            assert table(after, root).get(key) == value  # none of it is Eve's


def _touches_decisions(desk: Desk, update: bytes) -> bool:
    after = _loaded(desk.state)
    before = dict(table(after, "decisions"))
    after.apply_update(update)
    return dict(table(after, "decisions")) != before


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayProcess]:
    with RelayProcess(tmp_path_factory.mktemp("relay")) as relay:
        for name in ("ada", "ben", "eve"):
            relay.add_user(name)
        yield relay


class TestOnARelay:
    @pytest.fixture
    def book(self, relay: RelayProcess) -> str:
        made = relay.admin("document", "create", "--owner", "ada", "--title", "Book")
        relay.admin("document", "share", made, "--user", "ben", "--role", "commenter")
        return made

    def user_id(self, relay: RelayProcess, name: str) -> str:
        token = relay.admin("token", name)
        return str(jwt.decode(token, options={"verify_signature": False})["sub"])

    def test_a_commenter_comments_and_cannot_write(self, relay: RelayProcess, book: str) -> None:
        target = Target(relay.url, relay.admin("token", "ben"), book, "")
        ben = Comments(self.user_id(relay, "ben"))
        ben.add(PLACE, PLACE, "quote", "Ben's")
        comments = comments_id(book)
        assert refusal(target, comments, ben.update_since()) is None
        assert refusal(target, comments, ben.update_since(), step2=True) is None
        document = Document()
        document.set_title("mine")
        assert "commenter may not change" in str(refusal(target, book, document.encode_state()))
        # And not in somebody else's name.
        ada = Comments(self.user_id(relay, "ada"))
        ada.apply_update(ben.update_since())
        ada.reply(ada.threads()[0].id, "I, Ada, think so too")
        assert "another person's name" in str(refusal(target, comments, ada.update_since()))
        relay.restart()
        with Peer(relay.url, comments, relay.admin("token", "ada")) as reader:
            reader.joined()

    def test_suggestions(self, relay: RelayProcess, book: str) -> None:
        relay.admin("document", "share", book, "--user", "eve", "--role", "editor")
        comments = comments_id(book)
        users = {name: self.user_id(relay, name) for name in ("ada", "ben", "eve")}
        targets = {name: Target(relay.url, relay.admin("token", name), book, "") for name in users}
        ben, eve = Comments(users["ben"]), Comments(users["eve"])
        thread = ben.add(PLACE, PLACE, "quote", "", PROPOSAL)
        assert refusal(targets["ben"], comments, ben.update_since()) is None
        eve.apply_update(ben.update_since())
        # A commenter accepts nothing, and changes nothing of what is proposed.
        forged = Comments(users["ben"])
        forged.apply_update(ben.update_since())
        forged.decide(thread, Verdict.ACCEPTED)
        refused = refusal(targets["ben"], comments, forged.update_since())
        assert refused == "a commenter may not accept or reject suggestions"
        changed = Comments(users["eve"])
        changed.apply_update(ben.update_since())
        entry = dict(changed._maps["threads"][thread])
        evil = {**PROPOSAL, "replacement": [{"insert": "evil"}]}
        changed._write([("threads", thread, {**entry, "suggestion": evil})])
        refused = refusal(targets["eve"], comments, changed.update_since())
        assert refused == "it changes what another person said"
        eve.decide(thread, Verdict.ACCEPTED)
        assert refusal(targets["eve"], comments, eve.update_since()) is None

    def test_a_viewer_and_a_stranger(self, relay: RelayProcess, book: str) -> None:
        eve = Target(relay.url, relay.admin("token", "eve"), book, "")
        assert denial(eve, comments_id(book), eve.token) == denial(eve, "none", eve.token)
        relay.admin("document", "share", book, "--user", "eve", "--role", "viewer")
        writer = Comments(self.user_id(relay, "eve"))
        writer.add(PLACE, PLACE, "", "let me in")
        refused = refusal(eve, comments_id(book), writer.update_since())
        assert refused == "a viewer may not comment on this document"

    def test_a_refused_change_holds_up_what_builds_on_it(
        self, relay: RelayProcess, book: str
    ) -> None:
        target = Target(relay.url, relay.admin("token", "ben"), book, "")
        honest = Comments(self.user_id(relay, "ben"))
        honest.add(PLACE, PLACE, "", "good")
        comments = comments_id(book)
        assert refusal(target, comments, nested(3)) is not None
        assert refusal(target, comments, honest.update_since()) is None

    def test_a_library_is_its_owners_alone(self, relay: RelayProcess) -> None:

        ada = self.user_id(relay, "ada")
        library = library_id(ada)
        document = Document()
        document.set_title("order")
        own = Target(relay.url, relay.admin("token", "ada"), library, "")
        assert refusal(own, library, document.encode_state()) is None
        other = Target(relay.url, relay.admin("token", "ben"), library, "")
        assert denial(other, library, other.token) == denial(other, "none", other.token)
        missing = library_id("0" * 32)
        assert denial(other, missing, other.token) == denial(other, "none", other.token)
