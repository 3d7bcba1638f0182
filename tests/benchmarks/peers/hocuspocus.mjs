// Hocuspocus as its manual sets it up, with its SQLite extension; says its port once it listens.
// It compares the token with the one it was given: cheaper than checking a signature.
import { DatabaseSync } from "node:sqlite";
import { SQLite } from "@hocuspocus/extension-sqlite";
import { Server } from "@hocuspocus/server";

// The extension's own queries on Node's own SQLite: better-sqlite3 wants a compiler here and there.
class NodeSQLite extends SQLite {
  async onConfigure() {
    this.db = new DatabaseSync(this.configuration.database);
    this.db.exec(this.configuration.schema);
  }
}

const [database, token] = process.argv.slice(2);
const server = new Server({
  port: 0,
  address: "127.0.0.1",
  quiet: true,
  extensions: [new NodeSQLite({ database })],
  async onAuthenticate({ token: theirs }) {
    if (theirs !== token) throw new Error("no");
  },
});
await server.listen();
console.log(`listening on ws://127.0.0.1:${server.address.port}`);
