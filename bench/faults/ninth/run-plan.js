// The runs of the ninth set: FSDP2 with rich, Lightning Fabric and Accelerate on PyTorch's gloo; faults and oddities by environment. `bench/record-faults.js --plan ninth`.
// Written without a look at the diagnosis, answered once as it came; docs/diagnosis.md has that number.
import { run } from "../second-plan.js";

function training(program) {
  return (place, expected, inject, { words = "110", odd, options = [], ...more } = {}) => {
    const env = [
      ...(inject === "" ? [] : ["--env", `INJECT=${inject}`]),
      ...(odd === undefined ? [] : ["--env", `ODD=${odd}`]),
    ];
    const name = [program, words, inject, odd ?? ""].filter((each) => each !== "").join(" ");
    return run(place, name, expected, `${program}_loop.py ${words}`, {
      programs: "ninth/programs/",
      begins: /(?:step(?:_loss)?:? |batch +)(?:1[2-9]|[2-9]\d)\b/u,
      options: [...env, ...options],
      helper: words.includes("helper"),
      ...more,
    });
  };
}

const sharded = training("sharded");
const fabric = training("fabric");
const accelerate = training("accelerate");
const torchrun = { launcher: "torchrun" };
const long = "900";

export const ninthRuns = [
  sharded("local 4", "crash 2", "token_too_large:2:18"),
  fabric("local 3", "crash 1", "no_shard:1:24", { words: "110 workers", ...torchrun }),
  accelerate("local 2", "crash 0", "summary_of_tensors:0:30", torchrun),
  accelerate("local 3", "crash 2", "caused:2:22"),
  fabric("local 4", "out-of-memory 3", "no_address_space:3:20"),
  sharded("local 2", "disk-full 1", "full_database:1:25", torchrun),
  accelerate("local 3", "bad-checkpoint 2", "cut_state:2:0", { words: "110 resume" }),
  accelerate("local 3", "killed 2", "killed:2:26"),
  fabric("local 3", "killed 1", "", {
    words: long,
    about: "local 3: fabric SIGKILL from outside",
    act: { do: "kill-rank", rank: 1 },
    ...torchrun,
  }),
  sharded("local 4", "hang 3", "silent_server:3:28", { words: long }),
  fabric("local 3", "hang 0", "stuck_worker:0:30", { words: `${long} workers`, ...torchrun }),
  accelerate("local 4", "hang 2", "backtracking:2:33", { words: long }),
  sharded("local 2", "hang 1", "own_lock:1:27", { words: `${long} helper`, ...torchrun }),
  sharded("local 4", "collective-mismatch 1", "no_norm:1:30", { words: `${long} helper` }),
  accelerate("local 3", "collective-mismatch 2", "second_gather:2:31", { words: `${long} helper` }),
  fabric("local 3", "not-a-number", "poison:1:40"),
  accelerate("local 4", "not-a-number", "bad_pixels:all:50", torchrun),
  fabric("local 2", "loss-spike", "garbled:all:70", { words: "140" }),
  sharded("local 3", "compute-straggler 2", "slow_kernel:2:0", { words: "160 helper" }),
  accelerate("local 3", "data-starvation 1", "slow_reads:1:0", { words: "160 helper" }),
  fabric("local 3", "replica-divergence 2", "own_weights:2:41", { words: "110 helper replicas" }),
  accelerate("local 2", "launcher-killed", "", {
    words: long,
    about: "local 2: accelerate, Pitwall killed",
    act: { do: "kill-pitwall" },
  }),
  fabric("local 2", "out-of-time", "", { words: long, options: ["--max-time", "28s"] }),
  sharded("ssh 3x1", "configuration 2", "", {
    about: "ssh 3x1: sharded, a file that one host lacks",
    options: ["--env", "NEEDS=extra/vocabulary.txt"],
    lacking: "host3",
  }),
  accelerate("ssh 3x1", "host-lost 1", "", {
    about: "ssh 3x1: accelerate power-off",
    words: long,
    act: { do: "power-off", host: "host2" },
  }),
  sharded("local 3", "", "", { odd: "compiles" }),
  sharded("local 2", "", "", { odd: "retries", ...torchrun }),
  fabric("local 3", "", "", { odd: "stops" }),
  fabric("local 2", "", "", { odd: "auc", ...torchrun }),
  fabric("local 3", "", "", { words: "110 helper", odd: "evaluates" }),
  accelerate("local 3", "", "", { odd: "warns" }),
  accelerate("local 2", "", "", {
    words: long,
    about: "local 2: accelerate, interrupted by the user",
    act: { do: "interrupt" },
  }),
];
