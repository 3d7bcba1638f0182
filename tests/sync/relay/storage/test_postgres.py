"""What is PostgreSQL's own: several nodes on one log, a server that dies, a disk that is full."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from sync.errors import AdministrationError, NewerSchema
from sync.relay.attachments import AttachmentFiles
from sync.relay.storage.base import Settlement
from sync.relay.storage.postgres import connecting, schema
from sync.relay.storage.postgres.log import PostgresLog
from sync.relay.storage.postgres.storage import PostgresStorage
from sync.relay.storage.replay import Replay
from sync.relay.storage.sql import compaction
from sync.relay.storage.sql.reading import Snapshot
from sync.types import DocumentId, Role, Sequence
from tests.sync.relay.postgres import PASSWORD, PostgresServer
from tests.sync.relay.process import until
from tests.sync.relay.storage.backends import PostgresBackend, rows
from tests.sync.relay.storage.conftest import BOOK, PATIENCE, Receipts, typed

DOCUMENTS = [DocumentId(f"doc{number}") for number in range(8)]


@pytest.fixture
def url(server: PostgresServer) -> Iterator[str]:
    """Name a database of the server that may be killed."""
    with server.database() as url:
        schema.prepare(url)
        yield url


def fill_database(url: str, *document_ids: DocumentId) -> None:
    storage = PostgresStorage(url)
    user = storage.accounts.add_user("ada", "hash")
    for document_id in document_ids:
        storage.accounts.create_document(document_id, "Book", user.id)
    storage.close()


class Node:
    """A log of one of several nodes, with someone who appends to it."""

    def __init__(self, url: str, seed: int) -> None:
        self._rng = random.Random(seed)
        self.seed = seed
        self.receipts = Receipts()
        self.log = PostgresLog(url, self.receipts)

    def write(self, count: int) -> None:
        """Append at random to random documents, the comments beside them too."""
        for number in range(count):
            document_id = self._rng.choice(DOCUMENTS)
            if self._rng.random() < 0.2:
                document_id = DocumentId(document_id + ".comments")
            update = f"{self.seed}:{number}".encode()
            self.log.append(document_id, update, "ada", (document_id, update))
            if self._rng.random() < 0.05:
                self.receipts.wait(number + 1)  # the next commit is another one
        self.receipts.wait(count)


def settled(nodes: list[Node]) -> list[Settlement]:
    return [result for node in nodes for batch in node.receipts.batches for result in batch]


@pytest.mark.parametrize("seed", range(3))
def test_nodes_append_to_the_same_documents_at_once(postgres_url: str, seed: int) -> None:
    fill_database(postgres_url, *DOCUMENTS)
    nodes = [Node(postgres_url, 10 * seed + number) for number in range(4)]
    threads = [threading.Thread(target=node.write, args=[400]) for node in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    log = nodes[0].log
    found: Counter[DocumentId] = Counter()
    for (document_id, update), reason, sequence in settled(nodes):
        assert reason is None
        assert log.since(document_id, Sequence(sequence - 1)).updates[0] == update
        found[document_id] += 1
    assert sum(found.values()) == 1600
    assert log.last_sequences(list(found)) == dict(found)  # no gaps, none twice
    for node in nodes:
        mine = [(ticket[0], sequence) for ticket, _, sequence in settled([node])]
        for document_id in found:
            sequences = [sequence for one, sequence in mine if one == document_id]
            assert sequences == sorted(sequences)
        node.log.close()


def test_order_of_sequences_is_order_of_commits(postgres_url: str) -> None:
    """Whoever sees an update has all before it, however long another node takes to commit."""
    fill_database(postgres_url, BOOK)
    node = Node(postgres_url, 1)
    with psycopg.connect(postgres_url) as slow:
        slow.execute("SELECT * FROM heads FOR UPDATE")
        node.log.append(BOOK, b"second", "ada", 1)
        waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        until(lambda: PostgresBackend(postgres_url).sql(waiting))
        slow.execute("UPDATE heads SET sequence = 1")
        slow.execute("INSERT INTO updates SELECT document, 1, 'ben', 0, 'first', NULL FROM heads")
        assert node.log.last_sequences([BOOK]) == {BOOK: 0}
    node.receipts.wait(1)
    assert node.receipts.sequences == [2]
    assert node.log.load(BOOK).updates == [b"first", b"second"]
    node.log.close()


class TestTwoNodesCompact:
    def test_one_does_it(self, postgres_url: str) -> None:
        fill_database(postgres_url, BOOK)
        nodes = [Node(postgres_url, number) for number in range(2)]
        for update in typed("one ", "two ", "three"):
            nodes[0].log.append(BOOK, update, "ada", None)
        nodes[0].receipts.wait(3)
        folding, go_on = threading.Event(), threading.Event()
        folds: list[str] = []

        def fold(url: str, document_id: DocumentId) -> Snapshot | None:
            folds.append(url)
            folding.set()
            assert go_on.wait(PATIENCE)
            return compaction.fold_here(url, document_id)

        first = threading.Thread(target=nodes[0].log.compact, args=[BOOK, fold])
        first.start()
        assert folding.wait(PATIENCE)
        nodes[1].log.compact(BOOK, fold)  # returns at once
        assert len(folds) == 1
        go_on.set()
        first.join(PATIENCE)
        assert rows(PostgresBackend(postgres_url)) == 0
        nodes[1].log.compact(BOOK, fold)  # its turn, if there were anything to do
        assert len(folds) == 2
        assert Replay.of(nodes[1].log.load(BOOK)).text() == "one two three"
        for node in nodes:
            node.log.close()

    def test_while_both_write(self, postgres_url: str) -> None:
        fill_database(postgres_url, BOOK)
        nodes = [Node(postgres_url, number) for number in range(2)]
        updates = typed(*(f"{number} " for number in range(200)))
        done = threading.Event()

        def compact(node: Node) -> None:
            while not done.is_set():
                node.log.compact(BOOK, version_seconds=0)

        threads = [threading.Thread(target=compact, args=[node]) for node in nodes]
        for thread in threads:
            thread.start()
        for number, update in enumerate(updates):
            node = nodes[number % 2]
            before = len(node.receipts.all)
            node.log.append(BOOK, update, "ada", number)
            node.receipts.wait(before + 1)
        done.set()
        for thread in threads:
            thread.join(PATIENCE)
        text = "".join(f"{number} " for number in range(200))
        assert Replay.of(nodes[0].log.load(BOOK)).text() == text
        assert nodes[0].log.last_sequences([BOOK]) == {BOOK: 200}
        for node in nodes:
            node.log.close()


class TestAServerThatDies:
    def test_nothing_acknowledged_is_lost(self, server: PostgresServer, url: str) -> None:
        fill_database(url, *DOCUMENTS)
        nodes = [Node(url, number) for number in range(2)]
        threads = [threading.Thread(target=node.write, args=[3000]) for node in nodes]
        for thread in threads:
            thread.start()
        for node in nodes:
            node.receipts.wait(300)
        server.kill()
        for thread in threads:
            thread.join(PATIENCE)
        assert {reason for _, reason, _ in settled(nodes)} == {
            None,
            "the relay's database does not answer",
        }
        assert not nodes[0].log.probe()
        server.start()
        until(nodes[0].log.probe)
        stored = {one: nodes[1].log.load(one) for one in DOCUMENTS}
        for (document_id, update), reason, sequence in settled(nodes):
            if document_id in stored and reason is None:
                assert stored[document_id].updates[sequence - 1] == update
        for document_id, found in stored.items():
            assert found.last_sequence == len(found.updates)
            before = len(nodes[0].receipts.all)
            nodes[0].log.append(document_id, b"again", "ada", None)
            nodes[0].receipts.wait(before + 1)
            assert nodes[0].receipts.sequences[-1] == found.last_sequence + 1
        for node in nodes:
            node.log.close()

    def test_what_is_written_while_it_is_away_is_refused(
        self, server: PostgresServer, url: str
    ) -> None:
        fill_database(url, BOOK)
        log = PostgresLog(url, receipts := Receipts())
        server.stop()
        log.append(BOOK, b"1", "ada", 1)
        assert receipts.wait(1) == [(1, "the relay's database does not answer")]
        with pytest.raises(AdministrationError, match=r"Cannot use PostgreSQL at 127\.0\.0\.1"):
            log.load(BOOK)
        server.start()
        log.append(BOOK, b"2", "ada", 2)
        assert receipts.wait(2)[1] == (2, None)
        assert log.load(BOOK).updates == [b"2"]
        log.close()


class TestADatabaseThatDoesNotWrite:
    def test_a_read_only_one_says_so_and_recovers(self, postgres_url: str) -> None:
        fill_database(postgres_url, BOOK)
        backend = PostgresBackend(postgres_url)
        [(name,)] = backend.sql("SELECT current_database()")
        backend.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        log = PostgresLog(postgres_url, receipts := Receipts())
        log.append(BOOK, b"1", "ada", 1)
        assert receipts.wait(1) == [(1, "the relay's database is read-only")]
        assert not log.probe()
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(
                f"ALTER DATABASE {name} RESET default_transaction_read_only".encode()
            )
        log.append(BOOK, b"2", "ada", 2)
        assert receipts.wait(2)[1] == (2, None)
        assert log.load(BOOK).updates == [b"2"]
        log.close()

    def test_a_full_disk_refuses_a_whole_batch(self, postgres_url: str) -> None:
        fill_database(postgres_url, BOOK)
        backend = PostgresBackend(postgres_url)
        backend.sql(  # in the place of a disk that is full
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF length(NEW.data) > 1000 THEN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END IF;"
            " RETURN NEW; END $$;"
            " CREATE TRIGGER full_disk BEFORE INSERT ON updates"
            " FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )
        log = PostgresLog(postgres_url, receipts := Receipts())
        log.append(BOOK, b"x" * 2000, "ada", 1)
        assert receipts.wait(1) == [(1, "the relay's disk is full")]
        log.append(BOOK, b"small", "ada", 2)
        assert receipts.wait(2)[1] == (2, None)
        assert receipts.sequences == [0, 1]
        log.close()


class TestFormats:
    def test_a_newer_one_is_refused(self, postgres_url: str) -> None:
        PostgresBackend(postgres_url).sql("UPDATE schema_version SET value = 99")
        with pytest.raises(NewerSchema, match="made by a newer version") as error:
            schema.prepare(postgres_url)
        assert PASSWORD not in str(error.value)

    def test_an_older_one_is_brought_to_this_one_with_all_that_is_in_it(
        self, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with postgres_server.database() as url:
            with monkeypatch.context() as before:
                before.setattr(schema, "_STEPS", schema._STEPS[:1])
                before.setattr(schema, "VERSION", 1)
                fill_database(url, BOOK)
            with (
                closing(connecting.connect(url)) as connection,
                pytest.raises(AdministrationError, match="older version"),
            ):
                schema.refuse_other(connection, url)
            storage = PostgresStorage(url)
            assert storage.log.knows(BOOK)
            storage.close()
            backend = PostgresBackend(url)
            assert backend.sql("SELECT value FROM schema_version") == [(schema.VERSION,)]
            columns = "SELECT count(*) FROM pg_attribute WHERE attname = 'organisation'"
            assert backend.sql(columns) == [(0,)]

    def test_nodes_that_start_at_once_make_it_once(self, postgres_server: PostgresServer) -> None:
        failures: list[BaseException] = []

        def prepare(url: str) -> None:
            try:
                schema.prepare(url)
            except BaseException as error:  # noqa: BLE001
                failures.append(error)

        with postgres_server.database() as url:
            threads = [threading.Thread(target=prepare, args=[url]) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(PATIENCE)
            assert failures == []
            partitions = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'updates'::regclass"
            assert PostgresBackend(url).sql(partitions) == [(schema.PARTITIONS,)]

    @pytest.mark.parametrize("name", ["fsync", "synchronous_commit", "full_page_writes"])
    def test_a_server_that_forgets_is_refused(
        self, server: PostgresServer, url: str, name: str
    ) -> None:
        server.do(f"ALTER SYSTEM SET {name} = off")
        server.do("SELECT pg_reload_conf()")
        until(lambda: server.do(f"SHOW {name}") == [("off",)])
        with pytest.raises(AdministrationError, match=f"runs with {name} = off") as error:
            schema.prepare(url)
        assert PASSWORD not in str(error.value)
        server.do(f"ALTER SYSTEM RESET {name}")
        server.do("SELECT pg_reload_conf()")
        until(lambda: server.do(f"SHOW {name}") == [("on",)])
        schema.prepare(url)

    def test_no_password_in_what_people_read(self, postgres_server: PostgresServer) -> None:
        url = postgres_server.url("prepared").replace(PASSWORD, "another-secret")
        with pytest.raises(AdministrationError, match="password authentication failed") as error:
            schema.prepare(url)
        assert "another-secret" not in str(error.value)
        with pytest.raises(AdministrationError, match="no URL of a PostgreSQL") as error:
            schema.prepare("postgresql://ada:another-secret@host/x?what=ever")
        assert "another-secret" not in str(error.value)


class TestWhatANodeRemembers:
    def test_a_change_on_another_node_is_seen_with_the_revision(self, postgres_url: str) -> None:
        here, there = PostgresStorage(postgres_url).accounts, PostgresStorage(postgres_url).accounts
        ada, ben = here.add_user("ada", "hash"), here.add_user("ben", "hash")
        here.create_document(BOOK, "Book", ada.id)
        here.share(BOOK, ben.id, Role.EDITOR)
        family = here.start_family(ben.id, b"token", 0, 1e10)
        comments = DocumentId("book.comments")
        library = DocumentId(f"library.{ben.id}")
        first = here.revision()
        asked = ((BOOK, ben.id), (comments, ben.id), (library, ben.id), (BOOK, ada.id))
        assert not here.is_at_hand(ben.id, family, BOOK)
        roles = [here.role(*one) for one in asked]
        assert roles == [Role.EDITOR, Role.EDITOR, Role.OWNER, Role.OWNER]
        assert here.user(ben.id) == ben
        assert here.is_signed_in(family)
        assert here.is_at_hand(ben.id, family, BOOK)

        there.share(BOOK, ben.id, Role.VIEWER)
        assert here.revision() > first
        assert here.is_at_hand(ben.id, family, BOOK)  # it was read again, not forgotten
        roles = [here.role(*one) for one in asked]
        assert roles == [Role.VIEWER, Role.VIEWER, Role.OWNER, Role.OWNER]
        assert here.is_signed_in(family)

        there.end_sign_ins(ben.id)
        here.revision()
        assert here.is_at_hand(ben.id, family, BOOK)
        assert not here.is_signed_in(family)

        there.set_active(ben.id, False)
        here.revision()
        assert [here.role(*one) for one in asked] == [None, None, None, Role.OWNER]
        user = here.user(ben.id)
        assert user is not None
        assert not user.active
        here.close()
        there.close()

    def test_who_cannot_see_changes_remembers_nothing(
        self, server: PostgresServer, url: str
    ) -> None:
        accounts = PostgresStorage(url).accounts
        ada = accounts.add_user("ada", "hash")
        accounts.create_document(BOOK, "Book", ada.id)
        accounts.revision()
        accounts.user(ada.id)
        accounts.role(BOOK, ada.id)
        assert accounts.is_at_hand(ada.id, None, BOOK)
        server.stop(signal.SIGINT)
        until(lambda: not accounts.is_at_hand(ada.id, None, BOOK))
        with pytest.raises(AdministrationError, match="Cannot use PostgreSQL"):
            accounts.role(BOOK, ada.id)
        accounts.close()


class TestTheEra:
    def test_all_nodes_name_the_same_and_another_when_the_data_may_have_been_put_back(
        self, server: PostgresServer, url: str
    ) -> None:
        here, there = PostgresStorage(url).accounts, PostgresStorage(url).accounts
        era = here.era()
        assert there.era() == era
        here.add_user("ada", "hash")
        here.revision()
        assert here.era() == era
        there.close()
        again = PostgresStorage(url).accounts  # a node that starts anew
        assert again.era() == era
        again.close()
        server.stop(signal.SIGINT)  # as before a base backup is put in its place
        server.start()
        here.revision()
        assert here.era() != era
        here.close()

    def test_tables_made_anew_are_another(self, server: PostgresServer) -> None:
        with server.database() as one, server.database() as other:
            eras = set()
            for url in (one, other):
                schema.prepare(url)
                accounts = PostgresStorage(url).accounts
                eras.add(accounts.era())
                accounts.close()
        assert len(eras) == 2


def keep(files: AttachmentFiles, data: bytes) -> bytes:
    digest = hashlib.sha256(data).digest()
    upload = files.begin()
    upload.write(data)
    upload.finish(digest)
    upload.discard()
    return digest


class TestAttachments:
    def test_a_file_of_another_node_is_fetched_once(
        self, postgres_url: str, tmp_path: Path
    ) -> None:
        storage = PostgresStorage(postgres_url)
        here, there = (AttachmentFiles(tmp_path / name, storage.attachments) for name in "ab")
        data = random.Random(1).randbytes(2_500_000)
        digest = hashlib.sha256(data).digest()
        assert not there.has(digest)
        assert there.find(digest) is None
        keep(here, data)
        assert there.has(digest)
        path = there.find(digest)
        assert path is not None
        assert path.read_bytes() == data
        storage.close()
        assert there.find(digest) == path  # nobody has to be asked again

    def test_copies_make_room(self, postgres_url: str, tmp_path: Path) -> None:
        storage = PostgresStorage(postgres_url)
        files = AttachmentFiles(tmp_path, storage.attachments, copies_bytes=25_000)
        digests = []
        for number in range(4):
            digests.append(keep(files, bytes([number]) * 10_000))
            os.utime(files.path(digests[-1]), (number, number))  # long ago
        assert [files.path(one).is_file() for one in digests] == [False, False, True, True]
        assert files.find(digests[0]) is not None
        assert files.path(digests[0]).is_file()
        storage.close()
