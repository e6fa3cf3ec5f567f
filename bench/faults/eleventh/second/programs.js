// Second half: programs that hang, and numbers.
import { labelled, lines, ranksOf } from "../../fourth/folder-texts.js";
import { timm } from "../printed-more.js";
import {
  clock,
  deepspeed,
  hfTrainer,
  megatron,
  perRank,
  pySpy,
  raised,
  titan,
  watchdog,
} from "../printed.js";

const packages = "/opt/env/lib/python3.11/site-packages";

export const secondPrograms = [
  [
    // pytorch/pytorch torch/csrc/distributed/c10d/ProcessGroupGloo.cpp: monitoredBarrier
    "a monitored barrier that one rank has not passed",
    "hang 3",
    {
      "torchrun.log": lines(
        timm(1, 60),
        labelled(
          "[rank0]: ",
          raised("RuntimeError: [Rank 0]: Ranks 3 failed to pass monitoredBarrier in 1800000 ms", [
            [
              "/workspace/train.py",
              402,
              "dist.monitored_barrier(timeout=limit, wait_all_ranks=True)",
            ],
            [
              `${packages}/torch/distributed/distributed_c10d.py`,
              4211,
              "return group_to_use.monitored_barrier(",
            ],
          ]),
        ),
        [1, 2].map((rank) =>
          labelled(
            `[rank${rank}]: `,
            raised(
              `RuntimeError: Rank ${rank} successfully reached monitoredBarrier, but received errors while waiting for send/recv from rank 0. Please check rank 0 logs for faulty rank.`,
              [
                [
                  "/workspace/train.py",
                  402,
                  "dist.monitored_barrier(timeout=limit, wait_all_ranks=True)",
                ],
              ],
            ),
          ),
        ),
      ),
    },
  ],
  [
    // a breakpoint that was left in a branch that only one rank reaches
    "a debugger waits for a word on one rank",
    "hang 1",
    perRank(
      4,
      (rank) => `logs/rank${rank}.log`,
      (rank) =>
        lines(
          titan(1, rank === 1 ? 44 : 45),
          rank === 1
            ? ["> /workspace/train.py(433)main()", "-> if grad_norm > 100:", "(Pdb) "]
            : watchdog(rank, 1012, { minutes: 30 }),
        ),
    ),
  ],
  [
    // stacks of all ranks, one of which reads from a server
    "py-spy: one rank reads from a socket that says nothing",
    "hang 2",
    {
      ...perRank(
        4,
        (rank) => `stacks/py-spy-rank-${rank}.txt`,
        (rank) =>
          lines(
            pySpy(
              5510 + rank,
              `/opt/env/bin/python3 -u pretrain_gpt.py --local-rank ${rank}`,
              rank === 2
                ? [
                    [
                      "idle",
                      "MainThread",
                      "read (ssl.py:1166)",
                      "recv_into (ssl.py:1311)",
                      "readinto (socket.py:718)",
                      "_read_status (http/client.py:292)",
                      "getresponse (urllib3/connection.py:507)",
                      "urlopen (urllib3/connectionpool.py:789)",
                      "post (requests/api.py:115)",
                      "notify (megatron/training/alerts.py:41)",
                      "train (megatron/training/training.py:1811)",
                      "<module> (pretrain_gpt.py:301)",
                    ],
                  ]
                : [
                    [
                      "active",
                      "MainThread",
                      "reduce_scatter_tensor (torch/distributed/distributed_c10d.py:4106)",
                      "start_grad_sync (megatron/core/distributed/param_and_grad_buffer.py:302)",
                      "finalize_model_grads (megatron/core/distributed/finalize_model_grads.py:211)",
                      "train (megatron/training/training.py:1702)",
                      "<module> (pretrain_gpt.py:301)",
                    ],
                  ],
            ),
          ),
      ),
      "slurm.out": lines(megatron(1, 40)),
    },
  ],
  [
    // microsoft/DeepSpeed deepspeed/runtime/fp16/loss_scaler.py
    "DeepSpeed: the scale of the loss falls to its minimum",
    "not-a-number",
    {
      "ds.log": lines(
        deepspeed(1, 12),
        ranksOf(16).map(
          (index) =>
            `[2026-12-01 ${clock(70 + index)},204] [INFO] [loss_scaler.py:190:update_scale] [deepspeed] OVERFLOW! Rank 0 Skipping step. Attempted loss scale: ${2 ** (16 - index)}, reducing to ${Math.max(1, 2 ** (15 - index))}`,
        ),
        labelled(
          "[rank0]: ",
          raised(
            "Exception: Current loss scale already at minimum - cannot decrease scale anymore. Exiting run.",
            [
              ["/workspace/finetune.py", 211, "model.step()"],
              [`${packages}/deepspeed/runtime/fp16/loss_scaler.py`, 175, "raise Exception("],
            ],
          ),
        ),
      ),
    },
  ],
  [
    // Hugging Face Trainer: a loss of nothing, and a norm of NaN
    "Trainer: a loss of 0.0 and a norm of NaN from a step on",
    "not-a-number",
    {
      "sft.log": lines(
        hfTrainer(1, 30),
        hfTrainer(30, 70, { loss: () => "0.0", grad: () => "nan" }),
      ),
      "trainer_state_tail.json": JSON.stringify(
        {
          global_step: 700,
          log_history: [
            { epoch: 0.07, grad_norm: 1.12, learning_rate: 4.9e-5, loss: 8.9, step: 290 },
            { epoch: 0.08, grad_norm: "NaN", learning_rate: 4.9e-5, loss: 0, step: 300 },
          ],
        },
        undefined,
        1,
      ),
    },
  ],
  [
    // NVIDIA/Megatron-LM megatron/core/rerun_state_machine.py
    "Megatron-LM: a step that is run again gives another result",
    "silent-corruption 5",
    {
      "slurm-7230.out": lines(
        megatron(1, 50),
        "WARNING:megatron.core.rerun_state_machine:Unexpected result 41.204118728637695 on rank 5 at iteration #50 invocation #1 (message='unexpected spiky loss')",
        "WARNING:megatron.core.rerun_state_machine:Quick re-run: rank 5, iteration #50: first rerun: unexpected result is not reproducible within the tolerance (41.204118728637695 != 7.411204242706299)",
        "WARNING:megatron.core.rerun_state_machine:Possible transient error!",
        megatron(50, 60),
      ),
    },
  ],
];
