// Losses, replicas and checkpoints; and two faults at once.
import { labelled, lines, ranksOf } from "../fourth/folder-texts.js";
import { absl, failed, goneFrom, nanotron, structlog, verl } from "./printed.js";

export const numberFolders = [
  [
    // verl-project/verl: values of a step in one line
    "verl: the loss of the actor is NaN from a step on",
    "not-a-number",
    {
      "verl.log": lines(verl(1, 30), verl(30, 60, { loss: () => "nan", norm: () => "nan" })),
    },
  ],
  [
    // huggingface/nanotron src/nanotron/trainer.py
    "nanotron: lm_loss is nan and the training goes on",
    "not-a-number",
    { "nanotron.out": lines(nanotron(1, 40), nanotron(40, 90, { loss: () => "nan" })) },
  ],
  [
    // hynek/structlog: a spike that comes back
    "structlog: a loss of nine for some steps",
    "loss-spike",
    {
      "train.log": lines(
        structlog(1, 120, {
          loss: (index) =>
            index >= 80 && index < 86
              ? (9.4 - 0.6 * (index - 80)).toFixed(4)
              : (2.9 - 0.008 * index + 0.01 * Math.sin(7 * index)).toFixed(4),
        }),
      ),
    },
  ],
  [
    // NVIDIA/Megatron-LM megatron/training/training.py: check_param_hashes_across_dp_replicas
    "Megatron: parameters of replicas differ",
    "replica-divergence",
    {
      "pretrain.log": lines(
        ranksOf(3).map((index) => [
          ranksOf(10).map(
            (step) =>
              ` [2026-12-01 09:1${index}:4${step}.118204] iteration ${String(10 * index + step + 1).padStart(8)}/  100000 | consumed samples: 41210 | elapsed time per iteration (ms): 4112.4 | lm loss: ${(8.1 - 0.02 * (10 * index + step)).toFixed(4)}E+00 | grad norm: 0.412 |`,
          ),
          index < 2 ? `>>> Weight hashes match after ${10 * index + 10} iterations...` : [],
        ]),
        ranksOf(4).map((rank) =>
          labelled(
            `[rank${rank}]: `,
            failed("AssertionError: Parameter hashes not matching across DP replicas", {
              call: "assert check_param_hashes_across_dp_replicas(model),",
            }),
          ),
        ),
      ),
    },
  ],
  [
    // bghira/SimpleTuner#1880: every rank raises what one rank could not read
    "distributed checkpoints: every rank raises, the text says whose file is cut",
    "bad-checkpoint 5",
    {
      "resume.log": lines(
        "Loading the checkpoint from /ckpt/step-4000.",
        ranksOf(8).map((rank) =>
          labelled(`[rank${rank}]: `, [
            ...failed(
              "torch.distributed.checkpoint.api.CheckpointException: CheckpointException ranks:dict_keys([5])",
              { call: "dcp.load(states, checkpoint_id=path)" },
            ),
            "Traceback (most recent call last): (RANK 5)",
            '  File "/opt/env/lib/python3.12/site-packages/torch/distributed/checkpoint/utils.py", line 250, in all_reduce',
            "    local_data = map_fun()",
            '  File "/opt/env/lib/python3.12/site-packages/torch/serialization.py", line 797, in __init__',
            "    super().__init__(torch._C.PyTorchFileReader(name_or_buffer))",
            "RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory. This is an internal miniz error. If you are seeing this error, there is a high likelihood that your checkpoint file is corrupted. This can happen if the checkpoint was not saved properly, was transferred incorrectly, or the file was modified after saving.",
          ]),
        ),
      ),
    },
  ],
  [
    // google/tensorstore: checksums of a chunk, as orbax raises them
    "Orbax: the checksum of a chunk fails on one host",
    "bad-checkpoint 2",
    Object.fromEntries(
      ranksOf(4).map((host) => [
        `host-${host}.log`,
        lines(
          absl(1, 3, { host: "" }),
          `I1201 09:40:11.204118 140221 checkpointer.py:312] Restoring checkpoint from gs://ckpt/run7/4000, process ${host} of 4.`,
          host === 2
            ? failed(
                'ValueError: DATA_LOSS: Error opening "zarr3" driver: Error reading "d/8c11": CRC-32C checksum verification failed [source locations=\'tensorstore/internal/riegeli/digest_suffixed_reader.h:71\']',
                { call: "state = manager.restore(step)" },
              )
            : "I1201 09:41:12.204118 140221 multihost.py:77] sync_global_processes: waiting at barrier restore_4000",
        ),
      ]),
    ),
  ],
  [
    // two at once: a full disk of rank 0, memory of rank 3; the others lose both
    "a full disk of rank 0 and, at the same time, memory of rank 3",
    "disk-full 0 + out-of-memory 3",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `run/${rank}/stderr`,
        lines(
          structlog(1, 12),
          {
            0: failed("OSError: [Errno 28] No space left on device: '/scratch/ckpt/step-12.tmp'", {
              call: "manager.save(step, state)",
            }),
            3: failed(
              "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 9.50 GiB. GPU 3 has a total capacity of 79.11 GiB of which 4.20 GiB is free.",
              { call: "logits = model(long_batch)" },
            ),
          }[rank] ?? goneFrom(rank, "10.0.0.4<40112>"),
        ),
      ]),
    ),
  ],
];
