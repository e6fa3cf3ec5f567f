// How the programs and launchers of the eleventh set print: steps of other trainers, and what ranks say whose peer is gone.
import { ranksOf } from "../fourth/folder-texts.js";

const count = (from, to, lineOf) => ranksOf(to - from).map((index) => lineOf(from + index));
const two = (value) => String(value).padStart(2, "0");

/** A time of the day on 1 December, some seconds after ten o'clock. */
export const clock = (seconds) =>
  `${two(10 + Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(Math.floor(seconds) % 60)}`;

/** A loss that falls and trembles. */
export const falling = (index) =>
  7.9 * Math.exp(-index / 260) + 1.6 + 0.03 * Math.sin(2.3 * index) + 0.02 * Math.cos(7.1 * index);

/** Hugging Face Trainer */
export const hfTrainer = (from, to, { loss = (i) => falling(i).toFixed(4), grad } = {}) =>
  count(
    from,
    to,
    (i) =>
      `{'loss': ${loss(i)}, 'grad_norm': ${grad?.(i) ?? (1.1 + 0.2 * Math.sin(i)).toFixed(6)}, 'learning_rate': ${(5e-5 - 2e-8 * i).toExponential(6)}, 'epoch': ${(i / 410).toFixed(2)}}`,
  );

/** Megatron-LM */
export const megatron = (
  from,
  to,
  { loss = (i) => falling(i).toExponential(6).toUpperCase(), ms = (i) => 2104.1 + (i % 7) } = {},
) =>
  count(
    from,
    to,
    (i) =>
      ` [2026-12-01 ${clock(2.1 * i)}] iteration ${String(i).padStart(8)}/  500000 | consumed samples: ${String(256 * i).padStart(12)} | elapsed time per iteration (ms): ${ms(i).toFixed(1)} | throughput per GPU (TFLOP/s/GPU): ${(865_000 / ms(i)).toFixed(1)} | learning rate: 1.500000E-04 | global batch size:   256 | lm loss: ${loss(i)} | loss scale: 1.0 | grad norm: ${(0.9 + 0.1 * Math.sin(i)).toFixed(3)} | number of skipped iterations:   0 | number of nan iterations:   0 |`,
  );

/** MaxText */
export const maxtext = (from, to, { seconds = (i) => 4.1 + 0.01 * (i % 5) } = {}) =>
  count(
    from,
    to,
    (i) =>
      `completed step: ${i}, seconds: ${seconds(i).toFixed(3)}, TFLOP/s/device: 201.1${i % 10}4, Tokens/s/device: 8114.2${i % 10}1, total_weights: 1048576, loss: ${falling(i).toFixed(3)}`,
  );

/** PyTorch Lightning's bar, as it stands in a file */
export const lightning = (from, to, { total = 2000, loss = (i) => falling(i).toFixed(3) } = {}) =>
  count(
    from,
    to,
    (i) =>
      `Epoch 0:  ${String(Math.floor((100 * i) / total)).padStart(2)}%|${"█".repeat(Math.floor((10 * i) / total))}${" ".repeat(10 - Math.floor((10 * i) / total))}| ${i}/${total} [${clock(i).slice(3)}<18:4${i % 10},  1.6${i % 10}it/s, v_num=4412, train_loss=${loss(i)}]`,
  );

/** torchtitan */
export const titan = (from, to) =>
  count(
    from,
    to,
    (i) =>
      `[titan] 2026-12-01 ${clock(3 * i)},114 - root - INFO - step: ${String(i).padStart(2)}  loss:  ${falling(i).toFixed(4)}  grad_norm:  ${(1.2 + 0.1 * Math.sin(i)).toFixed(4)}  memory: 41.20GiB(52.10%)  tps: 7,4${10 + (i % 9)}  tflops: 301.22  mfu: 30.46%`,
  );

/** NeMo 2 */
export const nemo = (from, to) =>
  count(
    from,
    to,
    (i) =>
      `Training epoch 0, iteration ${i}/9999 | lr: 1.2e-05 | global_batch_size: 512 | global_step: ${i} | reduced_train_loss: ${falling(i).toFixed(3)} | train_step_timing in s: 6.2${i % 10} | consumed_samples: ${512 * i}`,
  );

/** Keras' bar */
export const keras = (from, to, { loss = (i) => falling(i).toFixed(4) } = {}) =>
  count(
    from,
    to,
    (i) =>
      `${String(i).padStart(4)}/5004 [${"=".repeat(1 + Math.floor(i / 167))}>${".".repeat(29 - Math.floor(i / 167))}] - ETA: 41:1${i % 10} - loss: ${loss(i)} - accuracy: 0.${40 + (i % 9)}11`,
  );

/** Ray Train: a program's own line behind the label of a worker */
export const rayWorker = (pid, ip, from, to) =>
  count(
    from,
    to,
    (i) =>
      `(RayTrainWorker pid=${pid}, ip=${ip}) step ${i}: loss=${falling(i).toFixed(4)} tokens_per_s=41${i % 10}2`,
  );

/** DeepSpeed */
export const deepspeed = (from, to) =>
  count(
    from,
    to,
    (i) =>
      `[2026-12-01 ${clock(5 * i)},114] [INFO] [logging.py:128:log_dist] [Rank 0] step=${10 * i}, skipped=0, lr=[9.65e-06], mom=[(0.9, 0.95)]\n[2026-12-01 ${clock(5 * i)},116] [INFO] [timer.py:264:stop] epoch=0/micro_step=${40 * i}/global_step=${10 * i}, RunningAvgSamplesPerSec=61.4${i % 10}, CurrSamplesPerSec=61.7${i % 10}, MemAllocated=17.31GB, MaxMemAllocated=44.02GB\nsteps: ${10 * i} loss: ${falling(10 * i).toFixed(4)} iter time (s): 4.15${i % 10} samples/sec: 61.4${i % 10}`,
  );

/** A traceback of a training script, frame by frame. */
export const raised = (
  last,
  frames = [["/workspace/train.py", 412, "loss = model(batch).loss"]],
) => [
  "Traceback (most recent call last):",
  ...frames.flatMap(([file, line, call]) => [
    `  File "${file}", line ${line}, in main`,
    `    ${call}`,
  ]),
  ...[last].flat(),
];

/** NCCL's words where another process has gone, as torch raises them. */
export const peerGone = (ip, port = 48_211) =>
  raised(
    [
      "torch.distributed.DistBackendError: NCCL error in: /pytorch/torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp:2251, remote process exited or there was a network error, NCCL version 2.21.5",
      "ncclRemoteError: A call failed possibly due to a network error or a remote process exiting prematurely.",
      "Last error:",
      `socketProgress: Connection closed by remote peer ${ip}<${port}>`,
    ],
    [
      ["/workspace/train.py", 418, "loss.backward()"],
      ["/opt/env/lib/python3.11/site-packages/torch/_tensor.py", 581, "torch.autograd.backward("],
    ],
  );

/** What the watchdog of torch says of a collective that nobody finishes. */
export const watchdog = (rank, seq, { minutes = 10, op = "ALLREDUCE", last = seq } = {}) => [
  `[rank${rank}]:[E1201 11:14:02.${114_204_118 + rank} ProcessGroupNCCL.cpp:616] [Rank ${rank}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=${seq}, OpType=${op}, NumelIn=26214400, NumelOut=26214400, Timeout(ms)=${minutes * 60_000}) ran for ${minutes * 60_000 + 42 + rank} milliseconds before timing out.`,
  `[rank${rank}]:[E1201 11:14:02.${115_204_118 + rank} ProcessGroupNCCL.cpp:1785] [PG ID 0 PG GUID 0(default_pg) Rank ${rank}] Exception (either an error or timeout) detected by watchdog at work: ${seq}, last enqueued NCCL work: ${last}, last completed NCCL work: ${seq - 1}.`,
];

export const omp = [
  "W1201 10:00:02.118204 140221 torch/distributed/run.py:793] *****************************************",
  "W1201 10:00:02.118204 140221 torch/distributed/run.py:793] Setting OMP_NUM_THREADS environment variable for each process to be 1 in default, to avoid your system being overloaded, please further tune the variable for optimal performance in your application as needed. ",
  "W1201 10:00:02.118204 140221 torch/distributed/run.py:793] *****************************************",
];

/** One file for each rank. */
export const perRank = (count, nameOf, textOf) =>
  Object.fromEntries(ranksOf(count).map((rank) => [nameOf(rank), textOf(rank)]));

/** A dump of py-spy. */
export const pySpy = (pid, command, threads) => [
  `Process ${pid}: ${command}`,
  "Python v3.11.9 (/opt/env/bin/python3.11)",
  "",
  ...threads.flatMap(([state, name, ...frames], index) => [
    `Thread ${index === 0 ? pid : pid + 40 + index} (${state}): "${name}"`,
    ...frames.map((frame) => `    ${frame}`),
  ]),
];

/** An entry of the flight recorder, as JSON. */
export const flightEntry = (
  seq,
  { op = "all_reduce", sizes = [[26_214_400]], state = "completed", line = 418 },
) => ({
  record_id: seq - 1,
  pg_id: 0,
  process_group: ["0", "default_pg"],
  collective_seq_id: seq,
  p2p_seq_id: 0,
  op_id: seq,
  profiling_name: `nccl:${op}`,
  time_created_ns: 1_796_119_200_000_000_000 + seq * 210_000_000,
  input_sizes: sizes,
  input_dtypes: ["Float"],
  output_sizes: sizes,
  output_dtypes: ["Float"],
  state,
  time_discovered_started_ns:
    state === "scheduled" ? null : 1_796_119_200_100_000_000 + seq * 210_000_000,
  time_discovered_completed_ns:
    state === "completed" ? 1_796_119_200_150_000_000 + seq * 210_000_000 : null,
  retired: state === "completed",
  timeout_ms: 600_000,
  is_p2p: false,
  frames: [{ name: "main", filename: "/workspace/train.py", line }],
});

export const flightDump = (world, entries) =>
  JSON.stringify({
    version: "2.4",
    pg_config: { 0: { name: "0", desc: "default_pg", ranks: JSON.stringify(ranksOf(world)) } },
    pg_status: {
      0: {
        last_enqueued_collective: entries.at(-1).collective_seq_id,
        last_started_collective: entries.at(-1).collective_seq_id,
        last_completed_collective: entries.findLast((each) => each.state === "completed")
          .collective_seq_id,
      },
    },
    entries,
  });
