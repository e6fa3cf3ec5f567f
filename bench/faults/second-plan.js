// A second set of runs of other programs, written without a look at the rules of the diagnosis: `bench/record-faults.js --plan second`.
// It was scored as it came, before anything was changed for it; docs/diagnosis.md has that number beside the one of the first set.

/** @param expected what is injected: `KIND RANK,RANK`, joined by ` + `; empty for a run without a fault */
export function run(place, name, expected, command, more = {}) {
  const [target, size] = place.split(" ");
  const [hosts, perHost] = size.includes("x") ? size.split("x").map(Number) : [1, Number(size)];
  const causes = expected === "" ? [] : expected.split(" + ").map(causeOf);
  const waits = causes.some(({ kind }) => kind === "hang" || kind === "collective-mismatch");
  return {
    about: `${place}: ${name}`,
    target,
    hosts,
    perHost,
    ranks: more.ranks ?? hosts * perHost,
    expected: causes,
    programs: "second/",
    command: command.split(" "),
    faults: [],
    words: [],
    capture: waits ? "stuck" : "end",
    begins: /(?:\b(?:step|iter(?:ation)?)\W+(?:1[2-9]|[2-9]\d)\b|\b(?:1[2-9]|[2-9]\d)\/\d+)/iu,
    ...more,
  };
}

function causeOf(text) {
  const [kind, ranks = ""] = text.split(" ");
  return { kind, ranks: ranks === "" ? [] : ranks.split(",").map(Number) };
}

/** The training in plain Python, in which rank 0 adds up. */
function star(place, expected, words, more = {}) {
  const { name, ...rest } = more;
  const command = `star_loop.py ${words}`.trimEnd();
  return run(place, `star ${name ?? words.replaceAll("--", "")}`, expected, command, rest);
}

/** As a job in a public issue ended. */
function reported(place, expected, report, words = "") {
  const rank = /(\d+)/u.exec(expected)?.[1] ?? "0";
  const command = `replay_loop.py --report ${report} --rank ${rank} ${words}`.trimEnd();
  return run(place, `as reported, ${report} ${words}`.trimEnd(), expected, command, {
    capture: "end",
  });
}

function ddp(place, expected, words, more = {}) {
  return run(place, `ddp ${words.replaceAll("--", "")}`, expected, `ddp_loop.py ${words}`, {
    launcher: "torchrun",
    ...more,
  });
}

const long = "--steps 600";

const crashes = [
  star("local 4", "crash 2", "--fault thread_dies:2:30 --format json"),
  star("local 3", "crash 1", "--fault chained:1:22:data --format loguru --words plain"),
  star("ssh 2x2", "crash 3", "--fault group:3:26 --format absl"),
  star("local 4", "crash 3", "--fault aborts:3:19 --format tqdm"),
  star("local 4", "crash 1", "--fault null_pointer:1:35 --format prefix --words german"),
  star("slurm 2x2", "crash 2", "--fault bus:2:24 --format megatron"),
  star("local 5", "crash 4", "--fault illegal:4:21 --format csv"),
  star("local 4", "crash 0", "--fault divides:0:28 --format german --words german"),
  star("local 4", "crash 2", "--fault json_fatal:2:20 --format json"),
  star("mpi 4", "crash 1", "--fault mute_exit:1:17 --format fairseq"),
  star("local 4", "crash 3", "--fault german:3:31 --format german --words german"),
  star("ssh 2x2", "crash 1", "--fault chinese:1:18:data --format chinese"),
  star("local 4", "crash 0", "--fault logged_critical:0:33 --format quiet"),
  star("local 4", "crash 0,1,2,3", "--fault torn_checkpoint:-1:0:start"),
  star("slurm 2x2", "crash 3", "--fault torn_zip:3:0:start --format keras"),
  star("local 6", "crash 5", "--fault assertion:5:27 --format detectron --words plain"),
  star("local 4", "crash 2", "--fault import_late:2:40:evaluation --format timm"),
  star("local 4", "crash 1", "--fault permission:1:39:checkpoint --format mmengine"),
  ddp("local 4", "crash 2", "--fault torn_tensor:2:0:start"),
  ddp("local 4", "crash 1", "--fault shape_of_weights:1:24 --format deepspeed"),
  ddp("local 3", "crash 1", "--worker segfault:1:400 --workers 2 --format tqdm"),
  run(
    "local 1",
    "torchrun in a script, chained:2:15",
    "crash 2",
    "ddp_loop.py --fault chained:2:15",
    {
      starter: ["bash", "wrapped.sh", "torchrun"],
      ranks: 4,
    },
  ),
  run(
    "local 1",
    "mp.spawn, struct_error:1:20",
    "crash 1",
    "spawn_loop.py --fault struct_error:1:20",
    {
      ranks: 3,
    },
  ),
  run(
    "local 1",
    "pool, sigkill of a process",
    "crash 0",
    "spawn_loop.py --pool --fault sigkill:1:12",
  ),
  run("local 1", "command not found", "crash 0", "star_loop.py", {
    starter: ["bash", "wrapped.sh", "missing"],
  }),
  run(
    "local 2",
    "trainer of transformers, chained:1:31",
    "crash 1",
    "trainer_hf.py --fault chained:1:31",
    {
      launcher: "torchrun",
    },
  ),
  run(
    "local 1",
    "lightning, assertion:0:25",
    "crash 0",
    "trainer_lightning.py --ranks 1 --fault assertion:0:25",
  ),
  reported("local 4", "crash 3", "device-assert"),
];

const resources = [
  star("local 4", "out-of-memory 1", "--fault address_space:1:24 --format json"),
  star("ssh 2x2", "out-of-memory 2", "--fault no_map:2:30:data --format tqdm"),
  star("local 4", "out-of-memory 3", "--fault french_memory:3:22 --words german"),
  reported("local 4", "out-of-memory 2", "cuda-memory"),
  reported("local 4", "out-of-memory 1", "jax-memory", "--format absl"),
  reported("local 4", "out-of-memory 3", "tensorflow-memory", "--format keras"),
  reported("slurm 2x2", "out-of-memory 1", "cublas"),
  reported("local 4", "out-of-memory 0", "hip-memory", "--format deepspeed"),
  reported("local 4", "out-of-memory 2", "loader-memory", "--format tqdm"),
  reported("local 4", "out-of-memory 1", "host-memory"),
  star("local 4", "disk-full 0", "--fault file_limit:0:39:checkpoint --format timm"),
  star("local 4", "disk-full 2", "--fault quota:2:39:checkpoint --format json"),
  star("ssh 2x2", "disk-full 1", "--fault shell_disk:1:26:data --words plain"),
  star("local 4", "disk-full 0", "--fault logged_disk:0:39:checkpoint --format loguru"),
  reported("local 4", "disk-full 3", "safetensors-disk"),
  reported("slurm 2x2", "disk-full 0", "writer"),
  run(
    "local 2",
    "trainer of transformers, tiny disk",
    "disk-full 0",
    "trainer_hf.py --fault shell_disk:0:40:checkpoint",
    {
      launcher: "torchrun",
    },
  ),
  reported("local 4", "accelerator-error 2", "ecc"),
  reported("ssh 2x2", "accelerator-error 3", "off-bus"),
  reported("local 4", "accelerator-error 1", "illegal-address", "--format deepspeed"),
  reported("local 8", "accelerator-error 6", "nvlink"),
  reported("local 4", "accelerator-error 0", "cudnn", "--format timm"),
];

const killed = [
  reported("local 4", "killed 3", "killed"),
  reported("ssh 2x2", "killed 1", "killed-abort", "--format mmengine"),
  reported("local 4", "killed 2", "loader-killed"),
  ddp("local 3", "killed 2", "--worker killed:2:400 --workers 1 --format plain"),
  run(
    "local 1",
    "torchrun in a script, sigkill:1:20",
    "killed 1",
    "ddp_loop.py --fault sigkill:1:20",
    {
      starter: ["bash", "wrapped.sh", "torchrun"],
      ranks: 4,
    },
  ),
  run("local 1", "mp.spawn, sigkill:2:18", "killed 2", "spawn_loop.py --fault sigkill:2:18", {
    ranks: 3,
  }),
  run(
    "local 4",
    "star in a script, sigkill:2:25",
    "killed 2",
    "star_loop.py --fault sigkill:2:25",
    {
      starter: ["bash", "wrapped.sh", "plain"],
    },
  ),
  run(
    "local 3",
    "star in a script with a pipe, sigkill:1:25",
    "killed 1",
    "star_loop.py --fault sigkill:1:25 --format json",
    {
      starter: ["bash", "wrapped.sh", "strict"],
    },
  ),
  star("local 4", "killed 3", `${long} --format json`, {
    name: "SIGHUP",
    act: { do: "kill-rank", rank: 3, signal: "SIGHUP" },
  }),
  star("local 4", "killed 1", `${long} --format loguru`, {
    name: "SIGINT of one rank",
    act: { do: "kill-rank", rank: 1, signal: "SIGINT" },
  }),
  star("ssh 3x2", "host-lost 4,5", `${long} --format json --words german`, {
    name: "power-off",
    act: { do: "power-off", host: "host3" },
  }),
  star("slurm 2x2", "host-lost 2,3", `${long} --format megatron`, {
    name: "kill-node",
    act: { do: "kill-node", host: "node2" },
  }),
  star("slurm 2x2", "preemption", `${long} --format timm`, {
    name: "preempt",
    act: { do: "preempt" },
  }),
  star("local 3", "launcher-killed", `${long} --format json`, {
    name: "launcher killed",
    act: { do: "kill-pitwall" },
    capture: "running",
  }),
  star("local 3", "out-of-time", `${long} --format tqdm`, {
    name: "--max-time",
    options: ["--max-time", "6s"],
  }),
  run("local 3", "star in a script, ended by timeout", "out-of-time", `star_loop.py ${long}`, {
    starter: ["bash", "wrapped.sh", "timeout"],
  }),
];

const hangs = [
  star("local 4", "hang 2", `${long} --fault two_locks:2:30 --format json`),
  star("local 4", "hang 1", `${long} --fault forever:1:34 --format tqdm --helper`),
  star("local 4", "hang 3", `${long} --fault pipe:3:28:data --format megatron`),
  star("ssh 2x2", "hang 1", `${long} --fault no_reply:1:33:data --format absl --helper`),
  star("local 4", "hang 0", `${long} --fault process_queue:0:29 --format loguru --helper`),
  star("slurm 2x2", "hang 2", `${long} --fault file_lock:2:31:data --format timm --helper`),
  star("local 3", "hang 1", `${long} --fault child_exits:1:36:data --format csv`),
  star("local 5", "hang 4", `${long} --fault joins:4:39:checkpoint --format chinese`),
  ddp("local 3", "hang 1", `--steps 400 --worker hangs:1:900 --workers 1 --helper --format timm`),
  ddp("local 4", "hang 2", "--steps 400 --fault forever:2:30 --timeout 8", { capture: "end" }),
  ddp("local 4", "hang 3", "--steps 400 --fault pipe:3:35 --monitor --timeout 20", {
    capture: "end",
  }),
  reported("local 4", "hang 2", "silent-rank"),
  ddp("local 4", "collective-mismatch 3", "--collective shape:3:30 --helper"),
  ddp("local 4", "collective-mismatch 1", "--collective other:1:33 --helper --format mmengine"),
  ddp("local 4", "collective-mismatch 0", "--collective again:0:31 --helper --format json"),
  reported("local 4", "collective-mismatch 2", "other-operation"),
];

const numbers = [
  star("local 4", "not-a-number", "--fault poisoned:2:30 --format json"),
  star("local 4", "not-a-number 2", "--fault poisoned:2:33 --format prefix --all"),
  star("local 3", "not-a-number", "--fault exploding:-1:40 --format megatron"),
  star("ssh 2x2", "not-a-number", "--fault poisoned:-1:35 --format tqdm"),
  star("local 3", "not-a-number", "--fault poisoned:-1:41 --format fairseq --every 1"),
  reported("local 3", "not-a-number", "loss-scale", "--format deepspeed"),
  reported("local 3", "not-a-number", "loss-stops", "--format plain"),
  reported("local 2", "not-a-number", "loss-floating", "--format detectron"),
  run(
    "local 1",
    "lightning, poisoned:0:40",
    "not-a-number",
    "trainer_lightning.py --ranks 1 --fault poisoned:0:40",
  ),
  star("local 4", "loss-spike", "--fault spiky:-1:80 --format json --every 1"),
  star("local 3", "loss-spike", "--fault spiky:-1:85 --format detectron --every 1 --helper"),
];

const slow = [
  star("local 4", "compute-straggler 2", "--fault slow_matmul:2:0 --helper --format json"),
  star("ssh 2x2", "compute-straggler 3", "--fault slow_matmul:3:25 --helper --format tqdm"),
  ddp("local 4", "compute-straggler 1", "--fault slow_matmul:1:0 --helper --format deepspeed"),
  star("local 4", "data-starvation 1", "--fault slow_disk:1:0 --helper --format timm"),
  star("slurm 2x2", "data-starvation", "--fault slow_disk:-1:0 --helper --format absl"),
];

const several = [
  star("ssh 3x2", "configuration 2,3", "--fault old_module:-1:0:start", { stale: "host2" }),
  star("ssh 3x2", "configuration 4,5", "--fault old_version:-1:0:start --words plain", {
    stale: "host3",
  }),
  star("ssh 3x1", "configuration 0", "--fault no_data:-1:0:start --words german", {
    lacking: "host1",
  }),
  star(
    "local 4",
    "out-of-memory 1 + crash 3",
    "--fault no_map:1:30 --fault group:3:30 --format json",
  ),
  star(
    "local 4",
    "compute-straggler 0 + disk-full 2",
    "--fault slow_matmul:0:0 --fault quota:2:79:checkpoint --helper",
  ),
];

const odd = (place, words, more) => star(place, "", words, more);

const healthy = [
  odd("local 4", "--odd evaluates --format json"),
  odd("slurm 2x2", "--odd evaluates --format megatron --helper"),
  odd("local 4", "--odd words --format loguru"),
  odd("ssh 2x2", "--odd words --odd metrics --format absl"),
  odd("local 4", "--odd retries --format plain"),
  odd("local 4", "--odd retries --odd network --format json --helper --all"),
  odd("local 4", "--odd metrics --format tqdm"),
  odd("local 4", "--odd missing --odd nccl --format prefix --all"),
  odd("local 4", "--odd compiles --format timm"),
  odd("local 4", "--odd recompiles --format detectron --helper"),
  odd("local 3", "--odd trace --format keras"),
  odd("local 3", "--odd unraisable --odd fd --format mmengine"),
  odd("ssh 2x2", "--odd stops --format fairseq"),
  odd("local 4", "--odd memory --format deepspeed"),
  odd("local 4", "--odd overflow --format deepspeed"),
  odd("local 4", "--odd child --format csv"),
  odd("slurm 2x2", "--odd resamples --format german"),
  odd("local 4", "--odd talks --format chinese --every 10"),
  odd("local 4", "--odd warm --format json --every 1"),
  odd("local 3", "--odd phases --format detectron --every 1 --helper"),
  odd("local 4", "--odd heavy --format json --every 1 --helper"),
  odd("local 4", "--odd negative --format plain --every 1"),
  odd("local 4", "--odd saves --format timm --helper"),
  odd("local 4", "--format quiet --steps 250"),
  odd("mpi 4", "--odd alarm --format csv"),
  odd("local 4", "--odd below --format absl"),
  ddp("local 4", "", "--first 11 --format timm"),
  ddp("local 2", "", "--workers 2 --format tqdm --helper"),
  run("local 1", "torchrun in a script", "", "ddp_loop.py --format prefix --all", {
    starter: ["bash", "wrapped.sh", "torchrun"],
    ranks: 4,
  }),
  run("local 1", "mp.spawn", "", "spawn_loop.py --format loguru", { ranks: 3 }),
  run("local 1", "pool", "", "spawn_loop.py --pool --format keras"),
  run("local 2", "trainer of transformers", "", "trainer_hf.py", { launcher: "torchrun" }),
  run("local 1", "lightning", "", "trainer_lightning.py --ranks 1"),
  run("local 3", "star in a script that ignores its end", "", "star_loop.py --odd trace", {
    starter: ["bash", "wrapped.sh", "ignore"],
  }),
  star("local 4", "", `${long} --format json`, {
    name: "interrupted by the user",
    act: { do: "interrupt" },
  }),
];

export const secondRuns = [
  ...crashes,
  ...resources,
  ...killed,
  ...hangs,
  ...numbers,
  ...slow,
  ...several,
  ...healthy,
];
