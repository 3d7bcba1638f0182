// Comments made with plain Yjs calls: the state of others in, in base64, and the new update out.
import * as Y from "yjs";

const [user, thread, state] = process.argv.slice(2);
const doc = new Y.Doc();
if (state) Y.applyUpdate(doc, Buffer.from(state, "base64"));
const before = Y.encodeStateVector(doc);
doc.transact(() => {
  doc.getMap("authors").set(String(doc.clientID), user);
  if (!state) {
    const place = { type: null, tname: "content", item: null, assoc: 0 };
    const about = { author: user, created: 1, start: place, end: place, quote: "Wörter 😀" };
    doc.getMap("threads").set(thread, about);
  }
  const said = { author: user, created: Date.now(), thread, body: "from Yjs 😀" };
  doc.getMap("comments").set(`c${doc.clientID}`, said);
  doc.getMap("resolutions").set(thread, { by: user, at: 2, resolved: true });
});
process.stdout.write(Buffer.from(Y.encodeStateAsUpdate(doc, before)).toString("base64"));
