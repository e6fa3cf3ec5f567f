// How long it takes from a fault until it is noticed and until the job trains again, per kind and launch target, beside torchrun, Slurm and mpirun
// alone: real runs on this machine, on ssh hosts in network namespaces, under mpirun, and on Slurm. Needs root, sshd, Slurm, Open MPI; PyTorch in
// PITWALL_TORCH_PYTHON.
//   npm run build && node bench/recovery-times.js              all; writes the table of docs/diagnosis.md
//   node bench/recovery-times.js --only "ssh" --no-write
import { execFileSync, spawn } from "node:child_process";
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
import { cpus, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { sshLab, slurmLab } from "./launch/labs.js";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    "no-write": { type: "boolean", default: false },
  },
});
const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));
const program = fileURLToPath(new URL("./faults/resuming.py", import.meta.url));
const python = process.env.PITWALL_TORCH_PYTHON ?? "python3";
const waitMs = 60_000;

const kinds = ["crash", "kill", "hang", "host lost"];
const cases = [
  ...["local", "ssh", "slurm", "mpi", "mpi over ssh"].flatMap((target) =>
    kinds.map((kind) => ({ by: "Pitwall", target, kind })),
  ),
  ...["crash", "kill", "hang"].map((kind) => ({ by: "torchrun alone", target: "local", kind })),
  ...["crash", "kill", "hang", "host lost"].map((kind) => ({
    by: "Slurm alone",
    target: "slurm",
    kind,
  })),
  ...["crash", "kill", "hang"].map((kind) => ({ by: "mpirun alone", target: "mpi", kind })),
  { by: "mpirun alone", target: "mpi over ssh", kind: "host lost" },
].filter(({ target, kind }) => hasHosts(target) || kind !== "host lost");
const wanted = cases.filter((each) => new RegExp(values.only, "u").test(nameOf(each)));

function hasHosts(target) {
  return target !== "local" && target !== "mpi";
}

function nameOf({ by, target, kind }) {
  return `${by}, ${target}: ${kind}`;
}

const has = (target) => wanted.some((each) => each.target === target);
const usesSsh = (target) => target === "ssh" || target === "mpi over ssh";
let ssh = has("ssh") || has("mpi over ssh") ? await sshLab(3) : undefined;
const slurm = has("slurm") ? await slurmLab({ nodeCount: 3 }) : undefined;

/** Starts it in a folder of its own, and waits until it trains again or does not. */
async function measure(given) {
  const cwd = mkdtempSync(join(tmpdir(), "recovery-times-"));
  const code = join(cwd, "code");
  mkdirSync(code);
  copyFileSync(program, join(code, "resuming.py"));
  // Code is sent to ssh hosts from a checkout.
  for (const words of [
    ["init", "-q"],
    ["add", "."],
  ])
    execFileSync("git", words, { cwd: code });
  const run = { ...given, cwd, code, output: "", faultMs: undefined };
  try {
    const child = start(run);
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (bytes) => (run.output += bytes));
    const ended = once(child, "exit").then(() => (run.endedMs ??= Date.now()));
    run.hasEnded = () => run.endedMs !== undefined;
    await until(
      run,
      () =>
        run.hasEnded() ||
        faultOf(run) !== undefined ||
        (given.kind === "host lost" && /step 12 /u.test(printed(run))),
      60_000,
    );
    if (given.kind === "host lost") {
      run.faultMs = Date.now();
      if (usesSsh(given.target)) ssh.powerOff("host2");
      else await slurm.kill("node2");
    }
    await until(run, () => againOf(run) !== undefined || run.hasEnded(), waitMs);
    // Slurm alone prints the output of a job that it put back into the queue to a new file.
    const measured = timesOf(run);
    child.kill("SIGINT");
    await Promise.race([ended, sleep(20_000)]);
    child.kill("SIGKILL");
    return measured;
  } finally {
    await restore(given);
    rmSync(cwd, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function start(run) {
  const { by, target, kind, cwd, code } = run;
  const words = [
    "resuming.py",
    kind === "host lost" ? "none" : kind,
    hasHosts(target) ? "3" : "2",
    "15",
  ];
  const env = {
    ...process.env,
    HOME: cwd,
    PITWALL_HOME: join(cwd, "home"),
    STORED_IN: cwd,
    FAULT_FILE: join(cwd, "fault"),
    NO_COLOR: "1",
  };
  const options = { cwd: code, stdio: ["ignore", "pipe", "pipe"] };
  if (by === "torchrun alone") {
    const torchrun = [
      "-m",
      "torch.distributed.run",
      "--standalone",
      "--nproc-per-node",
      "4",
      "--max-restarts",
      "1",
    ];
    return spawn(python, [...torchrun, ...words], { ...options, env });
  }
  if (by === "mpirun alone") return startMpirun(run, words, { options, env });
  if (by === "Slurm alone") {
    const ranks =
      "export RANK=$SLURM_PROCID WORLD_SIZE=$SLURM_NTASKS PITWALL_ATTEMPT=$((1 + ${SLURM_RESTART_COUNT:-0}))";
    const script = `export MASTER_ADDR=127.0.0.1 MASTER_PORT=29611; srun --kill-on-bad-exit=1 sh -c '${ranks}; exec python3 ${words.join(" ")}'`;
    const size = [
      "-N",
      "2",
      "-n",
      "4",
      "--requeue",
      "--open-mode=append",
      "-o",
      join(cwd, "slurm.out"),
    ];
    const [submit] = ["sbatch"];
    return spawn(submit, ["--wait", ...size, "--wrap", script], {
      ...options,
      env: { ...env, ...slurm.env, HOME: slurm.home },
    });
  }
  const onHosts = [
    ...["--hosts", "host1,host2,host3", "--spares", "1", "--nproc", "2"],
    ...["--ssh-config", ssh?.config, "--host-timeout", "5s"],
  ];
  const where = {
    local: ["--nproc", "4"],
    ssh: onHosts,
    slurm: ["--on", "slurm", "--nodes", "2", "--spares", "1", "--nproc", "2"],
    mpi: ["--on", "mpi", "--nproc", "4"],
    "mpi over ssh": ["--on", "mpi", ...onHosts],
  }[target];
  const how = [
    "--env",
    `FAULT_FILE=${join(cwd, "fault")}`,
    ...(target.startsWith("mpi") ? [] : ["--launcher", "direct"]),
    "--max-restarts",
    "2",
    "--hang-timeout",
    "10s",
    "--target",
    "val_acc>=1",
    "--samples",
    "samples=([0-9]+)",
  ];
  return spawn(process.execPath, [bin, "run", ...where, ...how, "--", "python3", ...words], {
    ...options,
    env: { ...env, ...(target === "slurm" ? slurm.env : {}) },
  });
}

/** What users write who start a program of PyTorch with mpirun: its variables are made from those of Open MPI. */
function startMpirun({ target, code }, words, { options, env }) {
  const ranks =
    "export RANK=$OMPI_COMM_WORLD_RANK WORLD_SIZE=$OMPI_COMM_WORLD_SIZE PITWALL_ATTEMPT=1";
  const hosts = [
    "--host",
    "host1:2,host2:2",
    "--mca",
    "plm_rsh_args",
    `-F ${ssh?.config}`,
    "--mca",
    "orte_keep_fqdn_hostnames",
    "1",
  ];
  const address = target === "mpi" ? "127.0.0.1" : "host1";
  const given = ["-x", `MASTER_ADDR=${address}`, "-x", "MASTER_PORT=29631"];
  const passed = ["STORED_IN", "FAULT_FILE"].flatMap((name) => ["-x", name]);
  const where = target === "mpi" ? ["--oversubscribe"] : hosts;
  const command = ["sh", "-c", `${ranks}; cd '${code}' && exec python3 ${words.join(" ")}`];
  const mpirun = ["--allow-run-as-root", "-np", "4", ...where, ...given, ...passed, ...command];
  return spawn("mpirun", mpirun, { ...options, env });
}

async function until(run, isDone, withinMs) {
  const endMs = Date.now() + withinMs;
  while (!isDone() && Date.now() < endMs) await sleep(50);
}

function recordFile(run, name) {
  const runs = join(run.cwd, "home", "runs");
  const [record] = existsSync(runs) ? readdirSync(runs) : [];
  const path = record === undefined ? "" : join(runs, record, name);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

function printed(run) {
  const own = join(run.cwd, "slurm.out");
  return `${run.output}${recordFile(run, "log.txt")}${existsSync(own) ? readFileSync(own, "utf8") : ""}`;
}

function faultOf(run) {
  const path = join(run.cwd, "fault");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  return run.faultMs ?? (text === "" ? undefined : Number(text));
}

function againOf(run) {
  return numberIn(/^attempt [2-9] trains (\d+)$/mu, run);
}

function numberIn(pattern, run) {
  const text = pattern.exec(printed(run))?.[1];
  return text === undefined ? undefined : Number(text);
}

/** Seconds from the fault; undefined for what did not happen within a minute. */
function timesOf(run) {
  const faultMs = faultOf(run);
  const events = recordFile(run, "events.jsonl")
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const seen = events.find(
    ({ timeMs, event }) =>
      timeMs > faultMs - 100 &&
      (event.kind === "host-lost" ||
        event.kind === "stopping" ||
        (event.kind === "silence" && event.phase === "started") ||
        event.kind === "restarting"),
  );
  const since = (timeMs) =>
    timeMs === undefined || faultMs === undefined
      ? undefined
      : Math.max(0, timeMs - faultMs) / 1000;
  const again = since(againOf(run));
  const detected = run.by === "Pitwall" ? since(seen?.timeMs) : undefined;
  return { detected, again, ended: run.hasEnded() ? since(run.endedMs) : undefined };
}

async function restore({ target, kind }) {
  if (target === "slurm") await slurm.clear();
  if (usesSsh(target) && kind === "host lost") {
    ssh.down();
    ssh = await sshLab(3);
  }
}

const seconds = (value) => (value === undefined ? undefined : `${value.toFixed(1)} s`);
const rows = [];
try {
  for (const each of wanted) {
    const { detected, again, ended } = await measure(each);
    const noticed =
      seconds(detected) ??
      (each.by !== "Pitwall" && again !== undefined
        ? "not stated"
        : ended !== undefined
          ? `job ended after ${seconds(ended)}`
          : "not within 60 s");
    rows.push({
      ...each,
      noticed,
      again: seconds(again) ?? (ended === undefined ? "not within 60 s" : "not started again"),
    });
    process.stderr.write(`${nameOf(each)}: ${rows.at(-1).noticed}, ${rows.at(-1).again}\n`);
  }
} finally {
  ssh?.down();
  await slurm?.close();
}

const labels = {
  local: "this machine",
  mpi: "mpirun on this machine",
  "mpi over ssh": "mpirun on ssh hosts",
};
const [cpu] = cpus();
const machine = `${cpus().length} virtual cores of ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release().split("-")[0]}, ${new Date().toISOString().slice(0, 10)}`;
const text = `${machine}; other work ran at the same time.

| fault | launch target | by | noticed after | trains again after |
| --- | --- | --- | ---: | ---: |
${rows
  .toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind))
  .map(
    ({ kind, target, by, noticed, again }) =>
      `| ${kind} | ${labels[target] ?? target} | ${by} | ${noticed} | ${again} |`,
  )
  .join("\n")}
`;
console.log(text);
if (!values["no-write"]) {
  const page = new URL("../docs/diagnosis.md", import.meta.url);
  const [before = "", rest = ""] = readFileSync(page, "utf8").split("<!-- recovery-times -->\n");
  const after = rest.split("<!-- /recovery-times -->")[1] ?? "";
  writeFileSync(page, `${before}<!-- recovery-times -->\n${text}<!-- /recovery-times -->${after}`);
}
