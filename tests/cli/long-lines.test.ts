import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

const longMiB = 64;
const program = `
const chunk = Buffer.alloc(1 << 20, "x");
let left = ${longMiB};
console.log("acc=0.5");
const write = () => {
  while (left-- > 0) if (!process.stdout.write(chunk)) return process.stdout.once("drain", write);
  process.stdout.write(" acc=0.99\\nacc=0.95\\n");
};
write();
`;

test("a line of 64 MiB is kept whole, searched for its first MiB, and mentioned once", async () => {
  const cwd = temporaryFolder();
  const metric = ["--metric", "acc=([0-9.]+)", "--target", "acc>=0.9"];
  const words = ["run", ...metric, "--json", "--", process.execPath, "-e", program];
  const { result } = JSON.parse((await pitwall(words, { cwd })).stdout);
  const [run] = result.runs;
  expect(run.outcome).toMatchObject({ kind: "reached", quality: 0.95 });
  expect(run.findings).toEqual([
    {
      rule: "long-lines-cut",
      count: 1,
      longestBytes: longMiB * 2 ** 20 + " acc=0.99".length,
      keptBytes: 2 ** 20,
    },
  ]);
  const log = join(cwd, "home", "runs", run.runId, "log.txt");
  expect(statSync(log).size).toBeGreaterThan(longMiB * 2 ** 20);
  // The record is read back the same way.
  const checked = await pitwall(["check", run.runId, "--json"], { cwd });
  expect(JSON.parse(checked.stdout).ok).toBe(true);
});
