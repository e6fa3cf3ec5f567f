// Prints a log as its program printed it: `node replay.mjs logs/keras.json`.
// A recorded log is a list of parts, each with its stream and the pause before it. A text is printed line by line.
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

const lineIntervalMs = 10;
const [file] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
const parts = file.endsWith(".json")
  ? JSON.parse(text)
  : text
      .split(/(?<=\n)|(?=\r)/u)
      .map((line) => ({ afterMs: lineIntervalMs, stream: "stdout", text: line }));
for (const part of parts) {
  await setTimeout(part.afterMs);
  process[part.stream].write(part.text);
}
