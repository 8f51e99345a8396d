// Parses docs/asyncapi.json with AsyncAPI's own parser; any error ends with exit code 1.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const file = process.argv[2];
const { document, diagnostics } = await new Parser().parse(readFileSync(file, "utf8"));
const errors = diagnostics.filter((each) => each.severity === 0);
for (const each of errors) console.error(`${file}: ${each.path.join(".")}: ${each.message}`);
if (errors.length > 0 || document === undefined) process.exit(1);
console.log(`${file}: ${document.allMessages().length} messages on ${document.allChannels().length} channels, ${diagnostics.length} remarks`);
