import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { isOnPath } from "../../src/probe/is-on-path.ts";
import { type SshLab, sshLabObstacle, startSshLab } from "../lab/ssh-hosts.ts";
import { pitwall, startPitwall, temporaryFolder } from "../support/pitwall.ts";

const obstacle = sshLabObstacle();
if (obstacle !== undefined) console.warn(`skipped: ssh hosts on this machine (${obstacle})`);
const hasMpi = isOnPath("mpirun");
if (!hasMpi) console.warn("skipped: data for ranks that mpirun starts (mpirun is not installed)");

/** Prints what each rank finds, and reaches the target. */
const program = `
import hashlib, os
path = os.environ["PITWALL_DATA"]
assert path == os.environ["PITWALL_DATA_SET"]
names = sorted(os.path.join(at, name) for at, _, names in os.walk(path) for name in names) or [path]
found = hashlib.sha256(b"".join(open(name, "rb").read() for name in names)).hexdigest()
print("rank", os.environ["RANK"], "found", found, "at", path, flush=True)
print("val_acc=1.0", flush=True)
`;

describe.skipIf(obstacle !== undefined)("data on hosts that ssh reaches", () => {
  let lab: SshLab;
  beforeAll(() => {
    lab = startSshLab(2);
  }, 60_000);
  afterAll(() => lab.down());

  beforeEach(() => {
    for (const host of lab.hosts)
      execFileSync("rm", ["-rf", join(lab.home(host), ".pitwall", "data")]);
  });

  /** A folder with a program and a data set of some files. */
  function project(bytes = 1 << 20) {
    const cwd = temporaryFolder();
    const files = ["a.bin", "more data/b c.bin"];
    writeFileSync(join(cwd, "train.py"), program);
    mkdirSync(join(cwd, "set/more data"), { recursive: true });
    for (const file of files) writeFileSync(join(cwd, "set", file), randomBytes(bytes));
    const content = files.map((file) => readFileSync(join(cwd, "set", file)));
    return { cwd, sha256: createHash("sha256").update(Buffer.concat(content)).digest("hex") };
  }

  function words(data: readonly string[], more: readonly string[] = []): string[] {
    const where = ["--hosts", "host1,host2", "--ssh-config", lab.config, "--sync", "train.py"];
    const what = data.flatMap((text) => ["--data", text]);
    const how = ["--launcher", "direct", "--target", "val_acc>=0.9", ...more];
    return ["run", ...where, ...what, ...how, "--", "python3", "train.py"];
  }

  test("is sent once, reused, and its staging is on record, billed and not timed", async () => {
    const { cwd, sha256 } = project();
    const first = await pitwall(words(["set"], ["--price", "3/h"]), { cwd });
    expect(first, first.stderr).toMatchObject({ exitCode: 0 });
    expect(first.stderr).toMatch(
      /data SET: 2\.10 MB sent and verified on host1 at \/.*\/\.pitwall\/data\/\w{16} in/u,
    );
    expect(first.stdout).toMatch(/data +staged in .* before launch, not timed/u);
    expect(first.stdout).toContain("staging included");
    const second = await pitwall(words(["set"]), { cwd });
    expect(second, second.stderr).toMatchObject({ exitCode: 0 });
    expect(second.stderr).toMatch(/data SET: 2\.10 MB reused on host2/u);
    const [one, two] = recordsOf(cwd);
    expect(one?.log.match(/found (\w+)/gu)).toEqual([`found ${sha256}`, `found ${sha256}`]);
    expect(one?.staged).toEqual([
      expect.objectContaining({
        host: "host1",
        how: "sent",
        bytes: 2 << 20,
        sentBytes: 2 << 20,
        fileCount: 2,
      }),
      expect.objectContaining({ host: "host2", how: "sent", warmBytes: 2 << 20 }),
    ]);
    expect(two?.staged.map(({ how, sentBytes }) => `${how} ${sentBytes}`)).toEqual([
      "reused 0",
      "reused 0",
    ]);
    const { clock, dataMs } = one?.result ?? { clock: undefined, dataMs: 0 };
    expect(dataMs).toBeGreaterThan(0);
    expect(clock?.billedMs).toBeCloseTo(
      (clock?.endedMs ?? 0) - (clock?.launchedMs ?? 0) + dataMs,
      3,
    );
    expect(await pitwall(["verify", "last"], { cwd })).toMatchObject({ exitCode: 0 });
  }, 90_000);

  test("is sent again where a file of it was damaged, and only that file", async () => {
    const { cwd, sha256 } = project();
    expect(await pitwall(words(["set"]), { cwd })).toMatchObject({ exitCode: 0 });
    const stored = join(lab.home("host2"), ".pitwall", "data");
    const folder = readdirSync(stored).find((name) => /^\w{16}$/u.test(name)) ?? "";
    const file = join(stored, folder, "a.bin");
    const { atime, mtime } = statSync(file);
    // One byte, and neither the length nor the time of the file.
    const bytes = readFileSync(file);
    bytes[77] = (bytes[77] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    utimesSync(file, atime, mtime);
    const again = await pitwall(words(["set"]), { cwd });
    expect(again, again.stderr).toMatchObject({ exitCode: 0 });
    const [, two] = recordsOf(cwd);
    expect(two?.staged.map(({ how, sentBytes }) => `${how} ${sentBytes}`)).toEqual([
      "reused 0",
      `repaired ${1 << 20}`,
    ]);
    expect(two?.log.match(/found (\w+)/gu)).toEqual([`found ${sha256}`, `found ${sha256}`]);
  }, 90_000);

  test("is refused before anything is sent if a disk has too little space", async () => {
    const { cwd } = project(8 << 20);
    const folder = "$HOME/.pitwall/data";
    onHost("host2", `mkdir -p ${folder} && mount -t tmpfs -o size=12m tmpfs ${folder}`);
    try {
      const ran = await pitwall(words(["set"]), { cwd });
      expect(ran.exitCode).toBe(3);
      expect(ran.stderr).toContain(
        "error[data-disk-full]: host `host2`: too little space for the data",
      );
      expect(ran.stderr).toMatch(/16\.8 MB are needed, 12\.\d MB are free/u);
      expect(onHost("host2", `ls -A ${folder}`)).not.toContain("part");
      expect(lab.processes("host1").concat(lab.processes("host2"))).toEqual([]);
    } finally {
      onHost("host2", `umount ${folder}`);
    }
  }, 90_000);

  test("is continued after a transfer that was killed", async () => {
    const { cwd, sha256 } = project(32 << 20);
    // A slow network, so that the transfer can be cut.
    const child = startPitwall(words(["set"]), cwd);
    const exited = once(child, "exit");
    const data = join(lab.home("host1"), ".pitwall", "data");
    const isSending = () =>
      existsSync(data) && readdirSync(data).some((name) => name.endsWith(".pitwall-part"));
    while (!isSending()) await delay(5);
    child.kill("SIGKILL");
    await exited;
    const again = await pitwall(words(["set"]), { cwd });
    expect(again, again.stderr).toMatchObject({ exitCode: 0 });
    const log = recordsOf(cwd).at(-1)?.log ?? "";
    expect(log.match(/found (\w+)/gu)).toEqual([`found ${sha256}`, `found ${sha256}`]);
    expect(readdirSync(data).filter((name) => name.endsWith("-part"))).toEqual([]);
  }, 90_000);

  test("stays resumable after Ctrl-C, and the run is recorded as interrupted", async () => {
    const { cwd } = project(64 << 20);
    const child = startPitwall(words(["set"]), cwd);
    const exited = once(child, "exit");
    const data = join(lab.home("host1"), ".pitwall", "data");
    while (!existsSync(data)) await delay(5);
    child.kill("SIGINT");
    expect((await exited)[0]).toBe(130);
    expect(recordsOf(cwd)[0]?.result.outcome.kind).toBe("interrupted");
    await expect.poll(() => lab.processes("host1").concat(lab.processes("host2"))).toEqual([]);
  }, 90_000);

  test("is read into memory as far as it fits, which is on record", async () => {
    const { cwd } = project();
    // Of the two files only the first fits into 80 % of this.
    onHost("host2", "echo 'MemAvailable: 2000 kB' >$HOME/meminfo");
    onHost("host2", "mount --bind $HOME/meminfo /proc/meminfo");
    try {
      const ran = await pitwall(words(["set"]), { cwd });
      expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
      expect(ran.stderr).toMatch(/on host2 at .*; 1\.05 MB do not fit into free memory/u);
      const again = await pitwall(words(["set"]), { cwd });
      expect(again, again.stderr).toMatchObject({ exitCode: 0 });
      const warm = (host: number) => recordsOf(cwd).map(({ staged }) => staged[host]);
      expect(warm(0)).toMatchObject([{ warmBytes: 2 << 20 }, { warmBytes: 2 << 20 }]);
      expect(warm(1)).toMatchObject([
        { how: "sent", warmBytes: 1 << 20, checkedBytes: 2 << 20 },
        { how: "reused", warmBytes: 1 << 20, checkedBytes: 1 << 20 },
      ]);
    } finally {
      onHost("host2", "umount /proc/meminfo");
    }
  }, 90_000);

  test("is put at a given path, and nothing else is overwritten there", async () => {
    const { cwd, sha256 } = project();
    const path = join(temporaryFolder(), "on host", "set");
    const ran = await pitwall(words([`set=${path}`]), { cwd });
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
    // The hosts share this disk: the second one finds what the first one put there.
    expect(
      recordsOf(cwd)[0]
        ?.staged.map(({ how }) => how)
        .toSorted(),
    ).toEqual(["reused", "sent"]);
    expect(recordsOf(cwd)[0]?.log).toContain(`found ${sha256} at ${path}`);
    const taken = join(temporaryFolder(), "mine");
    mkdirSync(taken);
    writeFileSync(join(taken, "notes.txt"), "mine");
    const refused = await pitwall(words([`set=${taken}`]), { cwd });
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("error[data-path-taken]");
    expect(readFileSync(join(taken, "notes.txt"), "utf8")).toBe("mine");
    const copied = join(temporaryFolder(), "copied");
    execFileSync("cp", ["-r", join(cwd, "set"), copied]);
    const found = await pitwall(words([`set=${copied}`]), { cwd });
    expect(found, found.stderr).toMatchObject({ exitCode: 0 });
    expect(found.stderr).toMatch(/2\.10 MB found and verified on host\d/u);
  }, 90_000);

  test("comes from another host, and what changed there is brought too", async () => {
    const { cwd } = project();
    const there = join(lab.home("host2"), "the set");
    execFileSync("cp", ["-r", join(cwd, "set"), there]);
    execFileSync("mv", [there, join(lab.home("host2"), "set")]);
    const source = `host2:${join(lab.home("host2"), "set")}`;
    const ran = await pitwall(words([source]), { cwd });
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
    appendFileSync(join(lab.home("host2"), "set", "a.bin"), "more");
    const again = await pitwall(words([source]), { cwd });
    expect(again, again.stderr).toMatchObject({ exitCode: 0 });
    const [one, two] = recordsOf(cwd);
    expect(two?.staged[0]?.bytes).toBe((one?.staged[0]?.bytes ?? 0) + 4);
  }, 90_000);

  test.skipIf(!hasMpi)(
    "is found by ranks that mpirun starts, on hosts and here",
    async () => {
      const { cwd, sha256 } = project();
      const env = { HOME: cwd };
      const overHosts = words(["set"], ["--on", "mpi"]).filter(
        (word) => word !== "--launcher" && word !== "direct",
      );
      const onHosts = await pitwall(overHosts, { cwd, env });
      expect(onHosts, onHosts.stderr).toMatchObject({ exitCode: 0 });
      const started = ["--target", "val_acc>=0.9", "--", "python3", "train.py"];
      const here = ["run", "--on", "mpi", "--nproc", "2", "--data", "set", ...started];
      const ranHere = await pitwall(here, { cwd, env });
      expect(ranHere, ranHere.stderr).toMatchObject({ exitCode: 0 });
      const [one, two] = recordsOf(cwd);
      expect(one?.log.match(/found (\w+)/gu)).toEqual([`found ${sha256}`, `found ${sha256}`]);
      expect(one?.staged.map(({ host, how }) => `${host} ${how}`)).toEqual([
        "host1 sent",
        "host2 sent",
      ]);
      expect(two?.log.match(/found (\w+)/gu)).toEqual([`found ${sha256}`, `found ${sha256}`]);
      expect(two?.staged.map(({ host, how }) => `${host} ${how}`)).toEqual(["localhost in-place"]);
    },
    90_000,
  );

  function onHost(host: string, command: string): string {
    return execFileSync("ssh", ["-F", lab.config, host, command], { encoding: "utf8" });
  }
});

interface Staged {
  host: string;
  how: string;
  bytes: number;
  sentBytes: number;
  warmBytes: number;
}

interface Result {
  outcome: { kind: string };
  clock: { launchedMs: number; endedMs: number; billedMs: number };
  dataMs: number;
}

/** The records of a home, oldest first. */
function recordsOf(cwd: string): { log: string; staged: Staged[]; result: Result }[] {
  const runs = join(cwd, "home", "runs");
  const folders = readdirSync(runs).map((name) => join(runs, name));
  return folders
    .toSorted(
      (a, b) =>
        statSync(join(a, "run.json")).birthtimeMs - statSync(join(b, "run.json")).birthtimeMs,
    )
    .filter((folder) => existsSync(join(folder, "result.json")))
    .map((folder) => {
      const events = readFileSync(join(folder, "events.jsonl"), "utf8").trim().split("\n");
      return {
        log: readFileSync(join(folder, "log.txt"), "utf8"),
        staged: events
          .map((line) => JSON.parse(line).event)
          .filter(({ kind }) => kind === "data-staged")
          .toSorted((a, b) => (a.host < b.host ? -1 : 1)),
        result: JSON.parse(readFileSync(join(folder, "result.json"), "utf8")),
      };
    });
}
