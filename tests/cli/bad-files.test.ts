import { execFile, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bin } from "../support/pitwall.ts";

const execute = promisify(execFile);
const scratch = mkdtempSync(join(tmpdir(), "pitwall-bad-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Puts something in a file's place that is not a regular file. */
const badFiles: Record<string, (path: string) => unknown> = {
  "a named pipe": (path) => execute("mkfifo", [path]),
  "a link to a device": (path) => symlinkSync("/dev/zero", path),
  "a looped link": (path) => symlinkSync(path, path),
  "a directory": (path) => mkdirSync(path),
  "a dangling link": (path) => symlinkSync(join(scratch, "gone"), path),
};
const kinds = Object.keys(badFiles);
const isWindows = process.platform === "win32";

function outcomeOf(cwd: string, words: readonly string[]) {
  const ran = spawnSync(process.execPath, [bin, ...words], {
    cwd,
    encoding: "utf8",
    timeout: 60_000,
    killSignal: "SIGKILL",
    env: { PATH: process.env["PATH"] ?? "", HOME: cwd, PITWALL_HOME: join(cwd, "home") },
  });
  return { status: ran.status, stdout: ran.stdout, text: `${ran.stdout}${ran.stderr}` };
}

/** A home with a good run `good…`, and for each record file a run in which that file is bad. */
async function homeWithBadFile(folder: string, kind: string): Promise<string> {
  mkdirSync(folder);
  const program = ["--metric", "acc=([0-9.]+)", "--target", "acc>=0.5", "--", "echo", "acc=0.75"];
  outcomeOf(folder, ["run", "--name", "good", ...program]);
  const runs = join(folder, "home", "runs");
  const [good = ""] = readdirSync(runs);
  for (const file of ["run.json", "result.json", "events.jsonl", "log.txt", "samples/host.jsonl"]) {
    const copy = join(runs, `bad-${file.replaceAll(/\W/gu, "-")}`);
    cpSync(join(runs, good), copy, { recursive: true });
    const target = join(copy, file);
    rmSync(target, { force: true });
    await badFiles[kind]?.(target);
  }
  await badFiles[kind]?.(join(runs, "bad-itself"));
  writeFileSync(Buffer.concat([Buffer.from(`${runs}/bad-`), Buffer.from([0xff, 0xfe])]), "");
  return good;
}

/** A submission with one good log, and a bad one of each name that is read beside it. */
async function submissionWithBadFile(folder: string, kind: string): Promise<void> {
  const logs = join(folder, "training_v5.0/Acme/results/node/bert");
  mkdirSync(join(folder, "training_v5.0/Acme/systems"), { recursive: true });
  mkdirSync(join(logs, "power", "result_0"), { recursive: true });
  writeFileSync(join(logs, "result_0.txt"), ":::MLLOG {}\n");
  const bad = [
    join(logs, "result_1.txt"),
    join(logs, "scaling.json"),
    join(logs, "package_checker_params"),
    join(logs, "power", "result_0", "node_0.txt"),
    join(folder, "training_v5.0/Acme/systems/node.json"),
  ];
  for (const path of bad) await badFiles[kind]?.(path);
  writeFileSync(
    Buffer.concat([Buffer.from(`${logs}/result_`), Buffer.from([0xff, 0xfe]), Buffer.from(".txt")]),
    "",
  );
}

describe.skipIf(isWindows)("a bad file (skipped on Windows: it has no named pipes)", () => {
  describe.each(kinds)("among records, %s", (kind) => {
    const folder = join(scratch, `records-${kinds.indexOf(kind)}`);
    let good = "";
    beforeAll(async () => {
      good = await homeWithBadFile(folder, kind);
    });

    test("leaves every other run in the list", () => {
      const { status, stdout, text } = outcomeOf(folder, ["runs"]);
      expect([status, text]).toEqual([0, expect.not.stringContaining("error[")]);
      expect(stdout).toContain(good);
      expect(stdout).toContain("bad-run-json");
    });

    test.each([
      ["results", "--own"],
      ["sql", "select count(*) as n from results where suite = 'own'", "--json"],
      ["show", "last"],
    ])("does not end `%s`", (...words) => {
      const { status, text } = outcomeOf(folder, words);
      expect([text, status]).toEqual([expect.not.stringContaining("error[bug]"), 0]);
    });

    test.each(["show", "log", "check", "verify", "rerun"])(
      "ends `%s` of that run in words",
      (command) => {
        for (const name of readdirSync(join(folder, "home", "runs"))) {
          if (!/^bad-[\w-]+$/u.test(name)) continue;
          const { status, text } = outcomeOf(folder, [command, name]);
          expect([name, text]).toEqual([name, expect.not.stringContaining("error[bug]")]);
          expect([name, status]).not.toEqual([name, null]);
        }
      },
    );
  });

  describe.each(kinds)("among logs, %s", (kind) => {
    const folder = join(scratch, `logs-${kinds.indexOf(kind)}`);
    beforeAll(async () => {
      mkdirSync(folder);
      await submissionWithBadFile(folder, kind);
      await badFiles[kind]?.(join(folder, "bad.txt"));
    });

    test.each([
      ["check", "training_v5.0"],
      ["check", "training_v5.0", "--package"],
      ["score", "training_v5.0"],
      ["results", "import", "training_v5.0", "--into", "into"],
      ["check", "bad.txt"],
      ["log", "bad.txt"],
      ["score", "bad.txt"],
      ["results", "import", "bad.txt"],
      ["run", "bad.txt"],
      ["results", "--prices", "bad.txt"],
    ])("ends `%s %s` in words", (...words) => {
      const { status, text } = outcomeOf(folder, words);
      expect(text).not.toContain("error[bug]");
      expect(text).not.toBe("");
      expect([0, 1, 2, 3]).toContain(status);
    });

    test("is one finding of `check`, and the other logs are checked", () => {
      const { stdout } = outcomeOf(folder, ["check", "training_v5.0"]);
      expect(stdout).toContain("result_0.txt");
      expect(stdout).toMatch(/result_1\.txt[^]*cannot be read: it[ s]/u);
    });
  });
});
