import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { attributedLines } from "./attributed-lines.ts";

test.each([
  { name: "that ends with a line feed", log: "step 1\nstep 2\n" },
  { name: "of a killed program, which ends within a line", log: "step 1\nstep 2" },
])("a log $name has as many lines as were printed", async ({ log }) => {
  const directory = await mkdtemp(join(tmpdir(), "pitwall-lines-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, "log.txt"), log);
  const texts: string[] = [];
  for await (const { text } of attributedLines(directory)) texts.push(text);
  expect(texts).toEqual(["step 1", "step 2"]);
});
