// Lines as programs, launchers and schedulers print them in public issues; numbers, paths and names of hosts are others.

export const lines = (...texts) => `${texts.flat(3).join("\n")}\n`;

/** Each line with a label before it. */
export const labelled = (label, ...texts) => texts.flat(3).map((text) => `${label}${text}`);

export const ranksOf = (count) => Array.from({ length: count }, (_, rank) => rank);

/** A traceback of Python whose last line is given. */
export function traceback(last, { file = "/opt/job/train.py", call = "loss = step(batch)" } = {}) {
  return [
    "Traceback (most recent call last):",
    `  File "${file}", line 388, in <module>`,
    "    main(parse_args())",
    `  File "${file}", line 301, in main`,
    `    ${call}`,
    ...[last].flat(),
  ];
}

export function gloo(peer, port = 41_023) {
  return traceback(
    `RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:544] Connection closed by peer [10.20.0.${peer}]:${port}`,
    { call: "dist.all_reduce(grads)" },
  );
}

export function ncclRemote(rank, host) {
  return [
    ...traceback(
      "torch.distributed.DistBackendError: NCCL error in: /pytorch/torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp:3384, remote process exited or there was a network error, NCCL version 2.26.2",
      { call: "self.backward(loss)" },
    ),
    "ncclRemoteError: A call failed possibly due to a network error or a remote process exiting prematurely.",
    "Last error:",
    `NET/Socket : peer ${host}<4${rank}127> closed connection`,
  ];
}

/** torchrun's own table at the end. */
export function torchrunTable(
  ranks,
  { first, exitCode, perHost = 8, name = "train.py", others = [] },
) {
  const row = (rank, index, code) => [
    `[${index}]:`,
    "  time      : 2026-11-21_03:14:55",
    `  host      : gpu-${Math.floor(rank / perHost) + 1}.cluster`,
    `  rank      : ${rank} (local_rank: ${rank % perHost})`,
    `  exitcode  : ${code} (pid: ${70_100 + rank})`,
    "  error_file: <N/A>",
    code < 0
      ? `  traceback : Signal ${-code} (${{ 6: "SIGABRT", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM" }[-code]}) received by PID ${70_100 + rank}`
      : "  traceback : To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html",
  ];
  return [
    ...traceback("torch.distributed.elastic.multiprocessing.errors.ChildFailedError: ", {
      file: "/opt/env/lib/python3.11/site-packages/torch/distributed/run.py",
      call: "raise ChildFailedError(",
    }),
    "============================================================",
    `${name} FAILED`,
    "------------------------------------------------------------",
    "Failures:",
    ...(others.length === 0
      ? ["  <NO_OTHER_FAILURES>"]
      : others.flatMap(([rank, code], index) => row(rank, index + 1, code))),
    "------------------------------------------------------------",
    "Root Cause (first observed failure):",
    ...row(first, 0, exitCode),
    "============================================================",
  ];
}

export function watchdog(rank, { work, operation, enqueued = work, numel = 2_984_960 }) {
  const head = `[rank${rank}]:[E1121 03:21:42.60${rank}856812 ProcessGroupNCCL.cpp`;
  return [
    `${head}:629] [Rank ${rank}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=${work}, OpType=${operation}, NumelIn=${numel}, NumelOut=${numel}, Timeout(ms)=600000) ran for 60009${rank} milliseconds before timing out.`,
    `${head}:2168] [PG ID 0 PG GUID 0(default_pg) Rank ${rank}]  failure detected by watchdog at work sequence id: ${work} PG status: last enqueued work: ${enqueued}, last completed work: ${work - 1}`,
    `${head}:667] Stack trace of the failed collective not found, potentially because FlightRecorder is disabled. You can enable it by setting TORCH_NCCL_TRACE_BUFFER_SIZE to a non-zero value.`,
    `${head}:681] [Rank ${rank}] Some NCCL operations have failed or timed out. Due to the asynchronous nature of CUDA kernels, subsequent GPU operations might run on corrupted/incomplete data.`,
    `${head}:695] [Rank ${rank}] To avoid data inconsistency, we are taking the entire process down.`,
  ];
}

export const megatronStep = (step, { loss, norm = 0.412, skipped = 0, nan = 0, scale = 1 }) =>
  ` [2026-11-21 10:39:${String(10 + (step % 50)).padStart(2, "0")}.120044] iteration ${String(step).padStart(8)}/   50000 | consumed samples: ${String(step * 256).padStart(12)} | elapsed time per iteration (ms): 3511.8 | throughput per GPU (TFLOP/s/GPU): 267.3 | learning rate: 2.000000E-05 | global batch size:   256 | lm loss: ${loss} | loss scale: ${scale} | grad norm: ${norm} | num zeros: 0 | number of skipped iterations: ${String(skipped).padStart(3)} | number of nan iterations: ${String(nan).padStart(3)} |`;

export const exponent = (value) =>
  value
    .toExponential(6)
    .replace("e", "E")
    .replace(/E([+-])(\d)$/u, "E$10$2");

export const hfSteps = (from, to, { total = 400 } = {}) =>
  ranksOf(to - from).map(
    (index) =>
      `{'loss': ${(2.4 - 0.004 * (from + index)).toFixed(4)}, 'grad_norm': ${(1.1 + 0.01 * (index % 7)).toFixed(6)}, 'learning_rate': 1.9e-05, 'epoch': ${((from + index) / total).toFixed(2)}}`,
  );

export const titanSteps = (from, to) =>
  ranksOf(to - from).map(
    (index) =>
      `[titan] 2026-11-21 02:0${index % 10}:07,118 - root - INFO - step: ${String(from + index).padStart(2)}  loss: ${(8.1 - 0.02 * (from + index)).toFixed(5)}  grad_norm:  1.2${index % 10}41  memory: 47.70GiB(59.62%)  tps: 6,81${index % 10}  tflops: 71.02  mfu: 7.18%`,
  );
