import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { checkJson, fixtures, passing } from "../support/check-json.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";
import { writeInto } from "../support/unpack-submission.ts";

/** A folder with one log in it. */
function folderWith(name: string, content: string | Uint8Array = passing): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), content, "latin1");
  return folder;
}

describe("published logs", () => {
  const rows = readFileSync(join(fixtures, "verdicts.csv"), "utf8").trim().split("\n").slice(1);
  const expected = rows
    .map((row) => row.split(","))
    .map(([path = "", edition = "", verdict = "", keys = ""]) => ({
      path,
      edition,
      verdict: verdict === "pass" ? "pass" : "fail",
      failingKeys: verdict === "crash" || keys === "" ? [] : keys.split(";"),
      officialCheckerCrashes: verdict === "crash",
    }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));

  /** Those of rounds with rules, each in a folder that names its round. */
  function rounds(): string {
    const cwd = temporaryFolder();
    for (const { path } of expected) {
      const folder = path.split("/", 1)[0] ?? "";
      cpSync(join(fixtures, folder), join(cwd, "logs", folder), { recursive: true });
    }
    return cwd;
  }

  test("are judged as the official checker judges them, by the round that the path names", async () => {
    const { logs, exitCode } = await checkJson(["logs"], rounds());
    expect(
      logs.map(({ path, edition, verdict, failingKeys, officialCheckerCrashes }) => ({
        path,
        edition,
        verdict,
        failingKeys,
        officialCheckerCrashes,
      })),
    ).toEqual(expected);
    expect(exitCode).toBe(1);
    expect(
      logs.every(({ findings, verdict }) => findings.length > 0 === (verdict === "fail")),
    ).toBe(true);
  });

  test("are judged the same on any number of threads, and packed", async () => {
    const cwd = rounds();
    const alone = await pitwall(["check", "logs", "--json", "--threads", "1"], { cwd });
    const together = await pitwall(["check", "logs", "--json", "--threads", "5"], { cwd });
    expect(together).toEqual(alone);
    const logs = readdirSync(join(cwd, "logs"), { recursive: true, encoding: "utf8" });
    for (const log of logs.filter((name) => /result_.*\.txt$/.test(name))) {
      const path = join(cwd, "logs", log);
      // The name stays: how a file begins says that it is packed.
      writeFileSync(path, gzipSync(readFileSync(path)));
    }
    const packed = await pitwall(["check", "logs", "--json", "--threads", "2"], { cwd });
    expect(packed).toEqual(alone);
  });

  test("have a time to train from `run_start` to `run_stop`", async () => {
    const [start, stop] = ["run_start", "run_stop"].map((key) =>
      Number(new RegExp(`"time_ms": (\\d+)[^\\n]*"key": "${key}"`).exec(passing)?.[1]),
    );
    const { logs } = await checkJson(["--edition", "5.0", "a.log"], folderWith("a.log"));
    expect(logs).toMatchObject([
      { path: "a.log", benchmark: "llama2_70b_lora", division: "closed", verdict: "pass" },
    ]);
    expect(logs[0]?.timeToTrainMs).toBe((stop ?? 0) - (start ?? 0));
    expect(logs[0]?.timeToTrainMs).toBeGreaterThan(60_000);
  });
});

describe("the report", () => {
  test("answers first, then says what broke which rule, where and why, then what to do", async () => {
    const cwd = folderWith("result_0.txt", passing.replaceAll(/^.*"run_stop".*\n/gm, ""));
    const { stdout, stderr, exitCode } = await pitwall(["check", ".", "--edition", "5.0"], { cwd });
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
    const lines = stdout.split("\n");
    expect(lines[0]).toBe("1 log: 0 pass, 1 fails   rules training-5.0");
    expect(stdout).toContain("fail  result_0.txt\n  run_stop   is never logged\n");
    expect(stdout).toContain("why: the clock stops here");
    expect(lines.at(-4)).toMatch(/^rules: mlcommons\/logging \d+\.\d+\.\d+ of \d{4}-\d\d-\d\d$/);
    expect(lines.at(-2)).toMatch(/^next: pitwall log result_0\.txt --edition 5\.0 /);
  });

  test("reports once what many logs have in common", async () => {
    const cwd = temporaryFolder();
    const broken = passing.replaceAll(/^.*"run_stop".*\n/gm, "");
    for (let run = 0; run < 8; run++) {
      const log = broken.replaceAll(/("key": "seed", "value": )\d+/g, `$1${run}`);
      writeFileSync(join(cwd, `result_${run}.txt`), log, "latin1");
    }
    const { stdout } = await pitwall(["check", ".", "--edition", "5.0"], { cwd });
    expect(stdout.match(/is never logged/g)).toHaveLength(1);
    expect(stdout).toContain("and 3 more; list them with `--verbose`");
    const { stdout: all } = await pitwall(["check", ".", "--edition", "5.0", "--verbose"], { cwd });
    expect(all.match(/^fail {2}result_/gm)).toHaveLength(8);
  });

  test("is one line with --quiet", async () => {
    const cwd = folderWith("result_0.txt");
    const ran = await pitwall(["check", "result_0.txt", "--edition", "5.0", "--quiet"], { cwd });
    expect(ran).toEqual({
      exitCode: 0,
      stdout: "1 log passes   rules training-5.0\n",
      stderr: "",
    });
  });

  test("leaves out logs of the other division, and says how many", async () => {
    const cwd = folderWith("result_0.txt");
    const open = passing.replace(
      '"submission_division", "value": "closed"',
      '"submission_division", "value": "open"',
    );
    writeFileSync(join(cwd, "result_1.txt"), open, "latin1");
    const words = [".", "--edition", "5.0", "--division", "open"];
    const { logs, stderr } = await checkJson(words, cwd);
    expect(logs.map(({ path }) => path)).toEqual(["result_1.txt"]);
    expect(stderr).toBe("left out: 1 of the other division\n");
  });
});

describe("a log that can't be judged by its content", () => {
  test.each([
    { name: "is empty", content: "", finding: { rule: "file-empty" } },
    {
      name: "is not text",
      content: Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 0xff, 0, 0]),
      finding: { rule: "file-not-text", byteOffset: 4 },
    },
    { name: "holds no MLPerf line", content: "epoch 1\nepoch 2\n", finding: { rule: "no-lines" } },
    {
      name: "is packed and torn",
      content: gzipSync(passing).subarray(0, -20),
      finding: { rule: "gzip-broken", code: "Z_BUF_ERROR" },
    },
    {
      name: "is of another round's dialect",
      content: ':::MLL 1558511260.864 run_start: {"value": null, "metadata": {}}\n',
      finding: { rule: "other-dialect", dialect: "mll", lineCount: 1, edition: "training-0.6" },
    },
  ])("fails where it $name", async ({ content, finding }) => {
    const cwd = folderWith("result_0.txt", content);
    const { logs, exitCode } = await checkJson(["result_0.txt", "--edition", "5.1"], cwd);
    expect(exitCode).toBe(1);
    expect(logs[0]?.findings).toContainEqual(finding);
  });

  test("does not list every key that an empty log lacks", async () => {
    const cwd = folderWith("result_0.txt", "");
    const { stdout } = await pitwall(["check", ".", "--edition", "5.1"], { cwd });
    expect(stdout).toContain(
      "fail  result_0.txt\n  file   is empty\n  log    contains no lines that the MLPerf rules read\n\n",
    );
  });

  test("fails by any rules where it is empty, so none need be named", async () => {
    const { logs } = await checkJson(["."], folderWith("result_0.txt", ""));
    expect(logs).toMatchObject([
      { verdict: "fail", findings: [{ rule: "file-empty" }, { rule: "no-lines" }] },
    ]);
    expect(logs[0]).not.toHaveProperty("edition");
  });

  test("fails where it is of a benchmark that the edition lacks, and names what was meant", async () => {
    const log = passing.replace('"value": "llama2_70b_lora"', '"value": "llama2_70b_lore"');
    const cwd = folderWith("result_0.txt", log);
    const { stdout, exitCode } = await pitwall(["check", ".", "--edition", "5.0"], { cwd });
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /is `llama2_70b_lore`; training-5\.0 has no rules for it .*did you mean `llama2_70b_lora`\?/,
    );
  });

  test("continues after a line of 64 MB", async () => {
    const cwd = folderWith("result_0.txt", "x".repeat(64 * 1024 * 1024));
    const path = join(cwd, "result_0.txt");
    appendFileSync(path, `\n${passing}`, "latin1");
    const words = ["result_0.txt", "--edition", "5.0", "--threads", "1"];
    expect((await checkJson(words, cwd)).exitCode).toBe(0);
    appendFileSync(path, `:::MLLOG {"key": "${"y".repeat(8 * 1024 * 1024)}\n`, "latin1");
    const { logs } = await checkJson(words, cwd);
    const line = passing.split("\n").length + 1;
    expect(logs[0]?.findings).toEqual([
      {
        rule: "unreadable-lines",
        count: 1,
        lines: [{ line, byteOffset: expect.any(Number), reason: "line-too-long" }],
      },
    ]);
  });

  test.skipIf(process.getuid?.() === 0)(
    "fails where others may not read it (not as root, who may)",
    async () => {
      const cwd = folderWith("result_0.txt");
      chmodSync(join(cwd, "result_0.txt"), 0o000);
      const { logs } = await checkJson([".", "--edition", "5.0"], cwd);
      expect(logs[0]?.findings).toContainEqual({ rule: "file-unreadable", code: "EACCES" });
    },
  );
});

describe("a log of a round that no rules were written for", () => {
  const old = readFileSync(join(fixtures, "intel-ncf-training-v0.5/result_0.txt"), "latin1");

  /** One log that passes, and one of a round without rules. */
  function folderWithBoth(): string {
    const cwd = temporaryFolder();
    writeInto(cwd, "training_v5.0/result_0.txt", passing);
    writeInto(cwd, "training_v0.5/result_0.txt", old);
    return cwd;
  }

  test("is not judged, and the others are", async () => {
    const { logs, packages, exitCode } = await checkJson(["."], folderWithBoth());
    expect(exitCode).toBe(0);
    expect(logs).toMatchObject([
      {
        path: "training_v0.5/result_0.txt",
        edition: "training-0.5",
        benchmark: "ncf",
        verdict: "not-judged",
        officialCheckerCrashes: false,
        failingKeys: [],
        findings: [{ rule: "edition-without-rules", edition: "training-0.5" }],
        warnings: [],
      },
      { path: "training_v5.0/result_0.txt", edition: "training-5.0", verdict: "pass" },
    ]);
    expect(logs[0]?.timeToTrainMs).toBeGreaterThan(0);
    // Folders of rounds without rules are not checked.
    expect(packages.map(({ path }) => path)).toEqual(["training_v5.0"]);
  });

  test("is determined from its lines if its path does not contain it", async () => {
    const cwd = folderWithBoth();
    const words = ["training_v5.0", "old.log"];
    writeInto(cwd, "old.log", old);
    const { logs, exitCode } = await checkJson(words, cwd);
    expect(exitCode).toBe(0);
    expect(logs.map(({ verdict }) => verdict)).toEqual(["pass", "not-judged"]);
  });

  test("is shown as such, and counts as a no with --strict", async () => {
    const cwd = folderWithBoth();
    const shown = await pitwall(["check", "."], { cwd });
    expect({ ...shown, stdout: shown.stdout.split("\n") }).toEqual({
      exitCode: 0,
      stderr: "",
      stdout: expect.arrayContaining([
        "2 logs: 1 passes, 1 not judged   rules training-0.5, training-5.0",
        "not judged  training_v0.5/result_0.txt: no rules exist for training-0.5",
      ]),
    });
    expect((await pitwall(["check", ".", "--strict"], { cwd })).exitCode).toBe(1);
    const strictly = await pitwall(["check", "training_v5.0", "--strict"], { cwd });
    expect(strictly.exitCode).toBe(0);
  });

  test("does not hide a log that fails", async () => {
    const cwd = folderWithBoth();
    writeInto(cwd, "training_v5.0/more/result_1.txt", "");
    const { logs, exitCode } = await checkJson(["."], cwd);
    expect(exitCode).toBe(1);
    expect(logs.map(({ verdict }) => verdict)).toEqual(["not-judged", "fail", "pass"]);
  });

  test("is a wrong request where it is all there is", async () => {
    const { exitCode, stdout, stderr } = await pitwall(["check", "training_v0.5"], {
      cwd: folderWithBoth(),
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/error\[edition-without-rules\]: .*`training-0\.5`\n[^]*1 log of such/);
  });
});

describe("problems of a folder", () => {
  test("never changes the exit code, unless --strict makes it count", async () => {
    const cwd = folderWith("result_0.txt");
    // Two runs of one seed.
    writeInto(cwd, "result_1.txt", passing);
    const words = ["check", ".", "--edition", "5.0"];
    const plain = await pitwall(words, { cwd });
    expect(plain.exitCode).toBe(0);
    expect(plain.stdout).toContain("findings in 1 of 1 folder; they do not affect the verdict");
    const strictly = await pitwall([...words, "--strict"], { cwd });
    expect(strictly.exitCode).toBe(1);
    expect(strictly.stdout).toContain(
      "findings in 1 of 1 folder; `--strict` counts them as failures",
    );
    const json = await Promise.all([
      pitwall([...words, "--json"], { cwd }),
      pitwall([...words, "--json", "--strict"], { cwd }),
    ]);
    expect(json.map(({ exitCode }) => exitCode)).toEqual([0, 1]);
    expect(json[1]?.stdout).toBe(json[0]?.stdout);
  });
});

describe("a request that is wrong", () => {
  test.each([
    {
      name: "a log that is not there",
      words: ["result_O.txt", "--edition", "5.0"],
      says: /error\[log-missing\].*\n[^]*did you mean `result_0\.txt`/,
    },
    {
      name: "a folder without logs",
      words: ["empty"],
      says: /error\[folder-without-logs\][^]*the folder is empty/,
    },
    {
      name: "a log with another name that has no date and does not name its round",
      words: ["named"],
      says: /error\[edition-unknown\]: cannot determine the round of `train\.log`[^]*the log has no date[^]*--edition training-/,
    },
    {
      name: "an edition that is not known",
      words: ["result_0.txt", "--edition", "trainig-5.0"],
      says: /error\[edition-unknown\][^]*did you mean `--edition training-5\.0`/,
    },
    {
      name: "an edition without rules",
      words: ["result_0.txt", "--edition", "0.5"],
      says: /error\[edition-without-rules\]/,
    },
    {
      name: "a division that no log is of",
      words: ["result_0.txt", "--edition", "5.0", "--division", "open"],
      says: /error\[no-such-division\]/,
    },
    {
      name: "a division that there is not",
      words: ["result_0.txt", "--division", "closd"],
      says: /did you mean `closed`/,
    },
  ])("says so of $name", async ({ words, says }) => {
    const cwd = folderWith("result_0.txt");
    mkdirSync(join(cwd, "empty"));
    mkdirSync(join(cwd, "named"));
    const undated = passing.replaceAll(/"time_ms": \d+/gu, '"time_ms": 0');
    writeFileSync(join(cwd, "named/train.log"), undated, "latin1");
    const { exitCode, stdout, stderr } = await pitwall(["check", ...words], { cwd });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(says);
  });

  test("assumes the round that was open on the date of the logs, and says so", async () => {
    const cwd = folderWith("result_0.txt");
    writeFileSync(join(cwd, "result_1.txt"), passing, "latin1");
    const { exitCode, stdout, stderr } = await pitwall(["check", "."], { cwd });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("2 logs pass   rules training-5.0");
    expect(stderr).toContain(
      "warning: assumed training-5.0: 2 logs are of 2025-05-01, before the results of training-5.0 were published (2025-06-04); select another, for example with `pitwall check . --edition training-6.1`: `llama2_70b_lora` is also in training-4.0, ",
    );
    const { result } = JSON.parse((await pitwall(["check", ".", "--json"], { cwd })).stdout);
    expect(result.assumedEditions).toMatchObject([{ edition: "training-5.0", logCount: 2 }]);
    const later = passing.replaceAll(
      /"time_ms": (\d+)/gu,
      (_, ms) => `"time_ms": ${Number(ms) + 6e10}`,
    );
    writeFileSync(join(cwd, "result_0.txt"), later, "latin1");
    const newest = await pitwall(["check", "result_0.txt"], { cwd });
    expect(newest.stderr).toContain("and the results of training-6.1 are not published yet");
  });

  test("names the command that reads the log of a program without MLPerf lines", async () => {
    const cwd = folderWith("result_0.txt");
    writeFileSync(join(cwd, "train.log"), "step 1 loss=2.1\nstep 2 loss=2.0\n");
    const { stdout } = await pitwall(["check", "train.log", "--edition", "5.1"], { cwd });
    expect(stdout).toContain("next: pitwall import train.log ");
  });
});
