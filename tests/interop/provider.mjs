// An unmodified @hocuspocus/provider, driven by JSON lines: {"do": …} in, {"event": …} out.
// A name with "#" and a number is a session of its own of the document before it.
import { createInterface } from "node:readline";
import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import WebSocket from "ws";
import * as Y from "yjs";

const [url, first, ...names] = process.argv.slice(2);
let token = first;
const say = (message) => process.stdout.write(JSON.stringify(message) + "\n");
const socket = new HocuspocusProviderWebsocket({
  url,
  WebSocketPolyfill: WebSocket,
  onClose: ({ event }) => say({ event: "closed", name: "", code: event.code }),
});
const providers = new Map();
for (const name of names) {
  const document = new Y.Doc();
  const provider = new HocuspocusProvider({
    websocketProvider: socket,
    name: name.split("#")[0],
    sessionAwareness: name.includes("#"),
    document,
    token: () => {
      say({ event: "asked", name });
      return token;
    },
    onSynced: ({ state }) => say({ event: "synced", name, state }),
    onAuthenticated: ({ scope }) => say({ event: "authenticated", name, scope }),
    onAuthenticationFailed: ({ reason }) => say({ event: "refused", name, reason }),
    onAwarenessUpdate: ({ states }) => say({ event: "awareness", name, states }),
    onStateless: ({ payload }) => {
      const { type, reason } = JSON.parse(payload);
      if (type === "refused") say({ event: "stateless", name, reason });
    },
    onMessage: ({ message }) => {
      message.readVarString();
      if (message.readVarUint() === 8) say({ event: "status", name, saved: message.readVarUint() === 1 });
    },
    onUnsyncedChanges: ({ number }) => say({ event: "unsynced", name, number }),
  });
  document.on("update", (_, origin) => {
    if (origin === provider) say({ event: "text", name, text: document.getText("content").toString() });
  });
  provider.attach();
  providers.set(name, provider);
}
createInterface({ input: process.stdin }).on("line", (line) => {
  const { do: verb, name, text, attributes } = JSON.parse(line);
  const provider = providers.get(name);
  const content = provider.document.getText("content");
  if (verb === "insert") content.insert(0, text, attributes ?? {});
  if (verb === "token") token = text;
  if (verb === "awareness") provider.setAwarenessField("user", { name: text });
  if (verb === "cursor") {
    // As y-quill and y-prosemirror publish a selection.
    const [anchor, head] = attributes.map((index) => Y.createRelativePositionFromTypeIndex(content, index));
    provider.awareness.setLocalStateField("user", { name: text, color: "#ffa500" });
    provider.awareness.setLocalStateField("cursor", { anchor, head });
  }
  if (verb === "carets") {
    // As they read it.
    const index = (place) =>
      Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(place), provider.document)?.index;
    const carets = [...provider.awareness.getStates().values()]
      .filter(({ cursor }) => cursor)
      .map(({ user, cursor }) => [user.name, user.color, index(cursor.anchor), index(cursor.head)]);
    say({ event: "carets", name, carets });
  }
  if (verb === "renew") provider.awareness.setLocalState(provider.awareness.getLocalState());
  if (verb === "leave") provider.awareness.setLocalState(null);
  if (verb === "stateless") provider.sendStateless(text);
  if (verb === "disconnect") socket.disconnect();
  if (verb === "connect") socket.connect();
  if (verb === "look")
    say({
      event: "look",
      name,
      text: content.toString(),
      delta: content.toDelta(),
      unsynced: provider.hasUnsyncedChanges,
      scope: provider.authorizedScope,
    });
  if (verb === "end") process.exit(0);
});
