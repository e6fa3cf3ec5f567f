import { describe, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { screenOf } from "../../src/cli/terminal/terminal.ts";
import { visibleWidth } from "../../src/foundation/tables/text-table.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";
import { unpackSubmission } from "../support/unpack-submission.ts";

/** What a command prints to a terminal with so many columns. */
async function printed(
  words: readonly string[],
  { cwd, columns, wraps }: { cwd: string; columns: number; wraps: boolean },
): Promise<string> {
  let text = "";
  const write = (piece: string | Uint8Array): boolean => {
    text += String(piece);
    return true;
  };
  const env = { NO_COLOR: "1", PITWALL_HOME: `${cwd}/home`, HOME: cwd };
  const screen = await screenOf({ write, isTTY: true, columns }, "never", env);
  await main(words, {
    out: wraps ? screen : Object.assign(screen, { print: (piece: string) => screen.write(piece) }),
    err: await screenOf({ write: () => true, isTTY: true, columns }, "never", env),
    env,
    cwd,
    nowMs: () => Date.UTC(2026, 10, 28),
    interrupt: new AbortController().signal,
    onCheckpointRequest: () => () => undefined,
    self: [],
    version: "0.0.0",
    ask: async () => ({ kind: "no-terminal" as const }),
    startDashboard: () => Promise.reject(new Error("not used")),
  });
  return text;
}

async function recorded(): Promise<string> {
  const cwd = temporaryFolder();
  const program = ["--metric", "acc=([0-9.]+)", "--target", "acc>=0.9", "--", "echo", "acc=0.95"];
  await pitwall(["run", "--name", "a-long-name-of-an-experiment", ...program], { cwd });
  return cwd;
}

interface Case {
  words: readonly string[];
  /** The beginning of the table's header line; absent if the command prints no table. */
  head?: string;
  prepare?: () => string | Promise<string>;
}

const cases: readonly Case[] = [
  { words: ["workloads"], head: "workload" },
  { words: ["fits", "llama31-70b", "--gpu", "h100", "--count", "8"] },
  { words: ["prices"], head: "--price" },
  { words: ["runs"], head: "run", prepare: recorded },
  { words: ["show", "last"], prepare: recorded },
  { words: ["results", "--benchmark", "retinanet"], head: "minutes" },
  { words: ["gains", "--benchmark", "resnet"], head: "round" },
  { words: ["scaling", "--benchmark", "gpt3", "--accelerator", "h100"], head: "chips" },
  { words: ["pareto", "--benchmark", "llama2_70b_lora"], head: "minutes" },
  { words: ["plan", "llama2_70b_lora", "--max-count", "64"], head: "#" },
  {
    words: ["compare", "v5.0/tinycorp/*/retinanet", "v5.0/NVIDIA/nyx_*/retinanet"],
    head: "differs",
  },
  { words: ["score", "."], prepare: () => unpackSubmission("lenovo-bert-v5.0") },
  { words: ["check", "."], head: "benchmark", prepare: () => unpackSubmission("lenovo-bert-v5.0") },
];
const sized = cases.flatMap((each) =>
  [50, 80, 120].map((columns) => Object.assign({ columns }, each)),
);

describe("on a terminal", () => {
  test.each(sized)(
    "of $columns columns, $words fits",
    async ({ words, head, prepare, columns }) => {
      const cwd = prepare === undefined ? temporaryFolder() : await prepare();
      const text = await printed(words, { cwd, columns, wraps: true });
      expect(text.length).toBeGreaterThan(100);
      // A single word, such as a path, is never broken.
      const long = text
        .split("\n")
        .filter((line) => visibleWidth(line) > columns && line.trim().includes("  "));
      expect(long).toEqual([]);
      if (head === undefined) return;
      const lines = (await printed(words, { cwd, columns, wraps: false })).split("\n");
      const start = lines.findIndex((line) => line.trim().startsWith(head));
      const table = lines.slice(start, lines.indexOf("", start));
      expect(table.length).toBeGreaterThan(1);
      expect(table.filter((line) => visibleWidth(line) > columns)).toEqual([]);
    },
  );

  test("of 50 columns, dropped columns are named", async () => {
    const look = { cwd: temporaryFolder(), columns: 50, wraps: true };
    expect(await printed(["prices"], look)).toContain("not shown: ");
  });
});
