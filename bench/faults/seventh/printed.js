// How the programs and launchers of the seventh set print: formats of steps and ends that the earlier sets do not have.
import { ranksOf } from "../fourth/folder-texts.js";

const count = (from, to, lineOf) => ranksOf(to - from).map((index) => lineOf(from + index));
const loss = (index, digits = 4) => (3.2 - 0.011 * index).toFixed(digits);
const two = (value) => String(value).padStart(2, "0");

/** mmengine */
export const mm = (from, to) =>
  count(
    from,
    to,
    (index) =>
      `12/09 06:${two(index % 60)}:23 - mmengine - INFO - Epoch(train)  [14][${String(50 * index).padStart(5)}/14786]  lr: 2.0000e-04  eta: 1 day, 3:33:16  time: 0.1211  data_time: 0.0061  memory: 3103  loss: ${loss(index)}  loss_cls: 0.4121`,
  );

/** llama-recipes and others with a bar of many states in one line */
export const bar = (from, to) => [
  count(
    from,
    to,
    (index) =>
      `Training Epoch: 1/3, step ${index}/312 completed (loss: ${loss(index, 6)}):   ${index}%|${"█".repeat(1 + (index % 9))} | ${index}/312 [0${index % 10}:41<11:02,  3.21s/it]`,
  ).join("\r"),
];

/** Keras */
export const keras = (from, to, { value = (index) => loss(index) } = {}) =>
  count(
    from,
    to,
    (index) =>
      `${index}/469 [${">".padStart(1 + (index % 20), "=").padEnd(30, ".")}] - ETA: 1:0${index % 10} - loss: ${value(index)} - accuracy: 0.4127`,
  );

/** MaxText */
export const maxText = (from, to) =>
  count(
    from,
    to,
    (index) =>
      `completed step: ${index}, seconds: 4.113, TFLOP/s/device: 171.201, Tokens/s/device: 1991.872, total_weights: 65536, loss: ${loss(index, 3)}`,
  );

/** NeMo */
export const nemo = (from, to) =>
  count(
    from,
    to,
    (index) =>
      `Training epoch 0, iteration ${index}/99999 | lr: 1.499e-07 | global_batch_size: 512 | global_step: ${index} | reduced_train_loss: ${loss(index)} | train_step_timing in s: 7.41 | consumed_samples: ${512 * index}`,
  );

/** A logger with one JSON object per line */
export const json = (from, to, known = {}) =>
  count(from, to, (index) =>
    JSON.stringify({
      ts: `2026-11-30T11:02:${two(index % 60)}Z`,
      level: "INFO",
      ...known,
      msg: "step",
      step: index,
      loss: Number(loss(index)),
    }),
  );

/** OLMo */
export const olmo = (from, to) =>
  count(from, to, (index) => [
    `2026-11-30 12:40:${two(index % 60)}.201\tgpu-7:0\tolmo.train:972\tINFO\t[step=${index}/477000,epoch=0]`,
    `    train/CrossEntropyLoss=${loss(index, 3)}`,
    `    throughput/device/tokens_per_second=14,9${two(index % 90)}`,
  ]).flat();

/** Horovod's example with mpirun's tags */
export const horovod = (from, to, tag = "[1,0]<stdout>:") =>
  count(
    from,
    to,
    (index) => `${tag}Train Epoch: 1 [${640 * index}/60000 (${index}%)]\tLoss: ${loss(index, 6)}`,
  );

/** A launcher's line about a process of torchrun, older and newer. */
export const torchrunOld = {
  closing: (pid) =>
    `WARNING:torch.distributed.elastic.multiprocessing.api:Sending process ${pid} closing signal SIGTERM`,
  failed: (code, local, pid) =>
    `ERROR:torch.distributed.elastic.multiprocessing.api:failed (exitcode: ${code}) local_rank: ${local} (pid: ${pid}) of binary: /opt/env/bin/python`,
};
export const torchrunNew = {
  closing: (pid) =>
    `W1130 04:14:55.884000 70090 site-packages/torch/distributed/elastic/multiprocessing/api.py:897] Sending process ${pid} closing signal SIGTERM`,
  failed: (code, local, pid) =>
    `E1130 04:14:56.884000 70090 site-packages/torch/distributed/elastic/multiprocessing/api.py:869] failed (exitcode: ${code}) local_rank: ${local} (pid: ${pid}) of binary: /opt/env/bin/python`,
};

/** Frames of C++ below an error of PyTorch. */
export const frames = [
  "Exception raised from checkTimeout at /pytorch/torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp:635 (most recent call first):",
  "frame #0: c10::Error::Error(c10::SourceLocation, std::__cxx11::basic_string<char>) + 0x98 (0x7fbd9cf785e8 in /opt/env/lib/libc10.so)",
  "frame #1: c10d::ProcessGroupNCCL::WorkNCCL::checkTimeout(std::optional<std::chrono::duration<long, std::ratio<1l, 1000l> > >) + 0x23d (0x7fbd47dcba6d in /opt/env/lib/libtorch_cuda.so)",
  "frame #2: c10d::ProcessGroupNCCL::watchdogHandler() + 0xc80 (0x7fbd47dcd7f0 in /opt/env/lib/libtorch_cuda.so)",
  "frame #3: clone + 0x43 (0x7fbd0a408353 in /lib/x86_64-linux-gnu/libc.so.6)",
  "",
];

/** A warning of NCCL. */
export const ncclWarn = (host, rank, text, place = "transport/net_ib.cc:1295") =>
  `${host}:${3400 + rank}:${3900 + rank} [${rank % 8}] ${place} NCCL WARN ${text}`;

/** Information of NCCL. */
export const ncclInfo = (host, rank, text) =>
  `${host}:${3400 + rank}:${3900 + rank} [${rank % 8}] NCCL INFO ${text}`;
