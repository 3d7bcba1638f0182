// Yjs documents in one process, driven by a line of JSON a request: `tests/interop/yjs.py`.
//
// Each document is edited as a y-quill page edits it: a Quill Delta of its own (`shown`) follows
// each change of the shared text, as Quill would show it.
import { createInterface } from "node:readline";
import Delta from "quill-delta";
import * as Y from "yjs";

const pages = new Map();

// mulberry32: the same edits for the same seed, everywhere.
function randomness(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const TEXTS = [
  "a", "bc", " ", "word ", "é", "e\u0301", "中文", "😀", "👩🏽‍🚀", "שלום", "مرحبا", "𝔘", "\n", "\n\n",
  "one\ntwo", "ǆ\u2028", "a longer piece, so that there is something to split in the middle",
];
const INLINE = [
  { bold: true }, { bold: null }, { italic: true }, { italic: null }, { color: "red" },
  { link: "https://example.org" }, { "unheard-of": 1 },
];
const BLOCK = [{ header: 1 }, { header: null }, { list: "bullet" }, { list: "ordered", indent: 1 }];
const EMBEDS = [{ image: "x" }, { divider: true }, { footnote: { text: "é" } }];

function open({ client, gc, state }) {
  const doc = new Y.Doc({ gc });
  doc.clientID = client;
  const text = doc.getText("content");
  const page = { doc, text, shown: new Delta(), updates: [], undo: null };
  text.observe((event) => {
    page.shown = page.shown.compose(new Delta(event.delta));
  });
  doc.on("update", (update, origin) => {
    if (origin !== "remote") page.updates.push(Buffer.from(update).toString("base64"));
  });
  if (state) Y.applyUpdate(doc, Buffer.from(state, "base64"), "remote");
  page.undo = new Y.UndoManager(text, { captureTimeout: 0, trackedOrigins: new Set(["mine"]) });
  return page;
}

function edit(page, { seed, steps }) {
  const random = randomness(seed);
  const below = (n) => Math.floor(random() * n);
  const one = (list) => list[below(list.length)];
  const place = () => {
    // Not inside a surrogate pair: no editor would, and Yjs spoils the character then.
    const plain = page.text.toDelta().map((o) => (typeof o.insert === "string" ? o.insert : "\0"));
    const whole = plain.join("");
    const at = below(whole.length + 1);
    return at > 0 && whole.codePointAt(at - 1) > 0xffff ? at - 1 : at;
  };
  const range = () => {
    const [a, b] = [place(), place()].sort((x, y) => x - y);
    if (below(3)) {
      const whole = page.text.toDelta().map((o) => (typeof o.insert === "string" ? o.insert : "\0")).join("");
      let end = Math.min(b, a + 1 + below(4));
      if (end > a && end < whole.length && whole.codePointAt(end - 1) > 0xffff) end += 1;
      return [a, end - a];
    }
    return [a, b - a];
  };
  for (let step = 0; step < steps; step++) {
    page.doc.transact(() => {
      switch (below(10)) {
        case 0:
          page.text.insertEmbed(place(), one(EMBEDS), below(2) ? one(INLINE) : {});
          break;
        case 1: {
          const [at, length] = range();
          if (length) page.text.format(at, length, below(2) ? one(INLINE) : one(BLOCK));
          break;
        }
        case 2:
        case 3: {
          const [at, length] = range();
          if (length) page.text.delete(at, length);
          break;
        }
        case 4:
        case 5:
        case 6: {
          const [at, length] = range();
          const delta = new Delta().retain(at).insert(one(TEXTS), below(2) ? one(INLINE) : undefined);
          if (below(2)) delta.delete(length);
          else delta.retain(length, one(INLINE));
          if (below(3) === 0) delta.insert(one(EMBEDS)).insert("\n", one(BLOCK));
          page.text.applyDelta(delta.ops);
          break;
        }
        case 7: // without attributes: inherits those of its neighbour
          page.text.insert(place(), one(TEXTS));
          break;
        default:
          page.text.insert(place(), one(TEXTS), below(3) ? {} : one(INLINE));
      }
    }, "mine");
    if (below(12) === 0) page.undo.undo();
    if (below(16) === 0) page.undo.redo();
  }
}

const pointIn = (page, [index, assoc]) => {
  const position = Y.createRelativePositionFromTypeIndex(page.text, index, assoc);
  const bytes = Buffer.from(Y.encodeRelativePosition(position)).toString("base64");
  return [Y.relativePositionToJSON(position), bytes];
};

const resolveIn = (page, json) => {
  // As they come out of an awareness state.
  const position = Y.createRelativePositionFromJSON(json);
  const found = Y.createAbsolutePositionFromRelativePosition(position, page.doc);
  return found !== null && found.type === page.text ? found.index : null;
};

const resolveBytesIn = (page, bytes) => {
  const position = Y.decodeRelativePosition(Buffer.from(bytes, "base64"));
  return resolveIn(page, JSON.parse(JSON.stringify(position)));
};

const joined = (ops) => ops.reduce((delta, op) => delta.push(op), new Delta()).ops;

const verbs = {
  open: (_, request) => void pages.set(request.page, open(request)),
  edit,
  take: (page) => page.updates.splice(0),
  apply: (page, { updates }) => {
    for (const update of updates) Y.applyUpdate(page.doc, Buffer.from(update, "base64"), "remote");
  },
  // Yjs leaves neighbours with equal attributes apart where a format begins anew; Quill joins them.
  delta: (page) => [joined(page.text.toDelta()), joined(page.shown.ops)],
  state: (page) => Buffer.from(Y.encodeStateAsUpdate(page.doc)).toString("base64"),
  length: (page) => page.text.length,
  positions: (page, { places }) => places.map((place) => pointIn(page, place)),
  resolve: (page, { positions }) => positions.map((json) => resolveIn(page, json)),
  resolve_bytes: (page, { positions }) => positions.map((bytes) => resolveBytesIn(page, bytes)),
  change: (page, { ops }) => page.doc.transact(() => page.text.applyDelta(ops), "mine"),
  undo: (page) => void page.undo.undo(),
  redo: (page) => void page.undo.redo(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = { ok: verbs[request.do](pages.get(request.page), request) ?? null };
  } catch (error) {
    answer = { error: String(error.stack) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
