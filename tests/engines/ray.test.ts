import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { launchTargetContract } from "../../src/launch/launch-target.contract.ts";
import { startRayLab, type RayLab } from "../lab/ray.ts";
import { contractRanks, contractSubject } from "../support/contract-subject.ts";
import { bin, pitwall, startPitwall } from "../support/pitwall.ts";
import { directoryOf, eventsOf, logOf, printed, resultIn } from "../support/recorded-run.ts";
import { countingProgram, rankLines, sshProject, until } from "../support/ssh-project.ts";

const python = process.env["PITWALL_RAY_PYTHON"];
if (python === undefined) console.warn("skipped: jobs of Ray (no PITWALL_RAY_PYTHON)");

const token = "0123456789abcdef0123456789abcdef";

/** Says what the set-up command and the data were, writes a file, and goes on. */
const reachedProgram = `
import os
rank = os.environ["RANK"]
size = sum(os.path.getsize(os.path.join(os.environ["PITWALL_DATA"], name)) for name in os.listdir(os.environ["PITWALL_DATA"]))
print("set up %d, data %d" % (len(open("set-up.log").readlines()), size), flush=True)
open(os.path.join(os.environ["PITWALL_RUN_DIR"], "model %s.pt" % rank), "wb").write(os.urandom(1 << 20))
${countingProgram}`;

describe.skipIf(python === undefined)("a Ray cluster of two nodes", () => {
  let lab: RayLab;
  beforeAll(async () => {
    lab = await startRayLab(python ?? "", token);
  }, 180_000);
  afterAll(async () => {
    await lab.close();
  }, 60_000);

  const env = { RAY_AUTH_TOKEN: token };

  launchTargetContract(
    "ray",
    contractSubject<"ray">(
      () => ({ kind: "ray", address: lab.address, nodes: 2, ranks: contractRanks }),
      () => env,
    ),
  );

  function words(steps: number, more: readonly string[] = []) {
    const where = ["--on", "ray", "--ray-address", lab.address, "--nodes", "2", "--nproc", "2"];
    const how = ["--launcher", "direct", "--target", "val_acc>=0.94", ...more];
    return ["run", ...where, ...how, "--", "python3", "train it.py", String(steps)];
  }

  test("trains together to one record", async () => {
    const code = sshProject(countingProgram);
    const ran = await pitwall(words(30, ["--price", "3/h"]), { cwd: code, env });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(ran.stderr).toContain(`2 nodes of Ray at ${lab.address}, 4 ranks, $6.00 per hour`);
    const lines = logOf(directoryOf(code)).match(/^rank=\d line=\d+$/gmu) ?? [];
    expect(lines).toHaveLength(4 * 30);
    expect(resultIn(directoryOf(code))).toMatchObject({
      outcome: { kind: "reached" },
      job: { rankCount: 4 },
      queuedMs: expect.any(Number),
      findings: [],
    });
    const kept = JSON.parse(readFileSync(join(directoryOf(code) ?? "", "ray.json"), "utf8"));
    expect(kept.rayVersion).toMatch(/^\d+\.\d+/u);
    expect(await pitwall(["verify", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
  }, 90_000);

  test("is set up once, gets data, and is reached by exec, ssh and fetch", async () => {
    const code = sshProject(reachedProgram);
    const set = join(code, "a set");
    mkdirSync(set);
    writeFileSync(join(set, "numbers.bin"), randomBytes(3 << 20));
    const how = ["--set-up", "echo set up >>set-up.log", "--data", set];
    const child = startPitwall(words(5000, how), code, env);
    let shown = "";
    child.stderr?.on("data", (bytes: Buffer) => (shown += bytes.toString()));
    onTestFinished(() => void pitwall(["stop", "last"], { cwd: code, env }));
    const hasAll = () => Object.keys(rankLines(logOf(directoryOf(code)))).length === 4;
    await until(() => hasAll() || child.exitCode !== null);
    expect(child.exitCode, shown).toBe(null);
    const log = logOf(directoryOf(code));
    expect(log.match(/^set up \d, data \d+$/gmu)?.toSorted()).toEqual(
      Array.from({ length: 4 }, () => `set up 1, data ${3 << 20}`),
    );
    const exec = await pitwall(["exec", "last", "--", "sh", "-c", "echo $RANK; exit $RANK"], {
      cwd: code,
      env,
    });
    expect(exec.exitCode, printed(exec)).toBe(2);
    expect(exec.stdout.split("\n").toSorted()).toEqual([
      "",
      expect.stringMatching(/-1 0$/u),
      expect.stringMatching(/-2 2$/u),
    ]);
    const terminal = ["-c", "import pty, sys; pty.spawn(sys.argv[1:])", process.execPath, bin];
    const inShell = ["ssh", "last", "--rank", "3", "--", "sh", "-c", "tty; echo rank $RANK"];
    const home = { ...process.env, ...env, PITWALL_HOME: join(code, "home") };
    const seen = execFileSync("python3", [...terminal, ...inShell], {
      cwd: code,
      env: home,
      encoding: "utf8",
    });
    expect(seen).toMatch(/\/dev\/pts\/\d+\s+rank 3/u);
    const fetched = await pitwall(["fetch", "last", "*.pt"], { cwd: code, env });
    expect(fetched.exitCode, printed(fetched)).toBe(0);
    const files = join(directoryOf(code) ?? "", "files");
    const copies = readdirSync(files, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".pt"),
    );
    expect(copies.length).toBeGreaterThanOrEqual(4);
    for (const copy of copies) expect(statSync(join(files, copy)).size).toBe(1 << 20);
    const ran = await pitwall(["stop", "last"], { cwd: code, env });
    expect(ran.exitCode, printed(ran)).toBe(0);
  }, 600_000);

  test("is restarted as another job when a rank was killed", async () => {
    const code = sshProject(`
import os, signal
if os.environ["RANK"] == "0" and os.environ["PITWALL_ATTEMPT"] == "1":
    os.kill(os.getpid(), signal.SIGKILL)
${countingProgram}`);
    const ran = await pitwall(words(30, ["--max-restarts", "1"]), { cwd: code, env });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(ran.stderr).toMatch(
      /restarting the job \(attempt 2\): rank 0 on \S+ was ended by SIGKILL/u,
    );
    const events = eventsOf(directoryOf(code));
    const queued = events.flatMap(({ kind, jobId }) => (kind === "queued" ? [jobId] : []));
    expect(queued).toEqual([
      expect.stringMatching(/-1$/u),
      expect.stringMatching(/-1-attempt-2$/u),
    ]);
    expect(await pitwall(["verify", "last"], { cwd: code })).toMatchObject({ exitCode: 0 });
  }, 120_000);

  test("is shown by --dry-run, and nothing is submitted", async () => {
    const code = sshProject(countingProgram);
    const ran = await pitwall(words(5, ["--dry-run"]), { cwd: code, env });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(ran.stdout).toContain("job for Ray");
    expect(ran.stdout).toContain(".pitwall/ray_driver.py");
  }, 60_000);

  test.each([
    { name: "a wrong token", given: { RAY_AUTH_TOKEN: "wrong" }, text: "error[ray-token]" },
    { name: "no token", given: {}, text: "requires a token" },
    { name: "too many nodes", nodes: "9", text: "error[ray-too-few-nodes]" },
    {
      name: "a server that does not answer",
      address: "http://127.0.0.1:9",
      text: "error[ray-unreachable]",
    },
    { name: "an invalid address", address: "ftp://head", text: "error[ray-address-invalid]" },
    { name: "--nproc gpu", nproc: "gpu", text: "`--nproc gpu` is not supported with Ray" },
  ])("reports $name", async ({ given = env, nodes = "1", address, nproc = "1", text }) => {
    const where = ["--on", "ray", "--ray-address", address ?? lab.address, "--nodes", nodes];
    const how = [
      "--nproc",
      nproc,
      "--target",
      "val_acc>=0.94",
      "--",
      "python3",
      "train it.py",
      "5",
    ];
    const ran = await pitwall(["run", ...where, ...how], {
      cwd: sshProject(countingProgram),
      env: given,
    });
    expect(ran.exitCode).not.toBe(0);
    expect(ran.stderr).toContain(text);
  });
});
