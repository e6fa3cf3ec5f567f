// First half: processes and hosts that end.
import { labelled, lines, ranksOf } from "../../fourth/folder-texts.js";
import {
  deepspeed,
  hfTrainer,
  keras,
  lightning,
  maxtext,
  omp,
  peerGone,
  perRank,
  raised,
  rayWorker,
} from "../printed.js";

const packages = "/opt/env/lib/python3.11/site-packages";

export const firstEnded = [
  [
    // facebookincubator/submitit: a file of output and one of errors for each task
    "submitit and Lightning: a batch of one task has another key",
    "crash 5",
    {
      ...perRank(
        8,
        (rank) => `submitit/4411_${rank}_log.out`,
        (rank) =>
          lines(
            "submitit INFO (2026-12-01 10:00:01,114) - Starting with JobEnvironment(job_id=4411, hostname=gpu-1, local_rank=" +
              `${rank % 4}(4), node=${rank < 4 ? 0 : 1}(2), global_rank=${rank}(8))`,
            "submitit INFO (2026-12-01 10:00:01,114) - Loading pickle: /checkpoint/ana/4411_submitted.pkl",
            rank === 0 ? lightning(1, 60) : [],
          ),
      ),
      ...perRank(
        8,
        (rank) => `submitit/4411_${rank}_log.err`,
        (rank) =>
          rank === 5
            ? lines(
                `${packages}/lightning/pytorch/trainer/connectors/data_connector.py:425: The 'train_dataloader' does not have many workers which may be a bottleneck.`,
                "submitit ERROR (2026-12-01 10:01:02,918) - Submitted job triggered an exception",
                raised(
                  [
                    "KeyError: Caught KeyError in DataLoader worker process 2.",
                    "Original Traceback (most recent call last):",
                    `  File "${packages}/torch/utils/data/_utils/worker.py", line 309, in _worker_loop`,
                    "    data = fetcher.fetch(index)  # type: ignore[possibly-undefined]",
                    '  File "/workspace/data/collate.py", line 41, in __call__',
                    '    masks = [sample["segmentation"] for sample in samples]',
                    "KeyError: 'segmentation'",
                  ],
                  [[`${packages}/submitit/core/submission.py`, 55, "result = delayed.result()"]],
                ),
              )
            : lines(
                `submitit ERROR (2026-12-01 10:01:0${rank < 5 ? 1 : 4},114) - Submitted job triggered an exception`,
                peerGone("10.2.0.5"),
              ),
      ),
    },
  ],
  [
    // horovod/horovod: tags of Open MPI
    "Horovod: all ranks are told that one of them has ended",
    "crash 2",
    {
      "job.log": lines(
        labelled("[1,0]<stdout>:", keras(1, 60)),
        [0, 1, 3].map((rank) =>
          labelled(`[1,${rank}]<stderr>:`, [
            ...raised(
              "tensorflow.python.framework.errors_impl.UnknownError: Horovod has been shut down. This was caused by an exception on one of the ranks or an attempt to allreduce, allgather or broadcast a tensor after one of the ranks finished execution. If the shutdown was caused by an exception, you should see the exception in the log before the first shutdown message.",
              [["/workspace/train_keras.py", 202, "model.fit(train, callbacks=callbacks)"]],
            ),
            "\t [[{{node DistributedAdam_Allreduce/HorovodAllreduce_gradients_dense_1_MatMul_grad_0}}]]",
          ]),
        ),
        labelled(
          "[1,2]<stderr>:",
          raised(
            [
              "tensorflow.python.framework.errors_impl.InvalidArgumentError: Graph execution error:",
              "",
              "Detected at node 'decode/DecodeJpeg' defined at (most recent call last):",
              "Input is empty.",
              "\t [[{{node decode/DecodeJpeg}}]]",
              "\t [[IteratorGetNext]] [Op:__inference_train_function_2211]",
            ],
            [["/workspace/train_keras.py", 202, "model.fit(train, callbacks=callbacks)"]],
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
    // ray-project/ray python/ray/train/_internal/backend_executor.py
    "Ray Train: workers have pids, and a table of ranks",
    "crash 3",
    {
      "driver.out": lines(
        "(TorchTrainer pid=21001) Started distributed worker processes: ",
        ranksOf(4).map(
          (rank) =>
            `(TorchTrainer pid=21001) - (node_id=${["1f0a", "1f0a", "8c2e", "8c2e"][rank]}41b07e15, ip=10.2.0.${rank < 2 ? 6 : 7}, pid=${[22_010, 22_011, 31_400, 31_399][rank]}) world_rank=${rank}, local_rank=${rank % 2}, node_rank=${rank < 2 ? 0 : 1}`,
        ),
        rayWorker(22_010, "10.2.0.6", 1, 40),
        "(RayTrainWorker pid=22011, ip=10.2.0.6) [rank1]:[E1201 10:04:11.204118 ProcessGroupNCCL.cpp:1595] [PG ID 0 PG GUID 0 Rank 1] Process group watchdog thread terminated with exception: NCCL error: remote process exited or there was a network error",
        "2026-12-01 10:04:12,004\tERROR tune_controller.py:1331 -- Trial task failed for trial TorchTrainer_1f0a4_00000",
        raised(
          [
            "ray.exceptions.RayTaskError(ValueError): ray::_RayTrainWorker__execute.get_next() (pid=31399, ip=10.2.0.7, actor_id=7d9f31c2aa0e, repr=<ray.train._internal.worker_group.RayTrainWorker object at 0x7f1e>)",
            '  File "/workspace/loop.py", line 88, in train_loop_per_worker',
            "    labels = torch.tensor([int(row) for row in batch['label']])",
            "ValueError: invalid literal for int() with base 10: 'unknown'",
          ],
          [
            [
              `${packages}/ray/_private/worker.py`,
              2782,
              "values, debugger_breakpoint = worker.get_objects(",
            ],
          ],
        ),
        "Trial TorchTrainer_1f0a4_00000 errored after 40 iterations at 2026-12-01 10:04:12. Total running time: 4min 2s",
      ),
    },
  ],
  [
    // microsoft/DeepSpeed deepspeed/launcher/launch.py
    "DeepSpeed's launcher sees a process with code -9",
    "killed 2",
    {
      "train.log": lines(
        "[2026-12-01 10:00:01,204] [INFO] [launch.py:146:main] WORLD INFO DICT: {'localhost': [0, 1, 2, 3]}",
        "[2026-12-01 10:00:01,204] [INFO] [launch.py:164:main] dist_world_size=4",
        ranksOf(4).map(
          (rank) =>
            `[2026-12-01 10:00:01,2${rank}8] [INFO] [launch.py:256:main] process ${9_111 + rank} spawned with command: ['/opt/env/bin/python', '-u', 'finetune.py', '--local_rank=${rank}', '--deepspeed', 'zero3.json']`,
        ),
        deepspeed(1, 30),
        [0, 1, 2, 3].map(
          (rank) =>
            `[2026-12-01 10:02:44,${301 + rank}] [INFO] [launch.py:319:sigkill_handler] Killing subprocess ${9_111 + rank}`,
        ),
        "[2026-12-01 10:02:46,118] [ERROR] [launch.py:325:sigkill_handler] ['/opt/env/bin/python', '-u', 'finetune.py', '--local_rank=2', '--deepspeed', 'zero3.json'] exits with return code = -9",
      ),
      "free.txt": lines(
        "               total        used        free      shared  buff/cache   available",
        "Mem:           1.0Ti       210Gi       640Gi       2.1Gi       160Gi       790Gi",
        "Swap:             0B          0B          0B",
      ),
    },
  ],
  [
    // openxla/xla coordination service, and Compute Engine's audit log
    "a worker of JAX without heartbeats, whose machine had an error",
    "host-lost 3",
    {
      ...perRank(
        3,
        (rank) => `worker-${rank}.log`,
        (rank) =>
          lines(
            `I1201 10:00:11.204118 4411 distributed.py:118] Connecting to JAX distributed service on 10.2.0.4:8476 as process ${rank} of 4`,
            maxtext(1, 50),
            rank === 0
              ? "E1201 10:06:51.594192 4501 coordination_service.cc:1112] /job:jax_worker/replica:0/task:3 has been set to ERROR in coordination service: UNAVAILABLE: Task /job:jax_worker/replica:0/task:3 heartbeat timeout. This indicates that the remote task has failed, got preempted, or crashed unexpectedly. Check the task logs for an earlier error to debug further."
              : [],
            "E1201 10:06:52.594192 4529 coordination_service_agent.cc:332] Polled an error from coordination service (this can be an error from this or another task).",
            "F1201 10:06:52.594200 4529 client.h:77] Terminating process because the JAX distributed service detected fatal errors. This most likely indicates that another task died; see the other task logs for more details. absl::Status: UNAVAILABLE: The following tasks are unhealthy (stopped sending heartbeats):",
            "/job:jax_worker/replica:0/task:3",
          ),
      ),
      "worker-3.log": lines(
        "I1201 10:00:11.204118 4411 distributed.py:118] Connecting to JAX distributed service on 10.2.0.4:8476 as process 3 of 4",
        maxtext(1, 47),
      ),
      "operations.txt": lines(
        "NAME                                   TYPE                         TARGET                            HTTP_STATUS  STATUS  TIMESTAMP",
        "systemevent-1796119411-59f2-41b07e15   compute.instances.hostError  us-central1-a/instances/jax-w-3   200          DONE    2026-12-01T10:05:12.114-08:00",
        "operation-1796110000-59f1-aa01         insert                       us-central1-a/instances/jax-w-3   200          DONE    2026-12-01T08:41:02.004-08:00",
      ),
    },
  ],
  [
    // pytorch/pytorch torch/distributed/elastic/multiprocessing/api.py: a terminal that closes
    "torchrun gets the signal of a terminal that closes",
    "launcher-killed",
    {
      "nohup.out": lines(
        omp,
        hfTrainer(1, 60),
        "W1201 11:02:40.204118 140221 torch/distributed/elastic/agent/server/api.py:704] Received 1 death signal, shutting down workers",
        ranksOf(4).map(
          (rank) =>
            `W1201 11:02:40.204${rank}18 140221 torch/distributed/elastic/multiprocessing/api.py:897] Sending process ${140_290 + rank} closing signal SIGHUP`,
        ),
        raised(
          "torch.distributed.elastic.multiprocessing.api.SignalException: Process 140221 got signal: 1",
          [
            ["/opt/env/bin/torchrun", 8, "sys.exit(main())"],
            [
              `${packages}/torch/distributed/elastic/multiprocessing/api.py`,
              84,
              'raise SignalException(f"Process {os.getpid()} got signal: {sigval}", sigval=sigval)',
            ],
          ],
        ),
      ),
    },
  ],
  [
    // torch_npu, and LLaMA-Factory's words
    "an NPU without memory, with messages in Chinese",
    "out-of-memory 5",
    {
      "train_8p.log": lines(
        "[INFO|2026-12-01 10:00:12] llamafactory.hparams.parser:143 >> Process rank: 0, world size: 8, device: npu:0, distributed training: True, compute dtype: torch.bfloat16",
        "[INFO|2026-12-01 10:00:40] llamafactory.train.callbacks:143 >> 开始训练，总步数 1230",
        hfTrainer(1, 35),
        [4, 6].map((rank) =>
          labelled(`[rank${rank}]: `, [
            ...raised(
              "RuntimeError: The Inner error is reported as above. The process exits for this inner error, and the current working operator name is HcclAllreduce.",
              [["/workspace/LLaMA-Factory/src/llamafactory/launcher.py", 19, "run_exp()"]],
            ),
            `[ERROR] 2026-12-01-10:14:0${rank} (PID:${9_200 + rank}, Device:${rank}, RankID:${rank}) ERR02200 DIST call hccl api failed.`,
            "EI0002: 通知寄存器等待超时 The wait execution of the Notify register times out. Reason: The Notify register has not received the Notify record from remote rank [5].",
          ]),
        ),
        labelled(
          "[rank5]: ",
          raised(
            [
              "RuntimeError: NPU out of memory. Tried to allocate 2.32 GiB (NPU 5; 60.97 GiB total capacity; 57.41 GiB already allocated; 57.41 GiB current active; 1.10 GiB free; 58.90 GiB reserved in total by PyTorch) If reserved memory is >> allocated memory try setting max_split_size_mb to avoid fragmentation.",
              "[ERROR] 2026-12-01-10:04:11 (PID:9205, Device:5, RankID:5) ERR99999 UNKNOWN application exception",
            ],
            [["/workspace/LLaMA-Factory/src/llamafactory/launcher.py", 19, "run_exp()"]],
          ),
        ),
      ),
    },
  ],
];
