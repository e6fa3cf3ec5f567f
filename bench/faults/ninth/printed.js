// How the programs of the ninth set print their steps: formats that the earlier sets do not have.
import { ranksOf } from "../fourth/folder-texts.js";

const count = (from, to, lineOf) => ranksOf(to - from).map((index) => lineOf(from + index));
const two = (value) => String(value).padStart(2, "0");
const fall = (index, digits = 4) => (2.9 - 0.008 * index).toFixed(digits);
const clock = (index) => `${two(9 + Math.floor(index / 60))}:${two(index % 60)}`;

/** structlog's console: event first, keys in alphabetical order */
export const structlog = (from, to, { loss = fall, more = "" } = {}) =>
  count(
    from,
    to,
    (index) =>
      `2026-12-01T${clock(index)}:07.318204Z [info     ] optimizer_step                 [trainer.loop] grad_norm=0.4${index % 10} loss=${loss(index)} lr=0.0003 ${more}step=${index} tokens_per_second=512${index % 10}1`,
  );

/** nanotron */
export const nanotron = (from, to, { loss = fall } = {}) =>
  count(
    from,
    to,
    (index) =>
      `12/01/2026 ${clock(index)}:41 [INFO|DP=0|PP=1|TP=0|gpu-3]: iteration: ${index} / 4000 | consumed_tokens: ${(4.19 * index).toFixed(1)}M | elapsed_time_per_iteration_ms: 4.1K | tokens_per_sec: 256K | tokens_per_sec_per_gpu: 16K | global_batch_size: 1.02K | lm_loss: ${loss(index)} | lr: 0.0003 | model_tflops_per_gpu: 171 | grad_norm: 0.41${index % 10}`,
  );

/** open_clip */
export const clip = (from, to, { data = () => "0.012", batch = () => "0.413" } = {}) =>
  count(
    from,
    to,
    (index) =>
      `2026-12-01,${clock(index)}:02 | INFO | Train Epoch: 3 [${String(4096 * index).padStart(8)}/1280000 (${Math.floor(index / 4)}%)] Data (t): ${data(index)} Batch (t): ${batch(index)}, 9915.1/s, 154.9/s/gpu LR: 0.000482 Logit Scale: 14.286 Contrastive_loss: ${fall(index)} (3.0117) Loss: ${fall(index)} (3.0117)`,
  );

/** verl */
export const verl = (
  from,
  to,
  { loss = (index) => (0.03 - 0.0001 * index).toFixed(6), norm = () => "0.211" } = {},
) =>
  count(
    from,
    to,
    (index) =>
      `(TaskRunner pid=40117) step:${index} - global_seqlen/mean:41211.5 - actor/entropy:0.41 - actor/pg_loss:${loss(index)} - actor/grad_norm:${norm(index)} - critic/score/mean:0.31 - response_length/mean:612.4 - timing_s/step:81.2 - perf/throughput:1312.4`,
  );

/** levanter and others with absl's prefix */
export const absl = (from, to, { host = "", loss = fall } = {}) =>
  count(
    from,
    to,
    (index) =>
      `${host}I1201 ${clock(index)}:11.204118 140221 train_loop.py:212] step ${index} of 90000: loss=${loss(index)}, step_time=0.4${index % 10}1, mfu=41.2%`,
  );

/** litgpt */
export const litgpt = (from, to) =>
  count(
    from,
    to,
    (index) =>
      `Epoch 1 | iter ${4 * index} step ${index} | loss train: ${fall(index, 3)}, val: n/a | iter time: 312.4${index % 10} ms (step) remaining time: 1:${two(index % 60)}:12`,
  );

/** DeepSpeed's engine and a loop beside it */
export const engine = (from, to) =>
  count(from, to, (index) => [
    `[2026-12-01 ${clock(index)}:12,114] [INFO] [logging.py:128:log_dist] [Rank 0] step=${10 * index}, skipped=0, lr=[9.6e-06], mom=[(0.9, 0.95)]`,
    `steps: ${10 * index} loss: ${fall(index)} iter time (s): 4.11${index % 10} samples/sec: 62.251`,
  ]).flat();

/** torchtune: a bar that is redrawn */
export const tune = (from, to) => [
  count(
    from,
    to,
    (index) =>
      `1|${index}|Loss: ${fall(index, 6)}:  ${Math.floor(index / 4)}%|${"█".repeat(1 + (index % 8))}  | ${index}/420 [0${index % 10}:41<22:02,  2.11s/it]`,
  ).join("\r"),
];

/** Hugging Face's Trainer since 5.0 prints values as texts */
export const trainer = (from, to, { loss = fall } = {}) =>
  count(
    from,
    to,
    (index) =>
      `{'loss': '${loss(index)}', 'grad_norm': '0.4${index % 10}', 'learning_rate': '1.9e-05', 'epoch': '${(index / 400).toFixed(3)}'}`,
  );

/** NCCL and PyTorch after another rank is gone, newer and with frames */
export const goneFrom = (rank, peer) => [
  `[rank${rank}]:[E1201 09:44:18.20${rank}117204 ProcessGroupNCCL.cpp:2068] [PG ID 0 PG GUID 0(default_pg) Rank ${rank}] Process group watchdog thread terminated with exception: NCCL error: remote process exited or there was a network error, NCCL version 2.27.5`,
  "ncclRemoteError: A call failed possibly due to a network error or a remote process exiting prematurely.",
  "Last error:",
  `NET/IB: Got completion from peer ${peer} with status=5 opcode=0 reqSize=0 vendor_err=244 req_type=Recv localGid fe80::a288:c2ff:fe11:${1000 + rank} remoteGids fe80::a288:c2ff:fe0c:7c44 hca mlx5_${rank % 8}`,
];

/** A traceback as the interpreter of 3.13 prints it. */
export const failed = (
  last,
  { file = "/workspace/pretrain/run.py", call = "trainer.fit(state)" } = {},
) => [
  "Traceback (most recent call last):",
  `  File "${file}", line 214, in <module>`,
  "    main(cfg)",
  "    ~~~~^^^^^",
  `  File "${file}", line 187, in main`,
  `    ${call}`,
  `    ${"~".repeat(Math.max(4, call.length - 4))}^^^^`,
  ...[last].flat(),
];

export const crlf = (text) => text.replaceAll("\n", "\r\n");
