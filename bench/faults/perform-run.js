// One labelled run: starts the built program, does to the job what the label says, and takes what the record shows.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { recordedFacts } from "./recorded-facts.js";

const bin = fileURLToPath(new URL("../../dist/bin.js", import.meta.url));
const folderOf = (path) => fileURLToPath(new URL(path, import.meta.url));
/** No planned run takes longer. */
const limitMs = 120_000;

export async function performRun(planned, labs) {
  const cwd = mkdtempSync(join(tmpdir(), "fault-run-"));
  const program = planned.torch === undefined ? "training.py" : "torch_training.py";
  const code = join(cwd, "code");
  mkdirSync(code);
  copyFileSync(folderOf(program), join(code, program));
  copyFileSync(folderOf("../../workloads/torch/pitwall.py"), join(code, "pitwall.py"));
  await commitAll(code);
  prepareHosts(planned, labs);
  const env = {
    ...process.env,
    HOME: cwd,
    PITWALL_HOME: join(cwd, "home"),
    NO_COLOR: "1",
    ...(planned.target === "slurm" ? labs.slurm.env : {}),
  };
  const child = spawn(process.execPath, [bin, ...wordsOf(planned, labs, program)], {
    cwd: code,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let shown = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (shown += bytes));
  const exited = once(child, "exit");
  const run = {
    planned,
    labs,
    child,
    exited,
    record: () => recordIn(cwd),
    env,
    untilMs: Date.now() + limitMs,
  };
  try {
    await act(run);
    const facts = await capture(run);
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGINT");
      const ended = await Promise.race([exited.then(() => true), sleep(20_000).then(() => false)]);
      if (!ended) child.kill("SIGKILL");
    }
    const { about, target, ranks, hosts, expected } = planned;
    return { kind: "recorded", recorded: { about, target, ranks, hosts, expected, facts } };
  } catch (error) {
    child.kill("SIGKILL");
    return { kind: "failed", reason: `${error.message}\n${shown.slice(-1500)}` };
  } finally {
    await restore(run);
    rmSync(cwd, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function wordsOf(planned, labs, program) {
  const { target, hosts, perHost, faults, helper, words, options = [], torch } = planned;
  const names = Array.from({ length: hosts }, (_, index) => `host${index + 1}`);
  const where = {
    local: ["--nproc", String(perHost)],
    mpi: ["--on", "mpi", "--nproc", String(perHost)],
    ssh: [
      "--hosts",
      names.join(),
      "--nproc",
      String(perHost),
      "--ssh-config",
      labs.ssh?.config,
      "--host-timeout",
      "4s",
    ],
    slurm: ["--on", "slurm", "--nodes", String(hosts), "--nproc", String(perHost)],
  }[target];
  const direct = target === "mpi" ? [] : ["--launcher", "direct"];
  const goal = options.includes("--target") ? [] : ["--target", "val_acc>=1"];
  const command =
    torch === undefined
      ? [
          "python3",
          program,
          ...faults.flatMap((fault) => ["--fault", fault]),
          ...(helper ? ["--helper", "."] : []),
          ...words,
        ]
      : [process.env.PITWALL_TORCH_PYTHON ?? "python3", program, ...torch, "."];
  return ["run", ...where, ...direct, ...goal, ...options, "--", ...command];
}

async function commitAll(cwd) {
  for (const words of [
    ["init", "-q"],
    ["add", "."],
  ])
    await once(spawn("git", words, { cwd, stdio: "ignore" }), "exit");
}

/** Hosts have their own home folders: one of them lacks what the others have. */
function prepareHosts({ target, lacking }, labs) {
  if (target !== "ssh") return;
  for (const host of labs.ssh.hosts) {
    const extra = join(labs.ssh.home(host), "extra");
    rmSync(extra, { recursive: true, force: true });
    if (host === lacking) continue;
    mkdirSync(extra);
    writeFileSync(join(extra, "fused_kernels.py"), "");
    writeFileSync(join(extra, "vocabulary.txt"), "");
  }
}

function recordIn(cwd) {
  const runs = join(cwd, "home", "runs");
  const [name] = existsSync(runs) ? readdirSync(runs) : [];
  return name === undefined ? undefined : join(runs, name);
}

function textOf(run, name) {
  const record = run.record();
  const path = record === undefined ? "" : join(record, name);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

async function until(run, isDone, what) {
  while (!isDone()) {
    if (Date.now() > run.untilMs) throw new Error(`no ${what} in time`);
    await sleep(50);
  }
}

const hasEnded = ({ child }) => child.exitCode !== null || child.signalCode !== null;

async function act(run) {
  const { planned, labs, child } = run;
  const { act: given } = planned;
  if (given === undefined || given.do === "nothing") return;
  await until(run, () => /step 12 /u.test(textOf(run, "log.txt")) || hasEnded(run), "step 12");
  switch (given.do) {
    case "power-off":
      labs.ssh.powerOff(given.host);
      return;
    case "link-down":
      labs.ssh.setLink(given.host, "down");
      return;
    case "kill-node":
      await labs.slurm.kill(given.host);
      return;
    case "preempt":
      await labs.slurm.run(
        "sbatch",
        "-p",
        "urgent",
        "-N",
        "2",
        "-n",
        "8",
        "-o",
        "/dev/null",
        "--wrap",
        "sleep 1",
      );
      return;
    case "kill-pitwall":
      child.kill("SIGKILL");
      return;
    case "kill-rank":
      killRank(run, given.rank);
      return;
    case "interrupt":
      child.kill("SIGINT");
      return;
    case "look":
      await sleep(1500);
      return;
    default:
      throw new Error(`unknown act ${given.do}`);
  }
}

/** SIGKILL of a process that has the record in its environment. */
function killRank(run, rank) {
  const name = run.record().split("/").at(-1);
  for (const pid of readdirSync("/proc").filter((each) => /^\d+$/u.test(each))) {
    try {
      const environ = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
      const isRank =
        environ.includes(`RANK=${rank}`) &&
        environ.some((each) => each.startsWith("PITWALL_RUN_DIR=") && each.includes(name));
      const isProgram = readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("training.py");
      if (isRank && isProgram) return process.kill(Number(pid), "SIGKILL");
    } catch {
      // The process has ended in the meantime.
    }
  }
  throw new Error(`no process of rank ${rank}`);
}

async function capture(run) {
  const { planned, exited } = run;
  if (planned.capture === "running") return recordedFacts(run.record());
  if (planned.capture === "stuck") {
    await until(
      run,
      () => /"kind":"silence","?/u.test(textOf(run, "events.jsonl")) || hasEnded(run),
      "silence",
    );
    // Files that ranks write about a wait follow within seconds.
    await sleep(6000);
    if (planned.target !== "local" && !hasEnded(run)) await fetchDumps(run);
    return recordedFacts(run.record());
  }
  const ended = await Promise.race([exited.then(() => true), sleep(limitMs).then(() => false)]);
  if (!ended) throw new Error("did not end in time");
  await sleep(300);
  return recordedFacts(run.record());
}

/** `pitwall fetch` copies what the ranks of other hosts left there; here it goes to where a shared file system would have it. */
async function fetchDumps(run) {
  const record = run.record();
  const name = record.split("/").at(-1);
  const out = join(record, "..", "..", "fetched");
  const child = spawn(process.execPath, [bin, "fetch", name, "*-rank_*", "--out", out], {
    env: run.env,
    stdio: "ignore",
  });
  await once(child, "exit");
  for (const file of existsSync(out) ? readdirSync(out, { recursive: true }) : []) {
    const base = file.split("/").at(-1);
    if (/-rank_\d+/u.test(base)) copyFileSync(join(out, file), join(record, base));
  }
}

async function restore({ planned, labs, child, env, record }) {
  const { act: given, target } = planned;
  if (given?.do === "kill-pitwall" && target !== "local")
    await once(
      spawn(process.execPath, [bin, "stop", record().split("/").at(-1)], { env, stdio: "ignore" }),
      "exit",
    );
  if (!hasEnded({ child })) child.kill("SIGKILL");
  if (target === "slurm") await labs.slurm.clear();
  if (given?.do === "link-down") labs.ssh.setLink(given.host, "up");
  if (given?.do === "power-off") {
    labs.ssh.down();
    const { sshLab } = await import("../launch/labs.js");
    labs.ssh = await sshLab(3);
  }
}
