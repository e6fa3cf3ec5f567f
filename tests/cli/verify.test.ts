import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { archiveRecord } from "../../src/store/records/record-archive.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";
import { readsAccuracy, writeTraining } from "../support/programs.ts";

const noProof =
  "intact: the files agree with each other; not proof against someone who rewrote them all";

/** Makes one record in a home of its own. */
async function recorded(options: readonly string[] = []) {
  const cwd = temporaryFolder();
  const command = writeTraining(cwd, { everyMs: 1 });
  await pitwall(["run", ...options, ...readsAccuracy, "--quiet", "--", ...command], { cwd });
  const runs = join(cwd, "home", "runs");
  const [runId = ""] = readdirSync(runs);
  return { cwd, runId, directory: join(runs, runId) };
}

function edit(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

function eventLines(directory: string): string[] {
  return readFileSync(join(directory, "events.jsonl"), "utf8").trimEnd().split("\n");
}

async function verified(words: readonly string[], cwd: string) {
  const { exitCode, stdout } = await pitwall(["verify", ...words], { cwd });
  return { exitCode, stdout };
}

describe("pitwall verify", () => {
  test("says what an intact record without a signature proves, and show says the same", async () => {
    const { cwd, runId } = await recorded();
    expect(await verified(["last"], cwd)).toEqual({
      exitCode: 0,
      stdout: `${runId}   ${noProof}\n`,
    });
    expect((await pitwall(["show", "last"], { cwd })).stdout.replaceAll(/\s+/gu, " ")).toContain(
      noProof,
    );
  });

  test.each([
    {
      name: "a time in result.json",
      file: "result.json",
      change: (text: string) => text.replace(/"timeToTrainMs": [\d.]+/u, '"timeToTrainMs": 10'),
      finding:
        "altered: result.json changed\n  result.json says outcome.timeToTrainMs 10; log and events give <number>",
    },
    {
      name: "a space in result.json",
      file: "result.json",
      change: (text: string) => `${text} `,
      finding: "altered: result.json changed",
    },
    {
      name: "the log",
      file: "log.txt",
      change: (text: string) => text.replace("0.95", "0.99"),
      finding: "altered: log.txt changed",
    },
    {
      name: "an event",
      file: "events.jsonl",
      change: (text: string) => text.replace('"timeMs":1', '"timeMs":2'),
      finding: "altered: events.jsonl, line 2: it does not carry the hash of the line before",
    },
    {
      name: "the closing event's copy of the hash",
      file: "events.jsonl",
      change: (text: string) =>
        text.replace(/"sha256":"."/u, '"sha256":"0"').replace(/"sha256":"[0-9a-f]/u, '"sha256":"x'),
      finding: "altered: result.json changed",
    },
  ])("finds a change of $name", async ({ file, change, finding }) => {
    const { cwd, directory, runId } = await recorded();
    edit(join(directory, file), change);
    const { exitCode, stdout } = await verified([runId], cwd);
    expect(exitCode).toBe(1);
    expect(stdout.replace(/give [\d.]+/u, "give <number>")).toContain(`${runId}   ${finding}\n`);
    expect((await pitwall(["show", runId], { cwd })).exitCode).toBe(1);
  });

  test("finds a result that was removed", async () => {
    const { cwd, directory } = await recorded();
    rmSync(join(directory, "result.json"));
    const { exitCode, stdout } = await verified(["last"], cwd);
    expect({ exitCode, stdout: stdout.trimEnd() }).toMatchObject({ exitCode: 1 });
    expect(stdout).toContain("altered: result.json missing");
  });

  test.each([
    { name: "before the closing event", rest: "" },
    { name: "in the middle of the closing event", rest: '{"index":7,"ti' },
  ])("reports a record whose writer died $name as not yet sealed", async ({ rest }) => {
    const { cwd, directory } = await recorded();
    const lines = eventLines(directory).slice(0, -1);
    writeFileSync(join(directory, "events.jsonl"), `${lines.join("\n")}\n${rest}`);
    const { exitCode, stdout } = await verified(["last"], cwd);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("result written, not yet sealed");
  });

  test("opens a record of 0.1.0 and calls it what it is", async () => {
    const { cwd, directory } = await recorded();
    const lines = eventLines(directory).slice(0, -1);
    writeFileSync(join(directory, "events.jsonl"), `${lines.join("\n")}\n`);
    edit(join(directory, "result.json"), (text) =>
      text.replace(/,\s*"sealedBy": "closing-event"/u, ""),
    );
    const { exitCode, stdout } = await verified(["last"], cwd);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("written by Pitwall 0.1.0, which did not seal results");
  });

  test("checks a record's folder under another name, a file in it, a home and a bundle", async () => {
    const { cwd, directory, runId } = await recorded();
    const moved = join(cwd, "elsewhere");
    cpSync(directory, moved, { recursive: true });
    const bundle = join(cwd, "bundle.tar");
    for await (const piece of archiveRecord(directory, runId)) appendFileSync(bundle, piece);
    const places = ["elsewhere", "elsewhere/log.txt", "home", "bundle.tar"];
    expect(await verified(places, cwd)).toEqual({
      exitCode: 0,
      stdout: `${runId}   ${noProof}\n`.repeat(4),
    });
    edit(join(moved, "log.txt"), (text) => `${text}more\n`);
    expect((await verified(places, cwd)).exitCode).toBe(1);
  });

  test("names what is not a record, checks the rest and exits with 2", async () => {
    const { cwd, runId } = await recorded();
    mkdirSync(join(cwd, "empty"));
    writeFileSync(join(cwd, "notes.txt"), "nothing");
    const { exitCode, stdout } = await verified(["empty", "notes.txt", "none-such", "last"], cwd);
    expect(exitCode).toBe(2);
    expect(stdout.split("\n").map((line) => line.slice(0, 27))).toEqual([
      "empty   not a record: it co",
      "notes.txt   not a record: `",
      "none-such   not a record: n",
      `${runId}   ${noProof}`.slice(0, 27),
      "",
    ]);
  });

  test("prints one document with --json", async () => {
    const { cwd, runId } = await recorded();
    const { stdout } = await verified(["--json", "last"], cwd);
    expect(JSON.parse(stdout).result.records).toMatchObject([
      {
        kind: "record",
        argument: "last",
        runId,
        integrity: { kind: "intact", signature: { kind: "unsigned" } },
      },
    ]);
  });
});

describe("a signed record", () => {
  /** A record signed by a fresh key. */
  async function signed() {
    const cwd = temporaryFolder();
    const command = writeTraining(cwd, { everyMs: 1 });
    const { stdout } = await pitwall(["keys", "create", "alice"], { cwd });
    await pitwall(["run", "--sign", ...readsAccuracy, "--quiet", "--", ...command], { cwd });
    const runs = join(cwd, "home", "runs");
    const [runId = ""] = readdirSync(runs);
    const fingerprint = /SHA256:\S+/u.exec(stdout)?.[0] ?? "";
    return { cwd, runId, directory: join(runs, runId), fingerprint };
  }
  const keysOf = (cwd: string): string => join(cwd, ".config", "pitwall", "keys");

  test("is named after its signer, by those who know the key", async () => {
    const { cwd, runId, fingerprint } = await signed();
    const expected = `${runId}   intact: signed by alice ${fingerprint}, signature valid\n`;
    expect(await verified(["last"], cwd)).toEqual({ exitCode: 0, stdout: expected });
    expect(statSync(join(keysOf(cwd), "alice.private.pem")).mode & 0o777).toBe(0o600);
  });

  test("is signed by an unknown key until that key is trusted", async () => {
    const { cwd, fingerprint } = await signed();
    const { stdout: publicKey } = await pitwall(["keys", "export", "alice"], { cwd });
    writeFileSync(join(cwd, "alice.pem"), publicKey);
    renameSync(keysOf(cwd), join(cwd, "others"));
    const unknown = await verified(["last"], cwd);
    expect(unknown.exitCode).toBe(0);
    expect(unknown.stdout).toContain(`signed by an unknown key ${fingerprint}`);
    await pitwall(["keys", "trust", "alice.pem", "alice-at-work"], { cwd });
    expect((await verified(["last"], cwd)).stdout).toContain(
      `signed by alice-at-work ${fingerprint}, signature valid`,
    );
    const { stdout } = await pitwall(["keys", "--json"], { cwd });
    expect(JSON.parse(stdout).result.keys).toMatchObject([
      { name: "alice-at-work", origin: "trusted", fingerprint },
    ]);
  });

  test("does not survive being rewritten as a whole", async () => {
    const { cwd, directory } = await signed();
    edit(join(directory, "result.json"), (text) =>
      text.replace(/"timeToTrainMs": [\d.]+/u, '"timeToTrainMs": 10'),
    );
    const lines = eventLines(directory);
    const closing = JSON.parse(lines.pop() ?? "");
    const result = readFileSync(join(directory, "result.json"));
    closing.event.result = {
      bytes: result.length,
      sha256: createHash("sha256").update(result).digest("hex"),
    };
    const forged = [...lines, JSON.stringify(closing)];
    writeFileSync(join(directory, "events.jsonl"), `${forged.join("\n")}\n`);
    const { exitCode, stdout } = await verified(["last"], cwd);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("signature invalid: it covers another closing event");
  });

  test.each([
    { name: "no JSON", text: "{", reason: "its signature.json cannot be read" },
    { name: "of another shape", text: "{}", reason: "its signature.json does not have the form" },
  ])("is invalid where signature.json is $name", async ({ text, reason }) => {
    const { cwd, directory } = await signed();
    writeFileSync(join(directory, "signature.json"), text);
    const { exitCode, stdout } = await verified(["last"], cwd);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`signature invalid: ${reason}`);
  });

  test("needs a key, and runs nothing without one", async () => {
    const cwd = temporaryFolder();
    const { exitCode, stderr } = await pitwall(["run", "--sign", "--", "true"], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("error[key-missing]");
    expect(existsSync(join(cwd, "home"))).toBe(false);
  });

  test("never overwrites a key", async () => {
    const cwd = temporaryFolder();
    await pitwall(["keys", "create"], { cwd });
    const before = readFileSync(join(keysOf(cwd), "default.private.pem"), "utf8");
    const { exitCode, stderr } = await pitwall(["keys", "create"], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("error[key-exists]");
    expect(readFileSync(join(keysOf(cwd), "default.private.pem"), "utf8")).toBe(before);
  });
});
