// Hocuspocus as its manual sets it up; says its port once it listens.
//   node hocuspocus.mjs DATABASE TOKEN         with its SQLite extension
//   node hocuspocus.mjs postgresql://… TOKEN redis://…   a node of several, on their Redis extension
// It compares the token with the one it was given: cheaper than checking a signature.
import { DatabaseSync } from "node:sqlite";
import { Database } from "@hocuspocus/extension-database";
import { Redis } from "@hocuspocus/extension-redis";
import { SQLite } from "@hocuspocus/extension-sqlite";
import { Server } from "@hocuspocus/server";
import { Redis as Client } from "ioredis";
import pg from "pg";

// The extension's own queries on Node's own SQLite: better-sqlite3 wants a compiler here and there.
class NodeSQLite extends SQLite {
  async onConfigure() {
    this.db = new DatabaseSync(this.configuration.database);
    this.db.exec(this.configuration.schema);
  }
}

// Their extensions' schema, on a database that several nodes share.
async function onPostgres(connectionString) {
  const pool = new pg.Pool({ connectionString });
  await pool.query("CREATE TABLE IF NOT EXISTS documents (name text PRIMARY KEY, data bytea)");
  return new Database({
    async fetch({ documentName }) {
      const { rows } = await pool.query("SELECT data FROM documents WHERE name = $1", [documentName]);
      return rows[0]?.data ?? null;
    },
    async store({ documentName, state }) {
      await pool.query(
        "INSERT INTO documents VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET data = $2",
        [documentName, state],
      );
    },
  });
}

const [database, token, redis] = process.argv.slice(2);
const extensions = database.startsWith("postgresql:")
  ? [await onPostgres(database), new Redis({ createClient: () => new Client(redis) })]
  : [new NodeSQLite({ database })];
const server = new Server({
  port: 0,
  address: "127.0.0.1",
  quiet: true,
  extensions,
  async onAuthenticate({ token: theirs }) {
    if (theirs !== token) throw new Error("no");
  },
});
await server.listen();
console.log(`listening on ws://127.0.0.1:${server.address.port}`);
