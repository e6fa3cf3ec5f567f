import { describe, expect, test } from "vitest";
import { signOfLine } from "./sign-of-line.ts";

describe("signOfLine", () => {
  test.each([
    [
      "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.",
      "accelerator-memory",
    ],
    ["[rank3]: torch.cuda.OutOfMemoryError: CUDA out of memory.", "accelerator-memory"],
    ["slurmstepd: error: Detected 1 oom_kill event in StepId=12.0.", "host-memory"],
    ["Out of memory: Killed process 4242 (python3) total-vm:90000kB", "host-memory"],
    ["RuntimeError: DataLoader worker (pid 7) is killed by signal: Killed.", "process-killed"],
    ["['python', '-u', 'train.py', '--local_rank=1'] exits with return code = -11", "exception"],
    [
      "WARNING: The node 'n3_187281_0' has failed to send a keep-alive heartbeat to the rendezvous 'none'",
      "connection",
    ],
    ["OSError: [Errno 28] No space left on device: 'step-400.pt'", "disk-full"],
    [
      "RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory",
      "bad-checkpoint",
    ],
    ["SafetensorError: Error while deserializing header: InvalidHeader", "bad-checkpoint"],
    ["ValueError: checkpoint step_400 is truncated", "bad-checkpoint"],
    [
      "UnavailableError: Collective ops is aborted by: failed to connect to all addresses",
      "connection",
    ],
    [
      "NCCL WARN NET/IB : Got completion from peer 10.0.0.7<4567> with status=12 opcode=0",
      "connection",
    ],
    [
      "slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2026-11-29 DUE TO PREEMPTION ***",
      "preemption",
    ],
    [
      "slurmstepd: error: *** JOB 7 ON n1 CANCELLED AT 2026-11-29 DUE TO TIME LIMIT ***",
      "time-limit",
    ],
    ["NVRM: Xid (PCI:0000:3b:00): 79, pid=1, GPU has fallen off the bus.", "accelerator-error"],
    ["ModuleNotFoundError: No module named 'einops'", "configuration"],
    ["step 40 loss=nan lr=0.1", "not-a-number"],
    ["iter 12 | train_loss: NaN", "not-a-number"],
    [
      "RuntimeError: [../gloo/transport/tcp/pair.cc:534] Connection closed by peer [10.0.0.2]:4711",
      "connection",
    ],
    ["ConnectionResetError: [Errno 104] Connection reset by peer", "connection"],
    [
      "[rank2]: torch.distributed.DistBackendError: NCCL error: remote process exited",
      "connection",
    ],
    ["ValueError: shape mismatch", "exception"],
    ["EOFError: Ran out of input", "exception"],
    ["EOFError", "connection"],
    [
      "numpy._core._exceptions._ArrayMemoryError: Unable to allocate 32.0 TiB for an array with shape (4, 9)",
      "host-memory",
    ],
    ["OSError: 65536 requested and 8176 written", "disk-full"],
    [
      "[rank0]: RuntimeError: [enforce fail at inline_container.cc:672] . unexpected pos 704 vs 598",
      "disk-full",
    ],
    [
      "OSError: /opt/fused/libfused.so: cannot open shared object file: No such file or directory",
      "configuration",
    ],
    [
      "  what():  [enforce fail at pair.cc:456] op.preamble.length <= op.nbytes. 308 vs 4. Received data size doesn't match expected size. Is there a distributed collective mismatch in your code?",
      "mismatch",
    ],
    ["torch._dynamo.exc.InternalTorchDynamoError: boom", "exception"],
    ["Segmentation fault (core dumped)", "exception"],
    ["    | ExceptionGroup: 3 of 8 shards failed (3 sub-exceptions)", "exception"],
    ["zlib.error: Error -3 while decompressing data: invalid block type", "exception"],
    ["RuntimeError: CUDA error: device-side assert triggered", "exception"],
    ["RuntimeError: cuDNN error: CUDNN_STATUS_EXECUTION_FAILED", "accelerator-error"],
    ["RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling", "accelerator-memory"],
    ["OOM when allocating tensor with shape[64,1024] and type float", "accelerator-memory"],
    [
      "RuntimeError: DataLoader worker (pid 7) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory.",
      "host-memory",
    ],
    ["OSError: [Errno 27] File too large", "disk-full"],
    ["Errore: [Errno 28] spazio esaurito", "disk-full"],
    ["Error: memoria insuficiente al reservar 34359738368 bytes: [Errno 12]", "host-memory"],
    ["PeerGone: worker 0 left the star", "connection"],
    ["OSError: [Errno 28] Auf dem Gerät ist kein Speicherplatz mehr verfügbar", "disk-full"],
    ["OSError: [Errno 28] 设备上没有空间", "disk-full"],
    ["OSError: [Errno 12] Impossible d'allouer de la mémoire", "host-memory"],
    ["Die Verbindung wurde vom Kommunikationspartner zurückgesetzt", "connection"],
    ["ConnectionResetError: [Errno 104] 连接被对方重设", "connection"],
    ['{"update": 0.4, "loss": "nan", "num_updates": "41"}', "not-a-number"],
    ["FloatingPointError: Loss became infinite or NaN at iteration=31!", "not-a-number"],
    [
      "Exception: Current loss scale already at minimum - cannot decrease scale anymore.",
      "not-a-number",
    ],
    ["RuntimeError: fused_kernels 2.0 or newer is required, found 1.4", "configuration"],
    ["RuntimeError: [unbound_buffer.cc:78] Timed out waiting 8000ms for recv", "timeout"],
    ["torch.distributed.elastic.multiprocessing.errors.ChildFailedError: ", "stopped"],
    [
      "XlaRuntimeError: RESOURCE_EXHAUSTED: Attempting to reserve 12.40G at the bottom of memory.",
      "accelerator-memory",
    ],
    ["Error while creating shared memory segment /dev/shm/nccl-8A (size 9637888)", "host-memory"],
    [
      "RuntimeError: The NVIDIA driver on your system is too old (found version 11040).",
      "configuration",
    ],
    ["KeyError: 'DATA_ROOT'", "configuration"],
    ["KeyError: 'labels'", "exception"],
    ["mlx5_core 0000:41:00.0 ibp65s0: Link down", "node-failed"],
    ["job killed: mem 68157440kb exceeded limit 67108864kb", "host-memory"],
    ["Job has gone over cgroup memory limit of 65536 megabytes.", "host-memory"],
    ["systemd-oomd[6]: Killed /user.slice due to memory pressure for /user.slice", "host-memory"],
    ["unable to write to file </torch_722_78_1>: No space left on device (28)", "host-memory"],
    ["Pod ephemeral local storage usage exceeds the total limit of containers 5Gi.", "disk-full"],
    ["The job has exceeded the maximum execution time of 360 minutes.", "time-limit"],
    ["Aborting: Shape mismatch in the collective instance 244.", "mismatch"],
    ["memory usage 64.0G exceeds the limit h_vmem=64G", "host-memory"],
    ['nrt_tensor_allocate status=4 message="Allocation Failure"', "accelerator-memory"],
    ["The actor is dead because its node has died.", "node-failed"],
    ["task python:44103 blocked for more than 120 seconds.", "no-progress"],
    ["earlyoom[812]: sending SIGTERM to process 44102 uid 1001", "host-memory"],
    ["Received 1 death signal, shutting down workers", "launcher-ended"],
    ["Killing process 5201 (torchrun) with signal SIGTERM.", "launcher-ended"],
    ["ShapeError: recv from rank 4: expected shape [4, 8], got [4, 4]", "mismatch"],
    ["[/dev/accel0 tpu1:pe1:0] !!!! FATAL ERROR !!!!", "accelerator-error"],
  ])("%s", (line, kind) => {
    expect(signOfLine(line)?.kind).toBe(kind);
  });

  test.each([
    "epoch 3 loss=0.31 val_acc=0.92",
    "step 40 loss=0.31 nanmean=0.2",
    "error rate 0.12, error=0.0",
    "Saved a checkpoint to /tmp/limit/step-4.pt",
    "WARNING: checkpoint step_400 is incomplete, continuing from step_300",
    "warning: NaNs are ignored in this metric",
    "    ECC Errors",
    "        Volatile Uncorr. ECC errors: 0",
    "INFO: retrying download after connection reset, attempt 2",
    "2026-11-29 08:00:01 WARNING cache: FileNotFoundError, building it",
    "could not open cache: No such file or directory",
    "instance/preempted: FALSE",
    "oom_kill 0",
    "Received 15 packets",
    "collective accuracy 0.81, 12 mismatched labels",
    "Allocation of 154140672 exceeds 10% of free system memory.",
    "There are some potential root causes. (1) The process is killed by SIGKILL by OOM killer",
    "",
  ])("`%s` is not a sign", (line) => {
    expect(signOfLine(line)).toBeUndefined();
  });

  test.each([
    ["Stalled ops:grad_0 [missing ranks: 1, 2]", { missingRanks: [1, 2] }],
    ["WARNING: waiting for remainder of ranks: grad [ready ranks: 1, 2]", { presentRanks: [1, 2] }],
    ["[RankMonitorServer:34] Did not get subsequent heartbeat.", { missingRanks: [34] }],
    ["has not received the Notify record from remote rank: [24].", { missingRanks: [24] }],
    ["STRAGGLER WARNING. Affected ranks: [76, 13]", { slowRanks: [76, 13] }],
    ["Straggler: {StragglerId(rank=5, node='n1')} Affected ranks: 5", { slowRanks: [5] }],
  ])("reads the ranks in `%s`", (line, ranks) => {
    expect(signOfLine(line)).toMatchObject(ranks);
  });

  test("reads the rank and the host that a line names", () => {
    expect(signOfLine("[rank12]: ValueError: boom")?.namedRank).toBe(12);
    expect(signOfLine("bert-worker-2   0/1     OOMKilled   0   41m")?.namedRank).toBe(2);
    expect(signOfLine("task python:44103 blocked for more than 120 seconds.")?.namedProcess).toBe(
      44103,
    );
    expect(signOfLine("earlyoom[8]: sending SIGTERM to process 44102 uid 1")?.namedProcess).toBe(
      44102,
    );
    expect(signOfLine("slurmstepd: error: node7: Out of memory: Killed process 3")).toEqual({
      kind: "host-memory",
      namedHost: "node7",
      namedProcess: 3,
    });
  });
});
