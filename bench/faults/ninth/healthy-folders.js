// Jobs without a fault, some of which look odd.
import { lines, ranksOf } from "../fourth/folder-texts.js";
import {
  absl,
  clip,
  crlf,
  failed,
  goneFrom,
  litgpt,
  nanotron,
  structlog,
  trainer,
  tune,
  verl,
} from "./printed.js";

const agent = (text) =>
  `I1201 09:14:31.512000 3310 torch/distributed/elastic/agent/server/api.py:737] [default] ${text}`;

export const healthyFolders = [
  [
    // pytorch/pytorch#111646, shun-zheng/Doc2EDAG#24: an elastic restart that comes to its end
    "torchrun loses a node, starts again with the others, and finishes",
    "",
    {
      "elastic.log": lines(
        agent("Starting worker group"),
        nanotron(1, 30),
        goneFrom(2, "10.0.0.4<40112>"),
        "W1201 09:31:04.204000 3310 torch/distributed/elastic/rendezvous/dynamic_rendezvous.py:1343] The node 'gpu-3_4410_0' has failed to send a keep-alive heartbeat to the rendezvous '4k2' due to an error of type RendezvousTimeoutError.",
        agent("Detected 0 new nodes from group_rank=0; will restart worker group"),
        agent("Rendezvous'ing worker group"),
        agent("Rendezvous complete for workers. Result:\n  restart_count=1\n  group_world_size=3"),
        "Resuming from step 24",
        nanotron(25, 80),
        "Training finished after 4000 iterations",
        agent(
          "worker group successfully finished. Waiting 300 seconds for other agents to finish.",
        ),
      ),
    },
  ],
  [
    // ray-project/ray#60376: a retry by Ray's failure policy
    "Ray Train retries after a lost worker and finishes",
    "",
    {
      "controller.log": lines(
        "[FailurePolicy] Decision: FailureDecision.RETRY, Error source: worker group, Error count / maximum errors allowed: 1/3, Error: Training failed due to worker errors:",
        "[Rank 2 Error Snippet]:",
        "ray.exceptions.ActorDiedError: The actor died unexpectedly before finishing this task.",
        "[State Transition] RUNNING -> RESTARTING.",
        "[State Transition] RESTARTING -> SCHEDULING.",
        "[State Transition] SCHEDULING -> RUNNING.",
        ranksOf(30).map(
          (step) =>
            `(RayTrainWorker pid=3120, ip=10.1.0.4) [rank 0] step ${step} loss ${(2.1 - 0.01 * step).toFixed(3)}`,
        ),
        "[State Transition] RUNNING -> FINISHED.",
      ),
    },
  ],
  [
    // skypilot-org/skypilot#825: a managed job that recovers
    "SkyPilot recovers a preempted job, which succeeds",
    "",
    {
      "controller.log": lines(
        "I 12-01 07:30:53 controller.py:545] Cluster is preempted or failed. Recovering...",
        "I 12-01 07:41:32 recovery_strategy.py:73] Managed job cluster launched.",
        "I 12-01 07:41:35 state.py:89] Job recovered.",
        "I 12-01 09:50:35 controller.py:133] Job status: JobStatus.SUCCEEDED",
      ),
      "job.log": lines(litgpt(40, 90), "Training time: 7411.20s", "Done."),
    },
  ],
  [
    // SchedMD/slurm: a requeued job in one output file
    "Slurm preempts a job, requeues it, and it finishes",
    "",
    {
      "slurm-4411.out": lines(
        structlog(1, 30),
        "slurmstepd: error: *** JOB 4411 ON n7 CANCELLED AT 2026-12-01T05:11:02 DUE TO PREEMPTION ***",
        "2026-12-01T05:30:00.118204Z [info     ] restored                       [trainer.ckpt] step=28",
        structlog(28, 90),
        "2026-12-01T10:44:00.118204Z [info     ] training_finished              [trainer.loop] best_loss=2.1811 step=90",
      ),
    },
  ],
  [
    // Lightning-AI/pytorch-lightning src/lightning/pytorch/callbacks/early_stopping.py
    "early stopping, and a logger that ends its process",
    "",
    {
      "console.log": lines(
        ranksOf(30).map(
          (step) =>
            `Epoch ${step}: 100%|██████████| 200/200 [00:2${step % 10}<00:00, 7.7it/s, v_num=3, train_loss=${(0.8 - 0.01 * step).toFixed(3)}, val_loss=${(0.61 + 0.001 * step).toFixed(3)}]`,
        ),
        "Monitored metric val_loss did not improve in the last 10 records. Best score: 0.610. Signaling Trainer to stop.",
        "wandb: Waiting for W&B process to finish... (success).",
        "wandb: WARNING Killing the system monitor that did not stop in 5 s",
        "wandb: 🚀 View run gentle-dust-41",
      ),
    },
  ],
  [
    // Dao-AILab/flash-attention: an import that is optional, with its traceback; a deprecation with the lines of its caller
    "tracebacks of an optional import and of deprecations, before many steps",
    "",
    {
      "out.txt": lines(
        "WARNING:model.attention:flash-attn is not available, falling back to sdpa",
        "Traceback (most recent call last):",
        '  File "/workspace/pretrain/attention.py", line 12, in <module>',
        "    from flash_attn import flash_attn_func",
        "ImportError: /opt/env/lib/python3.12/site-packages/flash_attn_2_cuda.cpython-312-x86_64-linux-gnu.so: undefined symbol: _ZN3c105ErrorC2ENS_14SourceLocationESs",
        "/opt/env/lib/python3.12/site-packages/torch/distributed/fsdp/_init_utils.py:444: FutureWarning: The `NO_SHARD` sharding strategy is deprecated. If having issues, please use `DistributedDataParallel` instead.",
        "  warnings.warn(",
        clip(1, 60),
      ),
    },
  ],
  [
    // openxla/xla xla/service/slow_operation_alarm.cc
    "XLA compiles for six minutes, twice",
    "",
    {
      "process-0.log": lines(
        "2026-12-01 09:07:09.900690: E external/xla/xla/service/slow_operation_alarm.cc:73] ",
        "********************************",
        "[Compiling module jit_train_step] Very slow compile? If you want to file a bug, run with envvar XLA_FLAGS=--xla_dump_to=/tmp/foo and attach the results.",
        "********************************",
        "2026-12-01 09:13:16.846290: E external/xla/xla/service/slow_operation_alarm.cc:140] The operation took 6m7.946144s",
        absl(1, 50),
        "2026-12-01 10:02:09.900690: E external/xla/xla/service/slow_operation_alarm.cc:73] ",
        "[Compiling module jit_eval_step] Very slow compile? If you want to file a bug, run with envvar XLA_FLAGS=--xla_dump_to=/tmp/foo and attach the results.",
        absl(50, 90),
      ),
    },
  ],
  [
    // EleutherAI/lm-evaluation-harness between steps: an hour without a step
    "an evaluation of fifty minutes between two steps",
    "",
    {
      "train.out": lines(
        trainer(1, 30),
        "2026-12-01 10:02:11 INFO  Running lm-eval on 14 tasks; heartbeat of the watchdog is suspended for 3600 s",
        ranksOf(6).map(
          (index) =>
            `Running loglikelihood requests: ${15 * index}%|█▌        | ${15_000 * index}/98112 [0${index}:11<40:02, 34.1it/s]`,
        ),
        "2026-12-01 10:52:40 INFO  lm-eval finished: acc 0.4121, failed requests 0, timeouts 0",
        trainer(30, 60),
        "{'train_runtime': '9211.4', 'train_samples_per_second': '41.2', 'train_loss': '2.611', 'epoch': '1.0'}",
      ),
    },
  ],
  [
    // huggingface/evaluate and TRL: values that are not defined for a part
    "NaN in values of rare parts, losses are right",
    "",
    {
      "verl.log": lines(
        verl(1, 40),
        "(TaskRunner pid=40117) step:40 - val/rouge_fr/mean:nan - val/rouge_en/mean:0.311 - val/pass@1:nan - val/n_fr:0",
        verl(40, 80),
        "(TaskRunner pid=40117) Training Progress: 100%|██████████| 80/80 [1:48:02<00:00, 81.0s/it]",
        "(TaskRunner pid=40117) 'Final validation metrics: {'val/pass@1': nan, 'val/rouge_en/mean': 0.33}'",
      ),
    },
  ],
  [
    // kubernetes: a probe and an image that needed several tries
    "events of a pod whose probe and image needed several tries",
    "",
    {
      "events.txt": lines(
        "LAST SEEN   TYPE      REASON      OBJECT             MESSAGE",
        "61m         Warning   BackOff     pod/sft-worker-0   Back-off pulling image registry/train:24.11",
        "58m         Normal    Pulled      pod/sft-worker-0   Successfully pulled image registry/train:24.11 in 2m41s",
        "57m         Warning   Unhealthy   pod/sft-worker-0   Readiness probe failed: Get http://10.8.4.7:8080/ready: dial tcp 10.8.4.7:8080: connect: connection refused",
        "57m         Normal    Started     pod/sft-worker-0   Started container pytorch",
      ),
      "sft-worker-0.log": lines(tune(1, 120)),
    },
  ],
  [
    // a log that someone copied while the training ran
    "logs of two ranks, copied while the training runs and cut in the middle of a line",
    "",
    {
      "rank0.log": `${lines(nanotron(1, 50))}12/01/2026 09:50:41 [INFO|DP=0|PP=1|TP=0|gpu-3]: iteration: 50 / 4000 | consumed_tokens: 209.7M | elapsed_time_per_iter`,
      "rank1.log": "",
    },
  ],
  [
    // NVIDIA/DCGM and mlfoundations/open_clip#703: a diagnosis that passes, limits of power
    "a diagnosis that passes, and clocks at the limit of power",
    "",
    {
      "dcgmi-diag.txt": lines(
        "Successfully ran diagnostic for group.",
        "+---------------------------+------------------------------------------------+",
        "| Diagnostic                | Result                                         |",
        "+===========================+================================================+",
        "|-----  Hardware  ----------+------------------------------------------------|",
        "| GPU Memory                | Pass - All                                     |",
        "|-----  Stress  ------------+------------------------------------------------|",
        "| Targeted Power            | Pass - All                                     |",
        "| Memory Bandwidth          | Skip - All                                     |",
      ),
      "nvidia-smi-q.txt": lines(
        "    Clocks Event Reasons",
        "        SW Power Cap                      : Active",
        "        HW Slowdown                       : Not Active",
        "            HW Thermal Slowdown           : Not Active",
        "    ECC Errors",
        "        Aggregate",
        "            SRAM Correctable              : 3",
        "            DRAM Uncorrectable            : 0",
      ),
      "train.log": lines(litgpt(1, 60)),
    },
  ],
  [
    // Windows, CRLF, a store that is tried again
    "Windows: a store that is tried again, and a training that ends well",
    "",
    {
      "konsole.log": crlf(
        lines(
          "NOTE: Redirects are currently not supported in Windows or MacOs.",
          "[W1201 09:12:44.000000000 socket.cpp:755] [c10d] The client socket has failed to connect to [LAB-PC7]:29500 (system error: 10049 - The requested address is not valid in its context.).",
          "[W1201 09:12:46.000000000 socket.cpp:755] [c10d] The client socket has failed to connect to [LAB-PC7]:29500 (system error: 10061 - No connection could be made because the target machine actively refused it.).",
          trainer(1, 60),
          "{'train_runtime': '411.2', 'train_loss': '2.611', 'epoch': '1.0'}",
        ),
      ),
    },
  ],
  [
    // a loop of agents whose tests fail, as texts of samples
    "an agent's tests fail and are killed, as its reward needs them",
    "",
    {
      "rollout.log": lines(
        ranksOf(12).map((index) => [
          JSON.stringify({
            task: `swe-${410 + index}`,
            reward: index % 3 === 0 ? 1 : 0,
            tests: index % 3 === 0 ? "12 passed" : "3 failed, 9 passed",
            exit_code: index % 3 === 0 ? 0 : 1,
            stderr:
              index % 4 === 1
                ? failed("AssertionError: 4 != 5", { file: "/tmp/sandbox/test_a.py" }).join("\n")
                : index % 4 === 2
                  ? "Killed (timeout of 60 s)"
                  : "",
          }),
          verl(index + 1, index + 2),
        ]),
      ),
    },
  ],
];
