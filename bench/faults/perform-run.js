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
  realpathSync,
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
  copyPrograms(planned, program, code);
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
      const ended = await Promise.race([
        exited.then(() => true),
        sleep(20_000, false, { ref: false }),
      ]);
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

function copyPrograms({ command, programs = "unseen/" }, program, code) {
  const workloads = folderOf("../../workloads/torch/");
  if (command === undefined) {
    copyFileSync(folderOf(program), join(code, program));
    copyFileSync(join(workloads, "pitwall.py"), join(code, "pitwall.py"));
    return;
  }
  for (const folder of [folderOf(programs), workloads])
    for (const name of readdirSync(folder).filter((each) => /\.(?:py|sh)$/u.test(each)))
      copyFileSync(join(folder, name), join(code, name));
}

function wordsOf(planned, labs, program) {
  const { target, hosts, perHost, faults, helper, options = [], torch } = planned;
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
  const direct = target === "mpi" ? [] : ["--launcher", planned.launcher ?? "direct"];
  const goal = options.includes("--target") ? [] : ["--target", "val_acc>=1"];
  const torchPython = process.env.PITWALL_TORCH_PYTHON ?? "python3";
  if (planned.command !== undefined) {
    const words = [...(planned.starter ?? []), torchPython, ...planned.command];
    return ["run", ...where, ...direct, ...goal, ...options, "--", ...words];
  }
  const command =
    torch === undefined
      ? [
          "python3",
          program,
          ...faults.flatMap((fault) => ["--fault", fault]),
          ...(helper ? ["--helper", "."] : []),
          ...planned.words,
        ]
      : [torchPython, program, ...torch, "."];
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
function prepareHosts({ target, lacking, stale }, labs) {
  if (target !== "ssh") return;
  for (const host of labs.ssh.hosts) {
    const extra = join(labs.ssh.home(host), "extra");
    rmSync(extra, { recursive: true, force: true });
    if (host === lacking) continue;
    mkdirSync(extra);
    const version = host === stale ? "1.4" : "2.1";
    const scan = host === stale ? "" : "def scan(): pass\n";
    writeFileSync(join(extra, "fused_kernels.py"), `__version__ = "${version}"\n${scan}`);
    writeFileSync(join(extra, "vocabulary.txt"), "");
    copyFileSync(realpathSync("/lib/x86_64-linux-gnu/libm.so.6"), join(extra, "libfused.so"));
    writeFileSync(join(extra, "shard-00000.npy"), emptyArray());
  }
}

/** A file of NumPy with no elements. */
function emptyArray() {
  const header = `${"{'descr': '<f8', 'fortran_order': False, 'shape': (0,), }".padEnd(117)}\n`;
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00v\x00", "latin1"), Buffer.from(header)]);
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
  const { act: given } = run.planned;
  if (given === undefined || given.do === "nothing") return;
  const begins = run.planned.begins ?? /(?:step 12 |iter 30\/|'loss': .*'epoch': 0\.2)/u;
  const hasBegun = () => begins.test(textOf(run, "log.txt"));
  await until(run, () => hasBegun() || hasEnded(run), "step 12");
  const perform = acts[given.do];
  if (perform === undefined) throw new Error(`unknown act ${given.do}`);
  await perform(run, given);
}

const acts = {
  "power-off": ({ labs }, { host }) => labs.ssh.powerOff(host),
  "link-down": ({ labs }, { host }) => labs.ssh.setLink(host, "down"),
  "kill-node": ({ labs }, { host }) => labs.slurm.kill(host),
  preempt: ({ labs }) => {
    const size = ["-p", "urgent", "-N", "2", "-n", "8", "-o", "/dev/null"];
    return labs.slurm.run("sbatch", ...size, "--wrap", "sleep 1");
  },
  "kill-pitwall": ({ child }) => child.kill("SIGKILL"),
  "kill-rank": (run, { rank, signal = "SIGKILL" }) => process.kill(pidOfRank(run, rank), signal),
  duty: (run, { rank }) => stopAndContinue(run, rank),
  interrupt: ({ child }) => child.kill("SIGINT"),
  look: () => sleep(1500),
};

/** As a process that others crowd out: it runs for half of the time. */
async function stopAndContinue(run, rank) {
  const pid = pidOfRank(run, rank);
  try {
    while (!hasEnded(run)) {
      process.kill(pid, "SIGSTOP");
      await sleep(40);
      process.kill(pid, "SIGCONT");
      await sleep(40);
    }
  } catch {
    // The process has ended.
  }
}

/** The process of a rank: one that has the record in its environment. */
function pidOfRank(run, rank) {
  const name = run.record().split("/").at(-1);
  for (const pid of readdirSync("/proc").filter((each) => /^\d+$/u.test(each))) {
    try {
      const environ = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
      const isRank =
        environ.includes(`RANK=${rank}`) &&
        environ.some((each) => each.startsWith("PITWALL_RUN_DIR=") && each.includes(name));
      const words = readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0");
      const isProgram = /(?:training|_loop|with_faults)\.py$/u.test(
        words
          .slice(1, 4)
          .join(" ")
          .split(" ")
          .find((word) => word.endsWith(".py")) ?? "",
      );
      if (isRank && isProgram) return Number(pid);
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
    // A program that stops in its first steps has no usual time between them; a person looks after a minute.
    const isNoticed = () => /"kind":"silence","?/u.test(textOf(run, "events.jsonl"));
    const lookMs = Date.now() + 60_000;
    await until(run, () => isNoticed() || hasEnded(run) || Date.now() > lookMs, "silence");
    // Files that ranks write about a wait follow within seconds.
    await sleep(6000);
    if (planned.target !== "local" && !hasEnded(run)) await fetchDumps(run);
    const hasHelper = planned.helper || planned.torch || planned.command?.includes("--helper");
    return recordedFacts(run.record(), { looks: !hasHelper && !hasEnded(run) });
  }
  const ended = await Promise.race([
    exited.then(() => true),
    sleep(limitMs, false, { ref: false }),
  ]);
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
