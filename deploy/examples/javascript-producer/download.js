// A download as JSON (docs/events.md has the fields) becomes the value of a record on download.observed.
"use strict";

const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const avro = require("avsc");

const schema = JSON.parse(readFileSync(join(__dirname, "DownloadObserved.avsc"), "utf8"));
const type = avro.Type.forSchema(schema);

// Avro's single-object encoding: C3 01 and the fingerprint of the schema, the same ten bytes for every message of it.
const PREFIX = Buffer.from("C3014B954ED9CCDE2F34", "hex");

/** The value of a record. Throws on what is no download; says which field, never what stood there, since it may be a secret. */
function encode(download) {
  refuseUnknown(schema, download, "the download");
  if (download.token_id != null && !/^[0-9a-f]{64}$/.test(download.token_id)) {
    throw new Error("token_id is no SHA-256: make it by tokenId");
  }
  const message = { ...download, fetched_at: millis(download.fetched_at) };
  if (download.principal != null) {
    message.principal = { ...download.principal, type: String(download.principal.type).toUpperCase() };
  }
  // Its own error would show the value.
  type.isValid(message, {
    errorHook: (path) => {
      throw new Error(`${path.join(".")} is missing or does not fit`);
    },
  });
  return Buffer.concat([PREFIX, type.toBuffer(message)]);
}

/** What stands for a token in a message: never the token itself. */
function tokenId(token) {
  return createHash("sha256").update(token, "utf8").digest("hex");
}

// The Avro library leaves out what it does not know, and a misspelt token_id would make an anonymous download.
function refuseUnknown(schema, value, what) {
  const record = [].concat(schema).find((each) => each.type === "record");
  if (record === undefined || value === null || value === undefined) {
    return;
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new Error(`${what} is no object`);
  }
  for (const name of Object.keys(value)) {
    const field = record.fields.find((each) => each.name === name);
    if (field === undefined) {
      throw new Error(`${record.name} has no field of one of the names given`);
    }
    refuseUnknown(field.type, value[name], name);
  }
}

const ISO_8601 = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;

/** Milliseconds since the epoch, from those or from ISO 8601 with a zone. Date reads 30 February as 2 March. */
function millis(time) {
  if (typeof time === "number") {
    return time;
  }
  const [, year, month, day] = (typeof time === "string" && ISO_8601.exec(time)) || [];
  const isDay = day !== undefined && new Date(Date.UTC(year, month - 1, day)).getUTCDate() === Number(day);
  return isDay ? new Date(time).getTime() : undefined;
}

module.exports = { encode, tokenId };
