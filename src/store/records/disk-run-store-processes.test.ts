import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compileRooms } from "../../../tests/support/compile-rooms.ts";
import { exampleRequest, exampleVerdict } from "../../../tests/support/example-run.ts";
import { seededRandom } from "../../foundation/numbers/seeded-random.ts";
import { diskRunStore } from "./disk-run-store.ts";

let directory: string;
let home: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pitwall-disk-"));
  home = join(directory, "home");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe("diskRunStore in a separate process", () => {
  let rooms: string;
  beforeAll(() => {
    rooms = compileRooms(["foundation", "schema", "store"]);
  });
  afterAll(() => rmSync(rooms, { recursive: true, force: true }));

  test("20 processes that create runs in one home at the same time each get their own record", async () => {
    const script = writeScript(`
      const name = "race";
      for (let index = 1; ; index++) {
        const request = { ...base, runId: \`\${name}-\${index}\`, seed: process.pid };
        const outcome = await store.create(request);
        if (outcome.kind === "id-taken") continue;
        await outcome.writer.appendLog(Buffer.from(\`\${process.pid}\\n\`));
        await outcome.writer.appendEvent({ kind: "created", pid: process.pid }, Date.now());
        await outcome.writer.finish({ ...verdict, runId: request.runId });
        console.log(request.runId);
        break;
      }`);
    const children = Array.from({ length: 20 }, () => spawn(process.execPath, [script]));
    const printed = await Promise.all(children.map(outputOf));
    expect(new Set(printed).size).toBe(20);
    const store = diskRunStore(home);
    const list = await store.list();
    expect(list).toHaveLength(20);
    for (const { runId } of list) {
      const outcome = await store.open(runId);
      if (outcome.kind !== "opened") throw new Error(JSON.stringify(outcome));
      const { record } = outcome;
      expect(await record.verify()).toMatchObject({ kind: "unchanged", fileCount: 3 });
      expect(readFileSync(record.logPath, "utf8")).toBe(`${record.request.seed}\n`);
    }
  });

  test("a record opens after kill -9 at any moment, and all its event lines are complete", async () => {
    const random = seededRandom(20261122);
    const script = writeScript(`
      const runId = process.argv[2];
      const { currentOwner } = await import(${JSON.stringify(join(rooms, "store/records/write/process-owner.js"))});
      const outcome = await store.create({ ...base, runId, owner: await currentOwner() });
      const line = Buffer.from("x".repeat(99) + "\\n");
      console.log("made");
      for (let index = 0; ; index++) {
        for (let count = 0; count < 500; count++) await outcome.writer.appendLog(line);
        await outcome.writer.appendEvent({ kind: "launched", host: "localhost", rank: index, localRank: 0, pid: index }, index);
        await outcome.writer.appendSample("host", { kind: "host", host: "localhost", timeMs: index, cpuSeconds: 1, memoryBytes: 1, processCount: 1 });
        if (index === Number(process.argv[3])) await outcome.writer.finish({ ...verdict, runId });
      }`);
    const rounds = Number(process.env["PITWALL_TEST_KILL_ROUNDS"] ?? 12);
    const found: Remains[] = [];
    for (let round = 0; round < rounds; round++) {
      const runId = `killed-${round}`;
      // Every other one may finish before it is killed; the others write on.
      const eventsUntilFinish = round % 2 === 0 ? 60 : 100_000;
      const child = spawn(process.execPath, [script, runId, String(eventsUntilFinish)], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      // Some are killed while the record is being created, most while lines are being written.
      const isEarly = round % 5 === 0;
      if (!isEarly) await once(child.stdout, "data");
      const ended = once(child, "exit");
      setTimeout(() => child.kill("SIGKILL"), random.below(isEarly ? 400 : 150));
      await ended;
      found.push(await remainsOf(runId));
    }
    const faults = found.flatMap((remains) => (remains.kind === "opened" ? remains.faults : []));
    expect(faults).toEqual([]);
    // A record is unreadable only between the creation of its directory and that of its run.json.
    const broken = found.filter((remains) => remains.kind === "broken");
    expect(broken.filter((remains) => remains.reason !== "run.json is missing")).toEqual([]);
    // Checks the timing: most runs were killed while writing.
    const inTheMiddle = found.filter((remains) => remains.kind === "opened" && remains.isCutOff);
    expect(inTheMiddle.length).toBeGreaterThan(rounds / 3);
  });

  const fillUntilFull = `
    const outcome = await store.create({ ...base, runId: "full-1" });
    const { writer } = outcome;
    await writer.appendEvent({ kind: "created", pid: 1 }, 1);
    const line = Buffer.from("y".repeat(99) + "\\n");
    const errors = [];
    const attempt = async (what, work) => {
      try { await work(); }
      catch (error) { errors.push({ what, name: error.name, code: error.code, at: error.at, saw: error.saw, hint: error.hint }); return true; }
      return false;
    };
    for (let count = 0; count < 400_000; count++) {
      if (await attempt("log", () => writer.appendLog(line))) break;
    }
    await attempt("log-again", () => writer.appendLog(Buffer.from("after the gap\\n")));
    const crowd = { kind: "ended", outcome: "z".repeat(5000) };
    await attempt("event", () => writer.appendEvent(crowd, 2));
    await attempt("finish", () => writer.finish({ ...verdict, runId: "full-1" }));
    await writer.close();
    console.log(JSON.stringify(errors));`;

  const canMount = mountsTmpfs();
  test.skipIf(!canMount)(
    "a full disk (a small tmpfs; needs root and mount) is reported, and leaves a record that opens",
    async () => {
      mkdirSync(home);
      shell('mount -t tmpfs -o size=2m tmpfs "$0"', home);
      try {
        const child = spawn(process.execPath, [writeScript(fillUntilFull)]);
        expect(await reportedAndLeft(await outputOf(child))).toEqual(reportedDiskFull("ENOSPC"));
      } finally {
        shell('umount "$0"', home);
      }
    },
  );

  test("reports a file size limit (ulimit -f), and leaves a record that opens", async () => {
    const script = writeScript(fillUntilFull);
    // 1 MiB in blocks of 512 bytes.
    const limited = spawn("/bin/sh", [
      "-c",
      `ulimit -f 2048; exec "$0" "$1"`,
      process.execPath,
      script,
    ]);
    expect(await reportedAndLeft(await outputOf(limited))).toEqual(reportedDiskFull("EFBIG"));
  });

  const isRoot = process.getuid?.() === 0;
  test("refuses a home without write permission, with a hint", async () => {
    mkdirSync(home);
    chmodSync(home, 0o555);
    chmodSync(directory, 0o755);
    chmodSync(rooms, 0o755);
    const script = writeScript(`
      try { await store.create({ ...base, runId: "toy-1" }); console.log("made"); }
      catch (error) { console.log(error.name, error.code, error.at); }`);
    // Root can write everywhere, so a test as root uses another user.
    const otherUser = isRoot ? { uid: 65534, gid: 65534 } : {};
    if (isRoot) chownSync(home, 65533, 65533);
    const child = spawn(process.execPath, [script], { ...otherUser, cwd: "/" });
    expect(await outputOf(child)).toBe(`UserError home-not-writable ${home}`);
  });

  function writeScript(body: string): string {
    const path = join(directory, "child.mjs");
    const store = join(rooms, "store/records/disk-run-store.js");
    const text = `
      import { diskRunStore } from ${JSON.stringify(store)};
      const store = diskRunStore(${JSON.stringify(home)});
      const base = ${JSON.stringify(exampleRequest({ runId: "base" }))};
      const verdict = ${JSON.stringify(exampleVerdict("base"))};
      ${body}`;
    writeFileSync(path, text);
    return path;
  }
});

type Remains =
  | { kind: "unknown" }
  | { kind: "broken"; reason: string }
  | { kind: "opened"; isCutOff: boolean; faults: string[] };

/** What a killed writer left, and everything that is wrong with it. */
async function remainsOf(runId: string): Promise<Remains> {
  const outcome = await diskRunStore(home).open(runId);
  if (outcome.kind !== "opened") return outcome;
  const { state, events, ...record } = outcome.record;
  const log = readFileSync(record.logPath, "latin1");
  const eventLines = readFileSync(join(record.directory, "events.jsonl"), "utf8").split("\n");
  const unreadable = (await outcome.record.readSamples()).map((file) => file.unreadableLineCount);
  const checks = {
    "state is neither abandoned nor finished": !["abandoned", "finished"].includes(state.kind),
    "chain is broken": events.chain.kind !== "intact",
    "an event is missing": events.events.length !== eventLines.length - 1,
    "log is not a beginning": !/^x{0,99}$/.test(log.replaceAll(/x{99}\n/g, "")),
    "more than the last sample is torn": unreadable.some((count) => count > 1),
    "result does not fit": (await outcome.record.verify()).kind === "changed",
  };
  const faults = Object.entries(checks).filter((check) => check[1]);
  return {
    kind: "opened",
    isCutOff: state.kind === "abandoned" && events.events.length > 0,
    faults: faults.map(([fault]) => `${runId}: ${fault}`),
  };
}

/** The errors of a full disk, and the files that were left. */
async function reportedAndLeft(printedErrors: string): Promise<unknown> {
  const outcome = await diskRunStore(home).open("full-1");
  if (outcome.kind !== "opened") return outcome;
  const { state, events, logPath } = outcome.record;
  const log = readFileSync(logPath, "latin1");
  return {
    reported: JSON.parse(printedErrors),
    state: state.kind,
    chain: events.chain.kind,
    tornLine: events.tornLine,
    firstEvent: events.events[0]?.event.kind,
    logIsLong: log.length > 500_000,
    // A complete prefix of what was printed; nothing follows the cut.
    logIsABeginning: /^y{0,99}$/.test(log.replaceAll(/y{99}\n/g, "")),
  };
}

function reportedDiskFull(code: string): unknown {
  const error = {
    name: "WorldError",
    code: "disk-full",
    at: join(home, "runs/full-1/log.txt"),
    saw: `system error ${code}`,
    hint: expect.any(String),
  };
  const eventErrors =
    code === "ENOSPC"
      ? [{ ...error, what: "event", at: join(home, "runs/full-1/events.jsonl") }]
      : [];
  return {
    reported: [
      { ...error, what: "log" },
      { ...error, what: "log-again" },
      ...eventErrors,
      { ...error, what: "finish" },
    ],
    state: "abandoned",
    chain: "intact",
    tornLine: undefined,
    firstEvent: "created",
    logIsLong: true,
    logIsABeginning: true,
  };
}

async function outputOf(child: ReturnType<typeof spawn>): Promise<string> {
  let output = "";
  let complaints = "";
  child.stdout?.on("data", (bytes: Buffer) => (output += bytes.toString()));
  child.stderr?.on("data", (bytes: Buffer) => (complaints += bytes.toString()));
  const [exitCode] = await once(child, "close");
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${complaints}`);
  return output.trim();
}

function mountsTmpfs(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-mount-"));
  try {
    return shell('mount -t tmpfs -o size=1m tmpfs "$0" && umount "$0"', folder) === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function shell(script: string, argument: string): number | null {
  return spawnSync("/bin/sh", ["-c", script, argument]).status;
}
