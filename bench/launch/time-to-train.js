// Time to train of the workload `image` on two ranks, under Pitwall over bare torchrun, same seed, in turn.
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inTurn, spread } from "../overhead/in-turn.js";
import { timedRun } from "../overhead/timed-run.js";
import { hasTorch, logOfRun, pitwallRun, root, temporaryFolder } from "./bench-pitwall.js";

const { summarise } = await import("../../build/foundation/numbers/statistics.js");

export function measureTrain({ pairs, python, seed, quality }) {
  if (!hasTorch(python)) return { lines: [] };
  const folder = temporaryFolder();
  const program = join(root, "workloads", "torch", "image.py");
  const words = [program, "--target", String(quality)];
  const home = join(folder, "home");
  const logs = join(folder, "logs");
  const ways = {
    torchrun: {
      // Output goes to files, as it does under Pitwall; `timedRun` discards the rest.
      command: [
        python,
        "-m",
        "torch.distributed.run",
        "--nproc-per-node=2",
        `--log-dir=${logs}`,
        "--redirects=3",
        ...words,
      ],
      log: () => readFileSync(findLog(logs), "utf8"),
    },
    pitwall: {
      command: pitwallRun(
        `accuracy>=${quality}`,
        "--nproc",
        "2",
        "--seed",
        String(seed),
        "--",
        python,
        ...words,
      ),
      log: () => logOfRun(home),
    },
  };
  const samples = inTurn(pairs, ways, ({ command, log }) => {
    mkdirSync(logs, { recursive: true });
    const environment = { PITWALL_HOME: home, PITWALL_SEED: String(seed), OMP_NUM_THREADS: "1" };
    const timing = timedRun(command, { cwd: folder, environment });
    const text = log();
    for (const each of [home, logs]) rmSync(each, { recursive: true, force: true });
    return { ...timing, trainMs: trainMs(text), quality: lastQuality(text) };
  });
  const [bare, run] = samples;
  const ratio = (key) =>
    summarise(run.timings.map((one, pair) => one[key] / bare.timings[pair][key]));
  const describe = ({ name, timings }) => {
    const [train, wall, cpu] = ["trainMs", "wallMs", "cpuMs"].map((key) =>
      spread(summarise(timings.map((one) => one[key] / 1000)), 2),
    );
    return `  ${name.padEnd(10)} clock ${train} s, whole command ${wall} s, CPU ${cpu} s, last accuracy ${[...new Set(timings.map((one) => one.quality))].join(", ")}`;
  };
  return {
    lines: [
      `time to train of image to ${quality}, 2 ranks, seed ${seed}, ${pairs} pairs`,
      ...samples.map(describe),
      `  Pitwall over torchrun: clock ${spread(ratio("trainMs"), 3)}, goal 1.01; CPU ${spread(ratio("cpuMs"), 3)}; whole command ${spread(ratio("wallMs"), 3)}`,
    ],
  };
}

/** torchrun puts the output of rank 0 below `<job>/attempt_0/0/`. */
function findLog(logs) {
  const found = readdirSync(logs, { recursive: true }).find((path) =>
    path.endsWith("/0/stdout.log"),
  );
  return join(logs, found);
}

function eventTime(text, key) {
  const line = text
    .split("\n")
    .find((each) => each.includes(`"key": "${key}"`) || each.includes(`"key":"${key}"`));
  return Number(/"time_ms": ?(\d+)/.exec(line)[1]);
}

function trainMs(text) {
  return eventTime(text, "run_stop") - eventTime(text, "run_start");
}

function lastQuality(text) {
  return text
    .match(/"eval_accuracy", "value": ?([\d.]+)/g)
    ?.at(-1)
    .split(":")
    .at(-1)
    .trim();
}
