"""The relay's tables in PostgreSQL, step by step; SQLite's are their model."""

from __future__ import annotations

import psycopg

from sync.errors import AdministrationError, NewerSchema
from sync.relay.storage.postgres import connecting
from sync.relay.storage.postgres.connecting import Connection

PARTITIONS = 16
"""Of the log, snapshots and versions by hash of the document's key, of attachments by theirs."""

_PREPARING = 0x1A2B0001
"""The advisory lock of who makes or changes tables: one program at a time."""

_STEPS = (
    """
    CREATE TABLE users (
        id TEXT COLLATE "C" PRIMARY KEY,
        name TEXT NOT NULL,
        name_key TEXT COLLATE "C" NOT NULL UNIQUE,  -- caseless: one name, one person
        password_hash TEXT NOT NULL,
        active BOOLEAN NOT NULL DEFAULT TRUE,
        created BIGINT NOT NULL                     -- Unix seconds, for show
    );

    CREATE TABLE documents (
        key BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id TEXT COLLATE "C" NOT NULL UNIQUE,
        title TEXT NOT NULL,
        created BIGINT NOT NULL,
        organisation TEXT
    );
    CREATE INDEX documents_by_organisation ON documents (organisation)
        WHERE organisation IS NOT NULL;

    -- Where each document's log ends. Who appends locks its row first, on whatever node, so that
    -- sequences have no gaps and stand in the order of the commits. Narrow, with room in the page:
    -- it changes with every commit, and no index has to follow.
    CREATE TABLE heads (
        document BIGINT PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE,
        sequence BIGINT NOT NULL
    ) WITH (fillfactor = 50);
    CREATE FUNCTION add_head() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO heads VALUES (NEW.key, 0); RETURN NULL; END
    $$;
    CREATE TRIGGER document_added AFTER INSERT ON documents
        FOR EACH ROW EXECUTE FUNCTION add_head();

    CREATE TABLE members (
        document BIGINT NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
        user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        role TEXT NOT NULL CHECK (role IN ('owner', 'editor', 'commenter', 'viewer')),
        PRIMARY KEY (document, user_id)
    );
    CREATE INDEX members_by_user ON members (user_id);

    -- The truth. No foreign key: who writes here holds the lock on the document's head.
    CREATE TABLE updates (
        document BIGINT NOT NULL,
        sequence BIGINT NOT NULL,                   -- from 1, no gaps, never reused
        author TEXT NOT NULL,                       -- user id
        received BIGINT NOT NULL,                   -- Unix milliseconds, for show
        data BYTEA NOT NULL,                        -- as it came
        checksum BIGINT,                            -- CRC-32, see `reading.checksum`
        PRIMARY KEY (document, sequence)
    ) PARTITION BY HASH (document);

    -- Only makes loading fast: the state after the update of that sequence.
    CREATE TABLE snapshots (
        document BIGINT PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE,
        sequence BIGINT NOT NULL,
        state BYTEA NOT NULL,
        checksum BIGINT
    ) PARTITION BY HASH (document);

    -- Whole states to go back to, by age ever fewer.
    CREATE TABLE versions (
        document BIGINT NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
        sequence BIGINT NOT NULL,                   -- of the last update in it
        made BIGINT NOT NULL,                       -- Unix seconds
        state BYTEA NOT NULL,                       -- zlib
        PRIMARY KEY (document, sequence)
    ) PARTITION BY HASH (document);

    -- Compressing what is hardly smaller then costs more than it gives.
    ALTER TABLE updates ALTER data SET STORAGE EXTERNAL;
    ALTER TABLE snapshots ALTER state SET STORAGE EXTERNAL;
    ALTER TABLE versions ALTER state SET STORAGE EXTERNAL;

    CREATE TABLE signing_keys (
        kid TEXT PRIMARY KEY,
        secret BYTEA NOT NULL,
        created BIGINT NOT NULL,
        -- Unix seconds until which tokens of an older key are good; NULL for the newest.
        retired DOUBLE PRECISION
    );

    CREATE TABLE refresh_tokens (
        hash BYTEA PRIMARY KEY,                     -- SHA-256 of the token
        family TEXT NOT NULL,                       -- of one sign-in
        user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        parent BYTEA,                               -- hash of the token that it replaced
        expires DOUBLE PRECISION NOT NULL,          -- Unix seconds
        used DOUBLE PRECISION                       -- Unix seconds, NULL while it is good
    );
    CREATE INDEX refresh_by_family ON refresh_tokens (family);
    CREATE INDEX refresh_by_user ON refresh_tokens (user_id);
    CREATE INDEX refresh_by_parent ON refresh_tokens (parent);
    CREATE INDEX refresh_by_expiry ON refresh_tokens (expires);

    -- Grows with every change of somebody's rights; every serving node looks at it.
    CREATE TABLE access_revision (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        value BIGINT NOT NULL
    );
    INSERT INTO access_revision VALUES (1, 0);
    -- Whose rights the last of these changes were about, so that a node need not ask for everybody.
    CREATE TABLE access_changes (
        revision BIGINT PRIMARY KEY,
        user_id TEXT COLLATE "C" NOT NULL
    );
    CREATE FUNCTION note_access(who TEXT) RETURNS VOID LANGUAGE plpgsql AS $$
        DECLARE now BIGINT;
        BEGIN
            UPDATE access_revision SET value = value + 1 RETURNING value INTO now;
            INSERT INTO access_changes VALUES (now, who);
            DELETE FROM access_changes WHERE revision < now - 10000;
        END
    $$;
    CREATE FUNCTION user_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM note_access(NEW.id); RETURN NULL; END
    $$;
    CREATE TRIGGER user_changed AFTER UPDATE OF active ON users
        FOR EACH ROW EXECUTE FUNCTION user_changed();
    CREATE FUNCTION right_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM note_access(CASE TG_OP WHEN 'DELETE' THEN OLD.user_id ELSE NEW.user_id END);
            RETURN NULL;
        END
    $$;
    CREATE TRIGGER member_changed AFTER INSERT OR UPDATE OR DELETE ON members
        FOR EACH ROW EXECUTE FUNCTION right_changed();
    CREATE TRIGGER sign_in_ended AFTER DELETE ON refresh_tokens
        FOR EACH ROW WHEN (OLD.expires > extract(epoch FROM now()))
        EXECUTE FUNCTION right_changed();
    -- A serving node signs with the newest, and takes no token of one that is gone.
    CREATE FUNCTION key_added() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN UPDATE access_revision SET value = value + 1; RETURN NULL; END
    $$;
    CREATE TRIGGER key_added AFTER INSERT ON signing_keys
        FOR EACH ROW EXECUTE FUNCTION key_added();

    -- Written to find out whether writing works again.
    CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 1), value BIGINT NOT NULL);
    INSERT INTO probe VALUES (1, 0);

    -- Who did what; never a password, a token or a word of a document.
    CREATE TABLE audit (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at BIGINT NOT NULL,                         -- Unix milliseconds
        actor TEXT,                                 -- user id; NULL: an administrator
        place TEXT,                                 -- network address; NULL on the machine
        action TEXT NOT NULL,                       -- sync.relay.audit.Action
        document TEXT,                              -- document id
        subject TEXT,                               -- user id or name that it was done to
        detail TEXT                                 -- a role, a reason
    );
    CREATE INDEX audit_by_time ON audit (at);

    CREATE TABLE invites (
        hash BYTEA PRIMARY KEY,                     -- SHA-256 of the code
        id TEXT COLLATE "C" NOT NULL UNIQUE,        -- to name it in a list; worth nothing
        document BIGINT NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
        role TEXT NOT NULL CHECK (role IN ('editor', 'commenter', 'viewer')),
        created_by TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        created BIGINT NOT NULL,                    -- Unix seconds
        expires BIGINT NOT NULL,                    -- Unix seconds
        used_by TEXT COLLATE "C" REFERENCES users (id) ON DELETE SET NULL,
        used BIGINT                                 -- Unix seconds; NULL while it is good
    );
    CREATE INDEX invites_by_document ON invites (document);

    -- Whoever may read the document may read its files.
    CREATE TABLE attachments (
        document BIGINT NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
        hash BYTEA NOT NULL,                        -- SHA-256
        size BIGINT NOT NULL,                       -- bytes
        media_type TEXT NOT NULL,                   -- as found in the bytes, not as claimed
        added_by TEXT NOT NULL,                     -- user id
        added BIGINT NOT NULL,                      -- Unix seconds
        PRIMARY KEY (document, hash)
    );
    CREATE INDEX attachments_by_hash ON attachments (hash);

    CREATE TABLE attachment_parts (
        hash BYTEA NOT NULL,                        -- SHA-256 of the whole
        part INTEGER NOT NULL,                      -- from 0
        data BYTEA NOT NULL,
        PRIMARY KEY (hash, part)
    ) PARTITION BY HASH (hash);
    ALTER TABLE attachment_parts ALTER data SET STORAGE EXTERNAL;
    """,
    # Accounts know no organisation, so nothing could fill it.
    "ALTER TABLE documents DROP COLUMN organisation",
)

_PARTITIONED = ("updates", "snapshots", "versions", "attachment_parts")

VERSION = len(_STEPS)
"""The format that this program writes, kept in ``schema_version``."""


def prepare(url: str) -> None:
    """Make the tables if they are not there, and bring them to this format.

    Raises `NewerSchema` (a newer program made them), or `AdministrationError` with a
    sentence if the server cannot be used, or would lose what it has acknowledged; all is
    as before then.
    """
    connection = connecting.connect(url)
    try:
        refuse_forgetful(connection, url)
        if _version(connection) != VERSION:
            with connection.raw.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(?)", [_PREPARING])
                # Read again under the lock: another process may have been first.
                _migrate(connection, url, _version(connection))
    except psycopg.Error as error:
        raise connecting.explain(error, url) from None
    finally:
        connection.close()


def refuse_forgetful(connection: Connection, url: str) -> None:
    """Raise `AdministrationError` if the server acknowledges what is not on disk."""
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        if connection.execute(f"SHOW {name}").fetchone()[0] == "off":
            raise AdministrationError(
                f"{connecting.shown(url)} runs with {name} = off and would lose what it has "
                f"acknowledged. Set {name} = on in its configuration, then start the relay again."
            )


def refuse_other(connection: Connection, url: str) -> None:
    """Raise `NewerSchema` or `AdministrationError` if the tables are not of this format."""
    found = _version(connection)
    if found > VERSION:
        raise NewerSchema(connecting.shown(url), found, VERSION)
    if found < VERSION:
        raise AdministrationError(
            f"There is no relay's data in {connecting.shown(url)}, or an older version of Inkstand "
            "made it. Start the relay once, which brings it up to date."
        )


def _version(connection: Connection) -> int:
    if connection.execute("SELECT to_regclass('schema_version')").fetchone()[0] is None:
        return 0
    return int(connection.execute("SELECT value FROM schema_version").fetchone()[0])


def _migrate(connection: Connection, url: str, found: int) -> None:
    if found > VERSION:
        raise NewerSchema(connecting.shown(url), found, VERSION)
    if not found:
        connection.execute("CREATE TABLE schema_version (value INTEGER NOT NULL)")
        connection.execute("INSERT INTO schema_version VALUES (0)")
    for step in _STEPS[found:]:
        connection.raw.execute(step.encode())
    if not found:
        for table in _PARTITIONED:
            for number in range(PARTITIONS):
                connection.execute(
                    f"CREATE TABLE {table}_{number} PARTITION OF {table}"
                    f" FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number})"
                )
    connection.execute("UPDATE schema_version SET value = ?", [VERSION])
