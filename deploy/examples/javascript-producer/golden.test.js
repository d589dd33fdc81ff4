// The bytes that every producer of download.observed must make are published in schemas/golden.
"use strict";

const assert = require("node:assert");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { test } = require("node:test");
const { encode, tokenId } = require("./download");

const golden = JSON.parse(
  readFileSync(process.env.GOLDEN ?? join(__dirname, "../../../schemas/golden/DownloadObserved.json"), "utf8"),
);

const download = () => ({
  event_id: "req-1",
  source: "proxy-1",
  source_kind: "npm-registry",
  fetched_at: "2026-04-15T08:30:00Z",
  request: { method: "GET", path: "/event-stream/-/event-stream-3.3.6.tgz", status: 200, bytes: 40531 },
  token_id: tokenId("test"),
});

const hex = (bytes) => bytes.toString("hex").toUpperCase();

test("makes the golden bytes", () => {
  assert.strictEqual(hex(encode(download())), golden.bytes);
  assert.strictEqual(hex(encode({ ...download(), fetched_at: golden.value.fetched_at })), golden.bytes);
});

test("says what does not fit, and never what stood there", () => {
  for (const [wrong, words] of [
    [{ tokenid: "npm_secret" }, "has no field"],
    [{ request: { method: "GET", target: "npm_secret" } }, "has no field"],
    [{ request: "npm_secret" }, "request is no object"],
    [{ principal: { type: "npm_secret", id: "bot-1" } }, "principal.type"],
    [{ source: undefined }, "source"],
    [{ fetched_at: "2026-04-15T08:30:00" }, "fetched_at"],
    [{ fetched_at: "2026-02-30T08:30:00Z" }, "fetched_at"],
    [{ fetched_at: "2026-13-01T08:30:00Z" }, "fetched_at"],
    [{ fetched_at: "1Z" }, "fetched_at"],
    [{ token_id: 17 }, "token_id"],
  ]) {
    assert.throws(
      () => encode({ ...download(), ...wrong }),
      (error) => error.message.includes(words) && !error.message.includes("npm_secret"),
      words,
    );
  }
});
