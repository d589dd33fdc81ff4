// Reads downloads from standard input, one JSON object a line, and sends them to download.observed.
// It ends with 0 once the brokers have all of them. See README.md.
"use strict";

const { readFileSync } = require("node:fs");
const { createInterface } = require("node:readline");
const { Kafka, Partitioners, logLevel } = require("kafkajs");
const { encode } = require("./download");

const BATCH = 200;
const topic = `${process.env.TOPIC_PREFIX ?? ""}download.observed`;

/** The record of one line. */
function record(line) {
  const download = JSON.parse(line);
  const id = download.event_id;
  const value = encode(download);
  // By its id and not by the source: one busy proxy spreads over all partitions.
  return id ? { key: id, value, headers: { "message-id": id } } : { value };
}

async function main() {
  const kafka = new Kafka({
    clientId: "tocsin-javascript-producer",
    brokers: (process.env.KAFKA_BROKERS ?? "localhost:9092").split(","),
    logLevel: logLevel.ERROR,
    ...(process.env.KAFKA_CLIENT ? JSON.parse(readFileSync(process.env.KAFKA_CLIENT, "utf8")) : {}),
  });
  const producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  let sent = 0;
  let refused = 0;
  let number = 0;
  let batch = [];
  const flush = async () => {
    if (batch.length > 0) {
      // All replicas that are in sync have it, or this throws.
      await producer.send({ topic, acks: -1, messages: batch });
      sent += batch.length;
      batch = [];
    }
  };
  try {
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
      number += 1;
      if (line.trim() === "") {
        continue;
      }
      try {
        batch.push(record(line));
      } catch (error) {
        // What the JSON parser says repeats the line.
        console.error(`line ${number}: ${error instanceof SyntaxError ? "no JSON" : error.message}`);
        refused += 1;
      }
      if (batch.length >= BATCH) {
        await flush();
      }
    }
    await flush();
  } finally {
    console.log(`sent ${sent}, refused ${refused}`);
    await producer.disconnect();
  }
  process.exitCode = refused === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(`not all were sent; send them again, repeats do no harm: ${error.name}`);
  process.exitCode = 2;
});
