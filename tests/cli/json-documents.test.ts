import { once } from "node:events";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commandNames } from "../../src/cli/commands.ts";
import {
  documentedCommands,
  documentOf,
  documentSchema,
} from "../../src/cli/reference/json-documents.ts";
import { fixtures } from "../support/check-json.ts";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";
import { unpackSubmission } from "../support/unpack-submission.ts";

const program = (value: string): string[] => [
  "--metric",
  "acc=([0-9.]+)",
  "--target",
  "acc>=0.9",
  "--",
  "sh",
  "-c",
  `echo acc=0.5; echo acc=${value}`,
];
const published = ["v5.0/tinycorp/*/retinanet", "v5.0/NVIDIA/nyx_*/retinanet"];

interface Case {
  command: string;
  /** Words after the command. */
  words: readonly string[];
  exitCode: number;
  /** Makes the folder that the command runs in. */
  prepare?: () => string | Promise<string>;
}

/** A small input for each command; `serve`, which does not end, is tested below. */
const cases: readonly Case[] = [
  { command: "fits", words: ["llama31-8b", "--gpu", "h100", "--method", "lora"], exitCode: 0 },
  { command: "fits", words: ["deepseek-v3", "--gpu", "4090"], exitCode: 1 },
  { command: "fits", words: ["llama31-8b"], exitCode: 0 },
  { command: "plan", words: ["bert", "--deadline", "1h", "--spot"], exitCode: 0 },
  {
    command: "plan",
    words: [
      "--from",
      "logs/oracle-llama2-70b-lora-training-v5.0",
      "--accelerator",
      "h100-sxm",
      "--count",
      "64",
    ],
    exitCode: 0,
    prepare: logs,
  },
  { command: "plan", words: ["--calibrate"], exitCode: 0 },
  { command: "prices", words: ["--accelerator", "h100-sxm"], exitCode: 0 },
  { command: "prices", words: ["--provider", "none"], exitCode: 1 },
  { command: "run", words: program("0.95"), exitCode: 0 },
  { command: "run", words: ["--price", "3.60/h", ...program("0.7")], exitCode: 1 },
  { command: "run", words: ["--runs", "3", ...program("0.95")], exitCode: 0 },
  {
    command: "run",
    words: ["--runs", "3", "--target", "acc>=1", "--", "sh", "-c", "echo boom; exit 3"],
    exitCode: 4,
  },
  { command: "rerun", words: ["last"], exitCode: 0, prepare: recorded },
  {
    command: "race",
    words: ["--runs", "6", "--target", "acc>=0.9", "echo acc=0.95", "sh -c 'echo acc=0.5'"],
    exitCode: 0,
  },
  { command: "workloads", words: [], exitCode: 0 },
  { command: "rules", words: [], exitCode: 0 },
  { command: "rules", words: ["training-6.1"], exitCode: 0 },
  {
    command: "import",
    words: ["odd.txt", "--target", "acc>=0.9"],
    exitCode: 1,
    prepare: () => folderWithFile("odd.txt", "epoch 1 acc=0.5\n"),
  },
  { command: "train", words: ["digits-mlp", "--max-samples", "2000"], exitCode: 1 },
  { command: "runs", words: [], exitCode: 0 },
  { command: "runs", words: ["--group"], exitCode: 0, prepare: recorded },
  { command: "runs", words: [], exitCode: 0, prepare: recorded },
  {
    command: "runs label",
    words: ["last", "--tag", "lr=0.1", "--archive"],
    exitCode: 0,
    prepare: recorded,
  },
  { command: "show", words: ["last"], exitCode: 0, prepare: recorded },
  { command: "doctor", words: ["last"], exitCode: 0, prepare: recorded },
  { command: "verify", words: ["last"], exitCode: 0, prepare: recorded },
  { command: "verify", words: ["."], exitCode: 2, prepare: () => folderWithFile("odd.txt") },
  { command: "check", words: ["logs"], exitCode: 1, prepare: logs },
  { command: "check", words: ["last"], exitCode: 0, prepare: recorded },
  { command: "score", words: [".", "--check"], exitCode: 0, prepare: () => submission() },
  { command: "score", words: ["."], exitCode: 1, prepare: () => submission("nvidia-ncf-v0.5") },
  {
    command: "score",
    words: ["."],
    exitCode: 0,
    prepare: () => submission("nvidia-openfold-weak-v3.0"),
  },
  { command: "submit", words: ["--check", "."], exitCode: 1, prepare: () => submission() },
  { command: "rcp", words: ["bert"], exitCode: 0 },
  {
    command: "log",
    words: ["logs/oracle-llama2-70b-lora-training-v5.0/result_2.txt"],
    exitCode: 0,
    prepare: logs,
  },
  { command: "log", words: ["last"], exitCode: 0, prepare: recorded },
  { command: "results", words: ["--benchmark", "retinanet", "--limit", "20"], exitCode: 0 },
  { command: "results", words: ["--at", "64", "--benchmark", "resnet"], exitCode: 0 },
  { command: "results", words: ["--own", "--suite", "own"], exitCode: 0, prepare: recorded },
  { command: "results", words: ["--min-accelerators", "1000000"], exitCode: 1 },
  { command: "compare", words: published, exitCode: 0 },
  { command: "compare", words: [...published, "--axis", "dollars"], exitCode: 0 },
  { command: "gains", words: ["--benchmark", "resnet"], exitCode: 0 },
  { command: "gains", words: ["--claims"], exitCode: 0 },
  { command: "scaling", words: ["--benchmark", "gpt3", "--accelerator", "h100"], exitCode: 0 },
  { command: "pareto", words: ["--benchmark", "llama2_70b_lora"], exitCode: 0 },
  { command: "rounds", words: [], exitCode: 0 },
  { command: "rounds", words: ["v4.0"], exitCode: 0 },
  { command: "benchmarks", words: [], exitCode: 0 },
  { command: "benchmarks", words: ["bert"], exitCode: 0 },
  { command: "replay", words: ["v3.1 gpt3 10752 eos*", "--in", "0s"], exitCode: 0 },
  { command: "sql", words: ["select 1 as one, 'a' as text, null as gap"], exitCode: 0 },
  { command: "sql", words: ["tables"], exitCode: 0 },
  { command: "export", words: ["last"], exitCode: 0, prepare: recorded },
  {
    command: "export",
    words: ["last", "--format", "csv", "--out", "curve.csv"],
    exitCode: 0,
    prepare: recorded,
  },
  { command: "export site", words: ["site"], exitCode: 0 },
  { command: "results import", words: ["."], exitCode: 0, prepare: () => submission() },
  { command: "keys", words: [], exitCode: 0, prepare: withKey },
  { command: "keys create", words: ["alice"], exitCode: 0 },
  { command: "keys export", words: ["default"], exitCode: 0, prepare: withKey },
  { command: "keys trust", words: ["alice.pem", "alice"], exitCode: 0, prepare: withPublicKey },
  { command: "hosts exclude", words: ["node7", "--reason", "ECC errors"], exitCode: 0 },
  { command: "hosts list", words: [], exitCode: 0 },
  {
    command: "hosts allow",
    words: ["node7", "--untested"],
    exitCode: 0,
    prepare: async () => {
      const cwd = temporaryFolder();
      await pitwall(["hosts", "exclude", "node7"], { cwd });
      return cwd;
    },
  },
  { command: "schema", words: [], exitCode: 0 },
  { command: "schema", words: ["workload"], exitCode: 0 },
  { command: "schema", words: ["results import"], exitCode: 0 },
  { command: "completion", words: ["bash"], exitCode: 0 },
];

/** Commands about a run that has not ended, or about hosts: tests/cli/control.test.ts and tests/engines/control.test.ts test them. */
const aboutRunning = ["attach", "stop", "exec", "ssh", "fetch", "hosts check", "preflight"];

/** Prints one answer per line: tests/cli/predict.test.ts tests it. */
const linewise = ["predict"];

describe("--json", () => {
  test("is tested for every command", () => {
    const tested = new Set([
      ...cases.map(({ command }) => command),
      "serve",
      ...aboutRunning,
      ...linewise,
    ]);
    expect([...tested].toSorted()).toEqual([...commandNames].toSorted());
  });

  test.each(cases)(
    "prints one document: $command $words",
    async ({ command, words, exitCode, prepare }) => {
      const cwd = prepare === undefined ? temporaryFolder() : await prepare();
      const [before, after] = split(words);
      const ran = await pitwall([...command.split(" "), ...before, "--json", ...after], { cwd });
      expect(ran, ran.stderr).toMatchObject({ exitCode });
      const document = onlyDocument(ran.stdout);
      expect(document).toMatchObject({ schemaVersion: 1, command, ok: true });
      expect(documentOf(command)?.safeParse(document).error?.issues ?? []).toEqual([]);
    },
  );

  test("prints one document when the server is ready: serve", async () => {
    const server = startPitwall(["serve", "--port", "0", "--json"], temporaryFolder());
    const [first] = await once(server.stdout ?? server, "data");
    expect(onlyDocument(String(first))).toMatchObject({ command: "serve", ok: true });
  });

  test("has a published schema, but for lines, event lists and summaries", () => {
    const others = commandNames.filter((name) => !documentedCommands.includes(name));
    expect(others).toEqual(["predict", "ssh", "train", "log", "replay", "export site"]);
    expect(documentSchema("show")).toMatchObject({ $defs: { RunResult: { type: "object" } } });
  });

  test("prints one document with the error", async () => {
    const ran = await pitwall(["show", "nothing", "--json"]);
    expect(onlyDocument(ran.stdout)).toMatchObject({
      schemaVersion: 1,
      command: "show",
      ok: false,
      error: { code: "unknown-run" },
    });
  });

  test("refuses to print a log instead of a document", async () => {
    const ran = await pitwall(["show", "last", "--log", "--json"], { cwd: await recorded() });
    expect(ran.exitCode).toBe(2);
    expect(onlyDocument(ran.stdout)).toMatchObject({ ok: false, error: { code: "option-unused" } });
  });
});

function onlyDocument(stdout: string): unknown {
  expect(stdout.endsWith("\n")).toBe(true);
  return JSON.parse(stdout);
}

/** The words before `--`, and the rest. */
function split(words: readonly string[]): [readonly string[], readonly string[]] {
  const at = words.indexOf("--");
  return at === -1 ? [words, []] : [words.slice(0, at), words.slice(at)];
}

async function recorded(): Promise<string> {
  const cwd = temporaryFolder();
  await pitwall(["run", "--name", "small", ...program("0.95")], { cwd });
  return cwd;
}

async function withKey(): Promise<string> {
  const cwd = temporaryFolder();
  await pitwall(["keys", "create"], { cwd });
  return cwd;
}

/** A public key from another machine. */
async function withPublicKey(): Promise<string> {
  const { stdout } = await pitwall(["keys", "export", "default"], { cwd: await withKey() });
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "alice.pem"), stdout);
  return cwd;
}

function folderWithFile(name: string, content = ""): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, name), content);
  return cwd;
}

function logs(): string {
  const cwd = temporaryFolder();
  const names = ["oracle-llama2-70b-lora-training-v5.0", "dell-rgat-training-v5.0"];
  for (const name of names)
    cpSync(join(fixtures, name), join(cwd, "logs", name), { recursive: true });
  return cwd;
}

function submission(name = "lenovo-bert-v5.0"): string {
  return unpackSubmission(name);
}
