import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type SshLab, sshLabObstacle, startSshLab } from "../lab/ssh-hosts.ts";
import { expectWholeLedger, leftRunning } from "../support/after-faults.ts";
import { pitwall, startPitwall } from "../support/pitwall.ts";
import { eventsOf, logOf, recordFolder, sshProject, until } from "../support/ssh-project.ts";

/** Counts epochs to 8, stores every second one, and continues there. */
const resuming = `
import os, signal, sys, time
rank = int(os.environ["RANK"])
attempt = int(os.environ["PITWALL_ATTEMPT"])
stored = os.path.join(os.environ["PITWALL_RUN_DIR"], "stored-%d" % rank)
epoch = int(open(stored).read()) if os.path.exists(stored) else 0
print("rank=%d attempt=%d from=%d" % (rank, attempt, epoch), flush=True)
while epoch < 8:
    time.sleep(float(sys.argv[1]))
    epoch += 1
    if rank == 0:
        print("samples=%d val_acc=%.3f" % (100 * epoch, epoch / 8), flush=True)
    if epoch % 2 == 0:
        with open(stored, "w") as file:
            file.write(str(epoch))
    if "--die" in sys.argv and attempt == 1 and rank == 0 and epoch == 5:
        os.kill(os.getpid(), signal.SIGKILL)
`;

const reading = ["--target", "val_acc>=1", "--samples", "samples=([0-9]+)"];
const command = ["python3", "train it.py"];

function resultOf(code: string): { outcome: { kind: string } } {
  return JSON.parse(readFileSync(join(recordFolder(code), "result.json"), "utf8"));
}

/** The ledger of a run with one failure adds up to its wall time. */
function expectOneFailure(shown: { stdout: string }): void {
  const ledger = expectWholeLedger(shown);
  expect(ledger).toMatchObject({ basis: "evaluations", attemptCount: 2, failureCount: 1 });
  expect(ledger.goodput).toBeGreaterThan(0);
}

test("a run on this machine survives the kill of a rank", async () => {
  const code = sshProject(resuming);
  const how = ["--nproc", "2", "--launcher", "direct", "--max-restarts", "2"];
  const words = ["run", ...how, ...reading, "--", ...command, "0.1", "--die"];
  const ran = await pitwall(words, { cwd: code });
  expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
  expect(ran.stderr).toContain("restarting the job (attempt 2): rank 0 was ended by SIGKILL");
  expect(resultOf(code).outcome.kind).toBe("reached");
  expect(logOf(code)).toMatch(/rank=0 attempt=2 from=4/u);
  expect(await pitwall(["verify", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
  expectOneFailure(await pitwall(["show", "last", "--json"], { cwd: code }));
  await expect.poll(() => leftRunning(recordFolder(code)), { timeout: 30_000 }).toEqual([]);
}, 120_000);

/** Stores a checkpoint when it is asked to, and before it has to make way. */
const makingWay = `
import os, signal, sys, time
rank = int(os.environ.get("RANK", "0"))
stored = os.path.join(os.environ["PITWALL_RUN_DIR"], "stored-%d" % rank)
epoch = int(open(stored).read()) if os.path.exists(stored) else 0
def store(number, _frame):
    with open(stored, "w") as file:
        file.write(str(epoch))
    print("rank=%d stores epoch=%d at %s" % (rank, epoch, signal.Signals(number).name), flush=True)
    if number == signal.SIGTERM:
        # Longer than Pitwall waits after Ctrl-C.
        time.sleep(6)
        sys.exit(0)
for number in (signal.SIGUSR1, signal.SIGTERM):
    signal.signal(number, store)
print("rank=%d attempt=%s from=%d" % (rank, os.environ["PITWALL_ATTEMPT"], epoch), flush=True)
while epoch < 8:
    time.sleep(0.5)
    epoch += 1
    if rank == 0:
        print("samples=%d val_acc=%.3f" % (100 * epoch, epoch / 8), flush=True)
`;

test.each([
  { what: "one process", ranks: [], count: 1 },
  { what: "two ranks", ranks: ["--nproc", "2", "--launcher", "direct"], count: 2 },
])(
  "a run of $what on this machine makes way at SIGTERM and is continued by attach",
  async ({ ranks, count }) => {
    const code = sshProject(makingWay);
    const how = [...ranks, "--max-restarts", "1", ...reading, "--", ...command];
    const child = startPitwall(["run", ...how], code);
    let errors = "";
    child.stderr?.on("data", (bytes: Buffer) => (errors += bytes.toString()));
    const exited = once(child, "exit");
    const stores = (at: string): number =>
      [...logOf(code).matchAll(new RegExp(`^rank=\\d stores .* at ${at}$`, "gmu"))].length;
    await until(() => /samples=200/u.test(logOf(code)));
    child.kill("SIGUSR1");
    await until(() => stores("SIGUSR1") === count);
    child.kill("SIGTERM");
    expect((await exited)[0], errors).toBe(130);
    expect(stores("SIGTERM")).toBe(count);
    expect(errors).toMatch(
      /`pitwall attach \S+` starts it again in the same record \(attempt 2\)/u,
    );
    const said = await pitwall(["doctor", "last", "--json"], { cwd: code });
    expect(JSON.parse(said.stdout).result.diagnoses[0].diagnosis.verdict).toMatchObject({
      kind: "fault",
      causes: [{ kind: "preemption", ranks: [] }],
    });
    const ran = await pitwall(["attach", "last"], { cwd: code });
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
    const epochs = [...logOf(code).matchAll(/^rank=0 stores epoch=(\d) at SIGTERM$/gmu)];
    const from = epochs[0]?.[1] ?? "none";
    expect(logOf(code)).toMatch(new RegExp(`^rank=0 attempt=2 from=${from}$`, "mu"));
    expect(resultOf(code).outcome.kind).toBe("reached");
    expect(eventsOf(code).filter(({ kind }) => kind === "restarting")).toMatchObject([
      { fault: { kind: "preemption" }, decision: { kind: "restart" } },
    ]);
    expect(await pitwall(["verify", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
    expectOneFailure(await pitwall(["show", "last", "--json"], { cwd: code }));
    await expect.poll(() => leftRunning(recordFolder(code)), { timeout: 30_000 }).toEqual([]);
  },
  120_000,
);

test("a run on this machine whose Pitwall was killed is continued by attach", async () => {
  const code = sshProject(resuming);
  const how = ["--nproc", "2", "--launcher", "direct", "--max-restarts", "1", ...reading];
  const first = startPitwall(["run", ...how, "--", ...command, "0.5"], code);
  const ended = once(first, "exit");
  await until(() => /samples=300/u.test(logOf(code)));
  first.kill("SIGKILL");
  await ended;
  await expect.poll(() => leftRunning(recordFolder(code)), { timeout: 30_000 }).toEqual([]);
  const ran = await pitwall(["attach", "last"], { cwd: code });
  expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
  expect(logOf(code)).toMatch(/^rank=0 attempt=2 from=[24]$/mu);
  expect(resultOf(code).outcome.kind).toBe("reached");
  expect(eventsOf(code).filter(({ kind }) => kind === "restarting")).toMatchObject([
    { fault: { kind: "launcher-killed" }, decision: { kind: "restart" } },
  ]);
  expect(await pitwall(["verify", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
  expectOneFailure(await pitwall(["show", "last", "--json"], { cwd: code }));
}, 120_000);

test("attach says how a run without restarts is started again that ended with its Pitwall", async () => {
  const code = sshProject("import time\nprint('begins', flush=True)\ntime.sleep(60)\n");
  const run = startPitwall(["run", "--target", "val_acc>=1", "--", ...command], code);
  const ended = once(run, "exit");
  await until(() => /begins/u.test(logOf(code)));
  run.kill("SIGKILL");
  await ended;
  const said = await pitwall(["attach", "last"], { cwd: code });
  expect(said.exitCode).toBe(2);
  expect(said.stderr).toMatch(
    /only runs with `--max-restarts` .* `pitwall run again \S+` starts it again/u,
  );
}, 60_000);

test("a rank that fails later than its victim still prints its reason", async () => {
  const code = sshProject(`
import os, time
if os.environ["RANK"] == "1":
    raise ConnectionResetError("Connection reset by peer")
time.sleep(1)
raise ValueError("no such token: 50257")
`);
  const how = ["--nproc", "2", "--launcher", "direct", "--target", "val_acc>=1"];
  const ran = await pitwall(["run", ...how, "--", ...command], { cwd: code });
  expect(ran.exitCode, ran.stderr).toBe(4);
  expect(logOf(code)).toContain("ValueError: no such token: 50257");
  const doctor = await pitwall(["doctor", "last"], { cwd: code });
  expect(doctor.stdout).toContain("rank 0 crashed: ValueError: no such token: 50257");
}, 60_000);

const obstacle = sshLabObstacle();
if (obstacle !== undefined) console.warn(`skipped: ssh hosts on this machine (${obstacle})`);

describe.skipIf(obstacle !== undefined)("a run on ssh hosts", () => {
  let lab: SshLab;
  beforeAll(() => {
    lab = startSshLab(3);
  }, 60_000);
  afterAll(() => lab.down());

  test("continues after a host was preempted, whose program had time to store a checkpoint", async () => {
    const told =
      "signal.signal(signal.SIGTERM, lambda *_: (print('told to stop', flush=True), time.sleep(6), print('stored', flush=True), sys.exit(1)))";
    const code = sshProject(resuming.replace("\nattempt =", `\nif rank == 1: ${told}\nattempt =`));
    const where = ["--hosts", "host1,host2,host3", "--ssh-config", lab.config];
    const how = ["--launcher", "direct", "--max-restarts", "1", "--spares", "1"];
    const words = ["run", ...where, ...how, ...reading, "--", ...command, "0.3"];
    const child = startPitwall(words, code);
    const exited = once(child, "exit");
    await until(() => /samples=200/u.test(logOf(code)));
    const jobs = join(lab.home("host2"), ".pitwall/jobs");
    const [job = ""] = readdirSync(jobs);
    const { pid } = JSON.parse(readFileSync(join(jobs, job, "agent.json"), "utf8"));
    execFileSync("ssh", ["-F", lab.config, "host2", "kill", "-TERM", String(pid)]);
    expect((await exited)[0]).toBe(0);
    expect(logOf(code)).toMatch(/told to stop\n[^]*stored\n/u);
    expect(eventsOf(code).filter(({ kind }) => kind === "restarting")).toMatchObject([
      {
        fault: { kind: "preemption", hosts: ["host2"] },
        decision: { kind: "replace-host", hosts: ["host2"], spares: ["host3"] },
      },
    ]);
    const { stdout: listed } = await pitwall(["hosts", "list", "--json"], { cwd: code });
    expect(JSON.parse(listed).result.hosts).toEqual([]);
    expect(await pitwall(["verify", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
    expectOneFailure(await pitwall(["show", "last", "--json"], { cwd: code }));
    for (const host of lab.hosts)
      await expect.poll(() => lab.processes(host), { timeout: 30_000 }).toEqual([]);
  }, 120_000);

  test.each([
    {
      when: "before the failure, which the attached process survives",
      seen: /samples=300/u,
      isShownLive: true,
    },
    { when: "during the restart", seen: /"kind":"restarting"/u, file: "events.jsonl" },
    { when: "after the restart", seen: /rank=0 attempt=2 [^]*samples=600/u },
  ])(
    "is attached to and reaches its target when Pitwall was killed $when, which doctor names",
    async ({ seen, file = "log.txt", isShownLive = false }) => {
      const code = sshProject(resuming);
      const where = ["--hosts", "host1,host2", "--ssh-config", lab.config];
      const how = ["--launcher", "direct", "--max-restarts", "1"];
      const words = ["run", ...where, ...how, ...reading, "--", ...command, "0.4", "--die"];
      const child = startPitwall(words, code);
      const exited = once(child, "exit");
      const path = () => join(recordFolder(code), file);
      await until(() => existsSync(path()) && seen.test(readFileSync(path(), "utf8")));
      // Later, the program could reach its target before it is shown.
      if (!isShownLive) child.kill("SIGKILL");
      const { stdout: soFar } = await pitwall(["show", "last", "--json"], { cwd: code });
      const { ledger } = JSON.parse(soFar).result.runs[0];
      const hasRestarted = /attempt=2/u.test(logOf(code));
      expect(ledger).toMatchObject({ attemptCount: hasRestarted ? 2 : 1 });
      child.kill("SIGKILL");
      await exited;
      const abandoned = await pitwall(["doctor", "last", "--json"], { cwd: code });
      expect(JSON.parse(abandoned.stdout).result.diagnoses[0].diagnosis.verdict).toMatchObject({
        kind: "fault",
        causes: [{ kind: "launcher-killed" }],
      });
      const ran = await pitwall(["attach", "last"], { cwd: code });
      expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
      const starts = logOf(code).match(/^rank=\d attempt=\d from=\d$/gmu);
      expect(starts?.toSorted()).toEqual([
        "rank=0 attempt=1 from=0",
        "rank=0 attempt=2 from=4",
        "rank=1 attempt=1 from=0",
        expect.stringMatching(/^rank=1 attempt=2 from=[468]$/u),
      ]);
      expect(resultOf(code).outcome.kind).toBe("reached");
      expect(logOf(code).match(/"attempt_start"/gu)).toHaveLength(1);
      expect(logOf(code).match(/^samples=\d+/gmu)).toEqual(
        [100, 200, 300, 400, 500, 500, 600, 700, 800].map((count) => `samples=${count}`),
      );
      expect(await pitwall(["verify", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
      expectOneFailure(await pitwall(["show", "last", "--json"], { cwd: code }));
      for (const host of lab.hosts)
        await expect.poll(() => lab.processes(host), { timeout: 30_000 }).toEqual([]);
    },
    120_000,
  );

  test("survives a cut link: a spare replaces the host behind it, which ends its rank by itself", async () => {
    const code = sshProject(resuming);
    const where = ["--hosts", "host1,host2,host3", "--ssh-config", lab.config];
    const how = ["--launcher", "direct", "--host-timeout", "5s", "--max-restarts", "1"];
    const words = ["run", ...where, ...how, "--spares", "1", ...reading, "--", ...command, "1.5"];
    const exited = once(startPitwall(words, code), "exit");
    await until(() => /samples=200/u.test(logOf(code)));
    lab.setLink("host2", "down");
    onTestFinished(() => lab.setLink("host2", "up"));
    expect((await exited)[0]).toBe(0);
    expect(eventsOf(code).filter(({ kind }) => kind === "restarting")).toMatchObject([
      {
        fault: { kind: "host-lost", hosts: ["host2"] },
        decision: { kind: "replace-host", hosts: ["host2"], spares: ["host3"] },
      },
    ]);
    expect(resultOf(code).outcome.kind).toBe("reached");
    expect(await pitwall(["verify", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
    expectOneFailure(await pitwall(["show", "last", "--json"], { cwd: code }));
    lab.setLink("host2", "up");
    for (const host of lab.hosts)
      await expect.poll(() => lab.processes(host), { timeout: 90_000 }).toEqual([]);
  }, 240_000);

  test("survives the loss of a host: a spare replaces it", async () => {
    const code = sshProject(resuming);
    const where = ["--hosts", "host1,host2,host3", "--ssh-config", lab.config];
    const how = ["--launcher", "direct", "--host-timeout", "5s", "--max-restarts", "3"];
    const words = ["run", ...where, ...how, "--spares", "1", ...reading, "--", ...command, "1.5"];
    const child = startPitwall(words, code);
    const exited = once(child, "exit");
    await until(() => /samples=200/u.test(logOf(code)));
    lab.powerOff("host2");
    expect((await exited)[0]).toBe(0);
    const restarts = eventsOf(code).filter(({ kind }) => kind === "restarting");
    expect(restarts).toMatchObject([
      {
        attempt: 2,
        fault: { kind: "host-lost", hosts: ["host2"] },
        decision: { kind: "replace-host", hosts: ["host2"], spares: ["host3"] },
      },
    ]);
    expect(resultOf(code).outcome.kind).toBe("reached");
    expect(logOf(code)).toMatch(/rank=1 attempt=2 from=0/u);
    expect(await pitwall(["verify", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
    expectOneFailure(await pitwall(["show", "last", "--json"], { cwd: code }));
    const { stdout: listed } = await pitwall(["hosts", "list", "--json"], { cwd: code });
    expect(JSON.parse(listed).result.hosts).toMatchObject([{ host: "host2", by: "recovery" }]);
    const again = await pitwall([...words.slice(0, -1), "0.1"], { cwd: code });
    expect(again, again.stderr).toMatchObject({ exitCode: 0 });
    expect(again.stderr).toContain("not using host2, which is excluded");
    const refused = await pitwall(
      [
        "run",
        ...where.slice(0, 1),
        "host1,host2",
        ...where.slice(2),
        ...reading,
        "--",
        ...command,
        "1",
      ],
      { cwd: code },
    );
    expect(refused).toMatchObject({ exitCode: 2 });
    const tested = await pitwall(["hosts", "allow", "host2", ...where.slice(2)], { cwd: code });
    expect(tested, tested.stdout).toMatchObject({ exitCode: 1 });
    for (const host of ["host1", "host3"])
      await expect.poll(() => lab.processes(host), { timeout: 30_000 }).toEqual([]);
  }, 240_000);
});
