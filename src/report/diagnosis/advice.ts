import type { Cause, CauseKind } from "../../schema/diagnosis/diagnosis.ts";

/**
 * What to do about a cause, the first step first.
 *
 * @param runId the run that was diagnosed; absent for files of a job that ran elsewhere
 */
export function adviceFor(cause: Cause, runId?: string): readonly string[] {
  const [rank] = cause.ranks;
  const log = rank === undefined ? "" : ` --rank ${rank}`;
  const texts = [...missingModule(cause), ...advice[cause.kind], ...memoryAdvice(cause)];
  return texts.map((text) => {
    const ofRank = text.replaceAll("{rank}", log);
    return runId === undefined ? ofRank : ofRank.replaceAll("<run>", runId);
  });
}

function memoryAdvice(cause: Cause): string[] {
  if (cause.kind !== "out-of-memory") return [];
  return cause.memory === "host"
    ? ["under Slurm, request more memory: `--sbatch=--mem=64G`"]
    : [
        "if much is reserved but not allocated: `--env PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True`",
      ];
}

/** Python lacks a package: often another Python than the one meant was found first. */
function missingModule(cause: Cause): string[] {
  const text =
    cause.kind === "crash"
      ? cause.error
      : cause.kind === "configuration"
        ? cause.detail
        : undefined;
  const name = /No module named '(?<name>[\w.]+)'/u.exec(text ?? "")?.groups?.["name"];
  if (name === undefined) return [];
  return [
    `this Python lacks \`${name}\`: name another, as in \`--env PATH=/opt/venv/bin:$PATH\`, or install it with \`--set-up\``,
  ];
}

const advice: Record<CauseKind, readonly string[]> = {
  crash: [
    "read its output: `pitwall show <run> --log{rank}`",
    "start the program alone with the same seed",
  ],
  killed: [
    "look for the OOM killer on its host: `dmesg | grep -i oom`, `journalctl -k`",
    "if a person or a scheduler ended it, start the run again; `--max-restarts` does that automatically",
  ],
  "out-of-memory": [
    "use smaller batches per rank, or accumulate gradients",
    "`pitwall fits` computes what a training needs",
  ],
  "host-lost": [
    "check the host before it is used again: `pitwall hosts check`",
    "start the run again without it",
  ],
  "disk-full": [
    "free space where the program writes, or write checkpoints to another disk",
    "keep fewer checkpoints",
  ],
  "bad-checkpoint": [
    "continue from the checkpoint before it",
    "write each checkpoint to a file of another name, and rename it when it is complete",
  ],
  preemption: ["continue from the last checkpoint", "use a partition that is not preempted"],
  "out-of-time": ["raise the limit, or continue from the last checkpoint"],
  "launcher-killed": [
    "`pitwall attach <run>` takes the run over if its hosts still run it, and starts its next attempt if it ran on this machine with `--max-restarts`",
    "start a run that must outlive its terminal with `setsid`, `nohup`, tmux or a scheduler",
  ],
  "accelerator-error": [
    "drain the host and test the GPU before it is used again",
    "`nvidia-smi -q -d ECC,ROW_REMAPPER` shows memory errors",
  ],
  "not-a-number": [
    "look at the batch and the learning rate of the step before it",
    "clip gradients, or use bfloat16 instead of float16",
  ],
  "loss-spike": [
    "look at the batches of that step",
    "a lower learning rate or gradient clipping avoids most spikes",
  ],
  "compute-straggler": [
    "compare its host with the others: `pitwall hosts check`",
    "look for other processes, a lower clock rate or fewer cores there",
  ],
  "data-starvation": [
    "use more loader workers, or prefetch",
    "check the speed of the disk that the data is read from",
    "a printed data time includes computation if the program does not wait for the GPU before it reads the clock",
  ],
  "thermal-throttle": [
    "`nvidia-smi -q -d TEMPERATURE,PERFORMANCE` shows why the clocks are lowered",
    "check the fans, the air filters and the temperature of the room of that host",
  ],
  lock: [
    "`py-spy dump --native` shows which thread holds the lock",
    "move work from threads of the training process to processes of its loader",
  ],
  "slow-link": [
    "test the network between the hosts: `pitwall hosts check`",
    "look at the error counters of the interface, the cable and the switch port: `ip -s link`, `ethtool -S`",
  ],
  "replica-divergence": [
    "continue from a checkpoint of before that step: what follows was trained on different parameters",
    "test the memory and the GPU of that rank's host before it is used again",
  ],
  "silent-corruption": [
    "continue from a checkpoint of before that step, or of before the last step that was verified",
    "test the memory and the processor or GPU of that rank's host before it is used again",
  ],
  configuration: ["install the same environment on all hosts; `pitwall hosts check` compares them"],
  "clock-step": ["synchronize the clock with chrony or NTP, which adjust it gradually"],
  "collective-mismatch": [
    "look for a condition that depends on the rank, or on data, around that call",
    "`TORCH_DISTRIBUTED_DEBUG=DETAIL` makes PyTorch compare collectives before it starts them",
  ],
  hang: [
    "look at where the rank is: `py-spy dump --pid <pid>` on its host",
    "its loader, a lock or a file system may not answer",
  ],
  "stalled-collective": [
    "test the network between the hosts: `pitwall hosts check`",
    "look for link errors and GPU errors in the kernel log of each host",
  ],
  "connection-lost": [
    "look at the ranks that printed no error, and at their hosts",
    "record Flight Recorder dumps, which show who was missing: docs/diagnosis.md",
  ],
};
