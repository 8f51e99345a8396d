// A partner's feed with kafkajs: offers as they come, one line of JSON each.
// npm install kafkajs; the settings are described in docs/partners.md.
import { readFileSync } from "node:fs";
import { Kafka, logLevel } from "kafkajs";

const topic = process.env.TOPIC ?? "offers.offers.v1";
const user = process.env.KAFKA_USER;
const stopAfter = Number(process.env.STOP_AFTER ?? 0);

const kafka = new Kafka({
  clientId: user,
  brokers: process.env.KAFKA_BOOTSTRAP.split(","),
  ssl: { ca: [readFileSync(process.env.KAFKA_CA_FILE, "utf-8")] },
  sasl: { mechanism: "scram-sha-512", username: user, password: process.env.KAFKA_PASSWORD },
  logLevel: logLevel.NOTHING,
  retry: { retries: 3 },
});
// The account may join groups that begin with its own name and a dot, and no other.
const consumer = kafka.consumer({ groupId: `${user}.${process.env.GROUP ?? "feed"}` });

let told = 0;
let stop;
const stopped = new Promise((resolve) => (stop = resolve));

consumer.on(consumer.events.CRASH, ({ payload }) => stop(payload.error));
try {
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    // An offset is committed once the handler has returned: told again after a crash, never lost.
    eachMessage: async ({ message }) => {
      if (stopAfter && told === stopAfter) return;
      const header = (name) => message.headers[`ce_${name}`]?.toString() ?? null;
      const event = Object.fromEntries(["type", "id", "subject", "sequence", "time"].map((name) => [name, header(name)]));
      // No value is an erasure: forget the subject. Keep the highest sequence per subject: an event may come twice.
      const data = message.value === null ? null : JSON.parse(message.value.toString());
      console.log(JSON.stringify({ ...event, data }));
      told += 1;
      if (told === stopAfter) stop(null);
    },
  });
  const error = await stopped;
  if (error) throw error;
} catch (error) {
  const type = error.type ?? error.cause?.type ?? error.name;
  console.error(`refused: ${type}`);
  process.exitCode = String(type).includes("AUTHORIZATION_FAILED") ? 3 : 1;
}
await consumer.disconnect().catch(() => {});
process.exit();
