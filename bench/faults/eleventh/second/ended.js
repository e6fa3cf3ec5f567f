// Second half: processes that end.
import { labelled, lines, torchrunTable } from "../../fourth/folder-texts.js";
import { composer, fairseq, t5x, timm, torchtune } from "../printed-more.js";
import { hfTrainer, nemo, omp, peerGone, perRank, raised, watchdog } from "../printed.js";

const packages = "/opt/env/lib/python3.11/site-packages";

export const secondEnded = [
  [
    // mosaicml/composer composer/cli/launcher.py
    "Composer's launcher prints the error of the rank that crashed",
    "crash 5",
    {
      "run.log": lines(
        composer(1, 30),
        "ERROR:composer.cli.launcher:Rank 5 crashed with exit code 1.",
        "Waiting up to 30 seconds for all training processes to terminate. Press Ctrl-C to exit immediately.",
        "Global rank 0 (PID 9110) exited with code -15",
        "----------Begin global rank 1 STDOUT----------",
        "",
        "----------End global rank 1 STDOUT----------",
        "Global rank 1 (PID 9111) exited with code -15",
        "Global rank 5 (PID 9115) exited with code 1",
        "----------Begin global rank 5 STDERR----------",
        raised("IndexError: index 50368 is out of range for the vocabulary of 50257 tokens", [
          ["/llm-foundry/scripts/train/train.py", 580, "trainer.fit()"],
          ["/llm-foundry/llmfoundry/data/text_data.py", 141, "raise IndexError("],
        ]),
        "----------End global rank 5 STDERR----------",
        "ERROR:composer.cli.launcher:Global rank 0 (PID 9110) exited with code -15",
      ),
    },
  ],
  [
    // jax-ml/jax: fate sharing
    "JAX: one process raises, and the others are ended with it",
    "crash 3",
    perRank(
      4,
      (rank) => `t5x/process_${rank}.log`,
      (rank) =>
        lines(
          t5x(1, 40),
          rank === 3
            ? [
                raised(
                  "ValueError: Feature 'targets' has length 1152, which exceeds the maximum of 1024 (task 'c4_mix', example 4411)",
                  [
                    ["/workspace/t5x/train.py", 644, "train_lib.train()"],
                    [`${packages}/seqio/feature_converters.py`, 411, "raise ValueError("],
                  ],
                ),
              ]
            : [
                "E1201 10:08:12.594192 4501 coordination_service_agent.cc:332] Polled an error from coordination service (this can be an error from this or another task).",
                "F1201 10:08:12.594200 4501 client.h:77] Terminating process because the JAX distributed service detected fatal errors. This most likely indicates that another task died; see the other task logs for more details. Disable Python buffering, i.e. `python -u`, to be sure to see all the previous output. absl::Status: UNAVAILABLE: Failed to send RPC to coordination service.",
                "*** SIGABRT received by PID 4411 (TID 4501) on cpu 11 ***",
                "Fatal Python error: Aborted",
              ],
        ),
    ),
  ],
  [
    // faulthandler, and torchrun's own table
    "a segmentation fault in a library of one rank",
    "crash 1",
    {
      "torchrun.out": lines(
        omp,
        timm(1, 40),
        torchrunTable([0, 1, 2, 3], { first: 1, exitCode: -11, name: "train.py" }),
      ),
      "stderr/rank0.err": lines(peerGone("10.2.0.5")),
      "stderr/rank1.err": lines(
        "Fatal Python error: Segmentation fault",
        "",
        "Thread 0x00007f1e41b07e15 (most recent call first):",
        '  File "/usr/lib/python3.11/threading.py", line 324 in wait',
        '  File "/usr/lib/python3.11/threading.py", line 622 in wait',
        "",
        "Current thread 0x00007f1e9f31c2aa (most recent call first):",
        `  File "${packages}/cv2/__init__.py", line 118 in imdecode`,
        '  File "/workspace/data/decode.py", line 22 in __call__',
        '  File "/workspace/train.py", line 301 in main',
        "",
        "Extension modules: numpy.core._multiarray_umath, torch._C, cv2 (total: 41)",
      ),
      "stderr/rank2.err": lines(peerGone("10.2.0.5")),
      "stderr/rank3.err": lines(peerGone("10.2.0.5")),
    },
  ],
  [
    // Slurm: a task that somebody or something ended, and a kernel that did not
    "srun: one task killed, and no memory was lacking",
    "killed 11",
    {
      "slurm-7011.out": lines(
        fairseq(1, 20),
        labelled(" 3: ", peerGone("10.2.0.12")),
        labelled("12: ", peerGone("10.2.0.12")),
        "srun: error: node07: task 11: Killed",
        "srun: Terminating StepId=7011.0",
        "slurmstepd: error: *** STEP 7011.0 ON node06 CANCELLED AT 2026-12-01T10:31:44 ***",
        "srun: error: node06: tasks 0-7: Terminated",
        "srun: error: node07: tasks 8-10,12-15: Terminated",
        "srun: Force Terminated StepId=7011.0",
      ),
      "sacct.txt": lines(
        "JobID           State ExitCode     MaxRSS     ReqMem",
        "------------ -------- -------- ---------- ----------",
        "7011           FAILED      0:9                  480G",
        "7011.batch     FAILED      0:9      4411K           ",
        "7011.0         FAILED      0:9     61204M           ",
      ),
      "dmesg-node07.txt": lines(
        "[81204.114204] nfs: server 10.9.0.4 OK",
        "[81331.204118] IPv6: ADDRCONF(NETDEV_CHANGE): ib0: link becomes ready",
      ),
    },
  ],
  [
    // FSDP with accelerate; the first words are a victim's
    "FSDP: the words of a victim stand before those of the rank without memory",
    "out-of-memory 3",
    {
      "accelerate.log": lines(
        hfTrainer(1, 44),
        labelled("[rank0]: ", peerGone("10.2.0.5")),
        "[rank6]:[E1201 10:31:44.114204118 ProcessGroupNCCL.cpp:1595] [PG ID 1 PG GUID 1 Rank 6] Process group watchdog thread terminated with exception: NCCL error: remote process exited or there was a network error, NCCL version 2.21.5",
        labelled(
          "[rank3]: ",
          raised(
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.96 GiB. GPU 3 has a total capacity of 79.10 GiB of which 611.75 MiB is free. Including non-PyTorch memory, this process has 78.49 GiB memory in use.",
            [
              ["/workspace/sft.py", 131, "trainer.train()"],
              [
                `${packages}/torch/distributed/fsdp/_flat_param.py`,
                1411,
                "_alloc_storage(padded_unsharded_flat_param, expected_size)",
              ],
            ],
          ),
        ),
        "E1201 10:31:50.204118 4402 torch/distributed/elastic/multiprocessing/api.py:869] failed (exitcode: 1) local_rank: 0 (pid: 4410) of binary: /opt/env/bin/python",
      ),
    },
  ],
  [
    // Habana's bridge of PyTorch
    "Gaudi: an allocation fails on one card",
    "out-of-memory 1",
    {
      "gaudi_spawn.log": lines(
        "DistributedRunner run(): command = mpirun -n 8 --bind-to core --map-by socket:PE=10 --rank-by core --report-bindings --allow-run-as-root python run_lora_clm.py",
        torchtune(1, 33),
        labelled(
          "[1,4]<stderr>:",
          raised(
            "RuntimeError: [Rank:4] FATAL ERROR :: MODULE:PT_HCCL_BACKEND hcclAllReduce failed with status hcclRemoteError",
            [["/workspace/run_lora_clm.py", 811, "trainer.train()"]],
          ),
        ),
        labelled(
          "[1,1]<stderr>:",
          raised(
            "RuntimeError: [Rank:1] FATAL ERROR :: MODULE:PT_DEVMEM Allocation failed for size::1610612736 (1536)MB",
            [["/workspace/run_lora_clm.py", 811, "trainer.train()"]],
          ),
        ),
        "--------------------------------------------------------------------------",
        "Primary job  terminated normally, but 1 process returned",
        "a non-zero exit code. Per user-direction, the job has been aborted.",
        "--------------------------------------------------------------------------",
      ),
    },
  ],
  [
    // the kernel ends a worker of a loader, in the group of a container
    "the kernel ends a worker of a loader; the log names its pid",
    "out-of-memory 2",
    {
      "kern.log": lines(
        "Dec  1 10:31:44 gpu-4 kernel: [91204.114204] pt_data_worker invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
        "Dec  1 10:31:44 gpu-4 kernel: [91204.114301] memory: usage 251658240kB, limit 251658240kB, failcnt 4411",
        "Dec  1 10:31:44 gpu-4 kernel: [91204.114399] Memory cgroup out of memory: Killed process 33121 (pt_data_worker) total-vm:98112044kB, anon-rss:61204118kB, file-rss:81204kB, shmem-rss:0kB, UID:1002 pgtables:121204kB oom_score_adj:0",
      ),
      "train.log": lines(
        timm(1, 60),
        labelled("[rank1]: ", peerGone("10.2.0.5")),
        labelled(
          "[rank2]: ",
          raised("RuntimeError: DataLoader worker (pid 33121) is killed by signal: Killed. ", [
            ["/workspace/train.py", 301, "for images, target in loader:"],
            [
              `${packages}/torch/utils/data/_utils/signal_handling.py`,
              73,
              "_error_if_any_worker_fails()",
            ],
          ]),
        ),
      ),
    },
  ],
  [
    // ray-project/ray src/ray/raylet: the memory monitor
    "Ray's memory monitor ends a worker",
    "out-of-memory",
    {
      "ray-driver.log": lines(
        "(WorkerDict pid=44120) step:1 - actor/pg_loss:0.011 - actor/grad_norm:0.41 - critic/rewards/mean:0.21",
        "(WorkerDict pid=44120) step:2 - actor/pg_loss:0.012 - actor/grad_norm:0.40 - critic/rewards/mean:0.22",
        "(WorkerDict pid=44120) step:3 - actor/pg_loss:0.010 - actor/grad_norm:0.42 - critic/rewards/mean:0.24",
        raised(
          [
            "ray.exceptions.OutOfMemoryError: Task was killed due to the node running low on memory.",
            "Memory on the node (IP: 10.2.0.7, ID: fc2befb2867ce88e73a8a45572c43a640751ae1f2b5e15bd8315f293) where the task (actor ID: f9cc340f5aef7b479d86345001000000, name=WorkerDict.__init__, pid=44133, memory used=211.22GB) was running was 980.49GB / 1007.58GB (0.973114), which exceeds the memory usage threshold of 0.95. Ray killed this worker (ID: d98ac96cdd66ea8c) because it was the most recently scheduled task; to see more information about memory usage on this node, use `ray logs raylet.out -ip 10.2.0.7`.",
          ],
          [["/workspace/verl/trainer/main_ppo.py", 141, "ray.get(runner.run.remote(config))"]],
        ),
        "(raylet, ip=10.2.0.7) [2026-12-01 10:31:44,118 E 4411 4411] (raylet) node_manager.cc:3041: 1 Workers (tasks / actors) killed due to memory pressure (OOM), 0 Workers crashed due to other reasons at node (ID: fc2befb2, IP: 10.2.0.7) over the last time period.",
      ),
    },
  ],
  [
    // SchedMD/slurm: a step with tasks; the words about memory come last
    "Slurm: the task without memory stands after its victims",
    "out-of-memory 5",
    {
      "slurm-7044.out": lines(
        nemo(1, 40),
        [1, 6].map((task) => labelled(`${task}: `, peerGone("10.2.0.12"))),
        "slurmstepd: error: Detected 1 oom_kill event in StepId=7044.0. Some of the step tasks have been OOM Killed.",
        "srun: error: nid00412: task 5: Out Of Memory",
        "srun: Terminating StepId=7044.0",
        "slurmstepd: error: *** STEP 7044.0 ON nid00411 CANCELLED AT 2026-12-01T10:31:44 ***",
        "srun: error: nid00411: tasks 0-3: Terminated",
      ),
    },
  ],
  [
    // XLA for TPUs: a program that does not fit
    "TPU: a program that needs more memory than the chip has",
    "out-of-memory",
    {
      "worker0.log": lines(
        "I1201 10:00:44.118204 4411 max_utils.py:290] Attempting to initialize the jax distributed system for GKE...",
        "Num_devices: 64, shape (1, 1, 64, 1, 1, 1)",
        raised(
          [
            "jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: XLA:TPU compile permanent error. Ran out of memory in memory space hbm. Used 18.54G of 15.75G hbm. Exceeded hbm capacity by 2.79G.",
            "",
            "Total hbm usage >= 18.79G:",
            "    reserved        258.00M ",
            "    program          18.54G ",
            "    arguments            0B ",
          ],
          [
            [
              "/workspace/MaxText/train.py",
              811,
              "p_train_step.lower(state, batch, nextrng).compile()",
            ],
          ],
        ),
      ),
    },
  ],
];
