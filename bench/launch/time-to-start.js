// From Enter to the first step of a program on two hosts or ranks, under Pitwall and under the bare engine, in turn.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inTurn, spread } from "../overhead/in-turn.js";
import { timedRun } from "../overhead/timed-run.js";
import { hasTorch, here, pitwallRun, temporaryFolder } from "./bench-pitwall.js";
import { slurmLab, sshLab } from "./labs.js";

const { summarise } = await import("../../build/foundation/numbers/statistics.js");

/** Milliseconds over the bare engine, at most. */
const goals = { ssh: 1500, slurm: 500 };

export async function measureStart({ pairs, python, targets }) {
  const folder = checkout();
  const stamp = join(folder, "stamp");
  const programs = [
    { name: "plain", python: "python3", words: [stamp, "plain"], launcher: "direct", pairs },
    ...(hasTorch(python)
      ? [
          {
            name: "torchrun",
            python,
            words: [stamp],
            launcher: "torchrun",
            pairs: Math.ceil(pairs / 3),
          },
        ]
      : []),
  ];
  const openers = { local: openLocal, ssh: openSsh, slurm: openSlurm };
  const lines = [];
  for (const kind of targets) {
    const target = await openers[kind](folder);
    if (target === undefined) continue;
    try {
      for (const program of programs)
        lines.push(...compare(kind, { target, program, folder, stamp }));
    } finally {
      await target.close();
    }
  }
  return {
    lines: [
      "from Enter to the first step on 2 ranks, ms of wall (CPU of this machine's side)",
      ...lines,
    ],
  };
}

/** A git checkout with the program, as a user has it. */
function checkout() {
  const folder = join(temporaryFolder(), "program");
  mkdirSync(folder);
  copyFileSync(join(here, "first_step.py"), join(folder, "first_step.py"));
  const git = (...words) => execFileSync("git", ["-C", folder, ...words]);
  git("init", "-q");
  git("add", ".");
  return folder;
}

function compare(kind, { target, program, folder, stamp }) {
  const command = [program.python, "first_step.py", ...program.words];
  const through = pitwallRun(
    "quality>=1",
    ...target.options,
    "--launcher",
    program.launcher,
    "--",
    ...command,
  );
  const ways = {
    bare: { command: target.bare(program), env: target.env },
    pitwall: { command: through, env: target.env },
    ...(kind === "ssh"
      ? { "pitwall, changed code": { command: through, env: target.env, changes: true } }
      : {}),
  };
  const samples = inTurn(program.pairs, ways, ({ command: words, env, changes = false }) => {
    const home = join(folder, "..", "home");
    if (changes)
      writeFileSync(
        join(folder, "first_step.py"),
        `${readFileSync(join(folder, "first_step.py"), "utf8")}\n`,
      );
    rmSync(stamp, { force: true });
    const enterMs = Date.now();
    const timing = timedRun(words, { cwd: folder, environment: { PITWALL_HOME: home, ...env } });
    rmSync(home, { recursive: true, force: true });
    return { ...timing, startMs: Number(readFileSync(stamp, "utf8")) - enterMs };
  });
  const [bare, ...others] = samples;
  const lines = samples.map(({ name, timings }) => {
    const [start, cpu] = ["startMs", "cpuMs"].map((key) =>
      spread(summarise(timings.map((one) => one[key]))),
    );
    return `  ${kind}, ${program.name}: ${name}`.padEnd(44) + `${start}  (${cpu})`;
  });
  for (const { name, timings } of others) {
    const over = summarise(timings.map((one, pair) => one.startMs - bare.timings[pair].startMs));
    const goal = goals[kind] === undefined ? "" : `, goal ${goals[kind]}`;
    lines.push(
      `  ${kind}, ${program.name}: ${name}, over bare`.padEnd(44) + `${spread(over)}${goal}`,
    );
  }
  return lines;
}

function torchrun({ python, words }, nodes, more) {
  return [
    python,
    "-m",
    "torch.distributed.run",
    `--nproc-per-node=${2 / nodes}`,
    ...more,
    "first_step.py",
    ...words,
  ];
}

const quoted = (words) => words.map((word) => `'${word}'`).join(" ");

async function openLocal() {
  return {
    options: ["--nproc", "2"],
    env: {},
    bare: (program) =>
      program.name === "plain"
        ? [
            "sh",
            "-c",
            `RANK=0 python3 first_step.py ${quoted(program.words)} & RANK=1 python3 first_step.py ${quoted(program.words)}; wait`,
          ]
        : torchrun(program, 1, []),
    close: () => undefined,
  };
}

async function openSsh(folder) {
  const lab = await sshLab(2);
  if (lab === undefined) return undefined;
  const address = execFileSync("ssh", ["-F", lab.config, "-G", "host1"], { encoding: "utf8" });
  const [, first] = /^hostname (.*)$/m.exec(address);
  const onHost = (program, index) =>
    program.name === "plain"
      ? `cd '${folder}' && RANK=${index} python3 first_step.py ${quoted(program.words)}`
      : `cd '${folder}' && GLOO_SOCKET_IFNAME=eth0 OMP_NUM_THREADS=1 ${quoted(
          torchrun(program, 2, [
            "--nnodes=2",
            `--node-rank=${index}`,
            `--master-addr=${first}`,
            "--master-port=29511",
          ]),
        )}`;
  return {
    options: ["--hosts", "host1,host2", "--ssh-config", lab.config],
    env: {},
    bare: (program) => {
      const commands = [0, 1].map(
        (index) => `ssh -T -F '${lab.config}' host${index + 1} "$${index + 1}" & `,
      );
      return [
        "sh",
        "-c",
        `${commands.join("")} wait`,
        "sh",
        onHost(program, 0),
        onHost(program, 1),
      ];
    },
    close: () => lab.down(),
  };
}

async function openSlurm(folder) {
  const lab = await slurmLab();
  if (lab === undefined) return undefined;
  const scripts = join(folder, "..");
  return {
    options: ["--on", "slurm", "--nodes", "2"],
    env: lab.env,
    bare: (program) => {
      const words =
        program.name === "plain"
          ? `RANK=\\$SLURM_PROCID python3 first_step.py ${quoted(program.words)}`
          : quoted(
              torchrun(program, 2, [
                "--nnodes=2",
                "--master-addr=127.0.0.1",
                "--master-port=29512",
              ]),
            ).replace("'--nnodes=2'", "--nnodes=2 --node-rank=\\$SLURM_NODEID");
      const path = join(scripts, `${program.name}.sbatch`);
      writeFileSync(
        path,
        `#!/bin/sh\n#SBATCH -N2 --ntasks-per-node=1 --output=/dev/null\nsrun sh -c "${words}"\n`,
      );
      return ["sbatch", "--wait", path];
    },
    close: () => lab.close(),
  };
}
