// Jobs that ended under torchrun, DeepSpeed, Ray, srun, PALS, SkyPilot, Azure ML and Kubeflow.
import { labelled, lines, ranksOf, torchrunTable } from "../fourth/folder-texts.js";
import {
  clip,
  crlf,
  engine,
  failed,
  goneFrom,
  litgpt,
  nanotron,
  structlog,
  trainer,
  tune,
  verl,
} from "./printed.js";

const agent = (text, line = 737) =>
  `I1201 09:14:31.512000 3310 torch/distributed/elastic/agent/server/api.py:${line}] [default] ${text}`;
const sky = (rank, texts) =>
  labelled(
    rank === 0
      ? "(head, rank=0, pid=2411) "
      : `(worker${rank}, rank=${rank}, pid=24${rank}7, ip=10.0.4.${rank}) `,
    texts,
  );

export const launcherFolders = [
  [
    // NVIDIA/Megatron-LM#516: exitcode -7 in torchrun's table
    "torchrun of one node, a rank with SIGBUS and its neighbours ended after it",
    "crash 5",
    {
      "stdout.log": lines(
        nanotron(1, 30),
        ranksOf(8).map((rank) =>
          rank === 5
            ? []
            : `W1201 09:31:02.118000 5201 torch/distributed/elastic/multiprocessing/api.py:908] Sending process ${52_70 + rank} closing signal SIGTERM`,
        ),
        "E1201 09:31:04.204000 5201 torch/distributed/elastic/multiprocessing/api.py:882] failed (exitcode: -7) local_rank: 5 (pid: 5275) of binary: /usr/bin/python",
        torchrunTable([], { first: 5, exitCode: -7, name: "/workspace/pretrain_gpt.py" }),
      ),
    },
  ],
  [
    // pytorch/pytorch torch/distributed/elastic/multiprocessing/errors/error_handler.py: the file that a rank leaves
    "only the second node's files: torchrun's agent, and the error file of its rank",
    "crash 9",
    {
      "node1/agent.log": lines(
        agent("Starting worker group"),
        agent(
          "Rendezvous complete for workers. Result:\n  restart_count=0\n  master_addr=gpu-0\n  group_rank=1\n  group_world_size=2\n  local_ranks=[0, 1, 2, 3, 4, 5, 6, 7]\n  global_ranks=[8, 9, 10, 11, 12, 13, 14, 15]",
        ),
        "E1201 09:41:04.204000 3310 torch/distributed/elastic/multiprocessing/api.py:882] failed (exitcode: 1) local_rank: 1 (pid: 3402) of binary: /opt/env/bin/python3",
      ),
      "node1/none_4k2/attempt_0/1/error.json": JSON.stringify({
        message: {
          message: "IndexError: index 8192 is out of bounds for dimension 0 with size 8192",
          extraInfo: {
            py_callstack:
              'Traceback (most recent call last):\n  File "/opt/env/lib/python3.12/site-packages/torch/distributed/elastic/multiprocessing/errors/__init__.py", line 357, in wrapper\n    return f(*args, **kwargs)\n  File "/job/rope.py", line 44, in forward\n    return self.cos[positions]\nIndexError: index 8192 is out of bounds for dimension 0 with size 8192\n',
            timestamp: "1796117263",
          },
        },
      }),
    },
  ],
  [
    // cszn/KAIR#127, iperov/DeepFaceLab#737: Windows, CRLF
    "Windows: the paging file is too small for one of two ranks",
    "out-of-memory 1",
    {
      "train.log": crlf(
        lines(
          "NOTE: Redirects are currently not supported in Windows or MacOs.",
          "[W1201 09:12:44.000000000 socket.cpp:755] [c10d] The client socket has failed to connect to [LAB-PC7]:29500 (system error: 10049 - The requested address is not valid in its context.).",
          ranksOf(20).map(
            (step) =>
              `epoch: 2, iter: ${100 * step}, lr: 2.0e-04, G_loss: ${(0.02 - 0.0002 * step).toFixed(5)}`,
          ),
          labelled("[rank1]: ", [
            "Traceback (most recent call last):",
            '  File "D:\\Anaconda\\envs\\swin-train\\lib\\multiprocessing\\spawn.py", line 116, in spawn_main',
            "    exitcode = _main(fd, parent_sentinel)",
            '  File "D:\\Anaconda\\envs\\swin-train\\lib\\site-packages\\torch\\__init__.py", line 124, in <module>',
            "    raise err",
            'OSError: [WinError 1455] The paging file is too small for this operation to complete. Error loading "D:\\Anaconda\\envs\\swin-train\\lib\\site-packages\\torch\\lib\\shm.dll" or one of its dependencies.',
          ]),
          "E1201 09:31:04.204000 7112 torch\\distributed\\elastic\\multiprocessing\\api.py:882] failed (exitcode: 1) local_rank: 1 (pid: 9920) of binary: D:\\Anaconda\\envs\\swin-train\\python.exe",
        ),
      ),
    },
  ],
  [
    // deepspeedai/DeepSpeed deepspeed/launcher/launch.py: the command that it prints is the one that it started last, whoever failed
    "DeepSpeed's launcher prints the command of its last rank",
    "crash 1",
    {
      "run.out": lines(
        engine(1, 15),
        labelled(
          "[rank1]: ",
          failed(
            "ValueError: Expected more than 1 value per channel when training, got input size torch.Size([1, 512])",
          ),
        ),
        ranksOf(4).map(
          (rank) =>
            `[2026-12-01 09:30:44,11${rank}] [INFO] [launch.py:319:sigkill_handler] Killing subprocess ${4411 + rank}`,
        ),
        "[2026-12-01 09:30:46,204] [ERROR] [launch.py:325:sigkill_handler] ['/opt/env/bin/python', '-u', 'finetune.py', '--local_rank=3', '--deepspeed', '--deepspeed_config', 'zero2.json'] exits with return code = 1",
      ),
    },
  ],
  [
    // ray-project/ray python/ray/train/v2/_internal/execution/worker_group/poll.py (ray-project/ray#55222)
    "Ray Train groups equal errors; the group of most ranks is first",
    "crash 1",
    {
      "job-driver.log": lines(
        ranksOf(12).map(
          (step) =>
            `(RayTrainWorker pid=3120, ip=10.1.0.4) [rank 0] step ${step} loss ${(2.1 - 0.01 * step).toFixed(3)}`,
        ),
        "(TrainController pid=2911) [FailurePolicy] RAISE",
        "(TrainController pid=2911)   Source: worker group",
        "ray.train.WorkerGroupError: Training failed due to worker errors:",
        "[Rank 0,2,3 Error Snippet]:",
        "Traceback (most recent call last):",
        '  File "/tmp/ray/session_2026-12-01/runtime_resources/train.py", line 88, in train_func',
        "    loss.backward()",
        "RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:534] Connection closed by peer [10.1.0.5]:31004",
        "[Rank 1 Error Snippet]:",
        "Traceback (most recent call last):",
        '  File "/tmp/ray/session_2026-12-01/runtime_resources/train.py", line 71, in collate',
        '    return torch.stack([each["pixel_values"] for each in batch])',
        "KeyError: 'pixel_values'",
      ),
    },
  ],
  [
    // skypilot-org/skypilot sky/backends/task_codegen.py: codes of all nodes, in their order
    "SkyPilot, codes of four nodes",
    "crash 2",
    {
      "sky-logs/run.log": lines(
        sky(0, structlog(1, 20)),
        sky(
          3,
          "RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:534] Connection closed by peer [10.0.4.2]:5521",
        ),
        sky(2, [
          "Process exited.",
          "bash: line 14:  2417 Aborted                 (core dumped) python -u finetune.py --config ft.yaml",
        ]),
        "ERROR: Job 1 failed with return code list: [137, 137, 134, 137] (A Worker failed with return code 134, SkyPilot cleaned up the processes on other nodes with return code 137)",
        "✗ Job finished (status: FAILED).",
      ),
    },
  ],
  [
    // skypilot-org/skypilot#804, sky/jobs/controller.py
    "SkyPilot finds no machine after a preemption",
    "preemption",
    {
      "controller.log": lines(
        "I 12-01 07:29:51 controller.py:131] === Checking the job status... ===",
        "I 12-01 07:29:53 controller.py:133] Job status: JobStatus.RUNNING",
        "I 12-01 07:30:53 controller.py:545] Cluster is preempted or failed. Recovering...",
        "I 12-01 07:30:54 state.py:99] === Recovering... ===",
        "I 12-01 07:30:54 recovery_strategy.py:711] Terminating unhealthy cluster and reset cloud region.",
        "I 12-01 07:38:12 recovery_strategy.py:497] Failed to launch a cluster with error: sky.exceptions.ResourcesUnavailableError: Failed to provision all possible launchable resources.",
        "I 12-01 07:38:12 controller.py:602] Job status: FAILED_NO_RESOURCE",
      ),
      "job.log": lines(litgpt(1, 40), "Connection to 34.91.20.7 closed by remote host."),
    },
  ],
  [
    // modal-labs/modal-examples#432, the platform's message
    "Modal takes a worker away",
    "preemption",
    {
      "app-logs.txt": lines(
        tune(1, 60),
        "Runner interrupted due to worker preemption. Your Function will be restarted with the same input.",
      ),
    },
  ],
  [
    // aws/amazon-sagemaker-examples#1740, DescribeTrainingJob of the API reference
    "SageMaker's description of a job that reached its limit",
    "out-of-time",
    {
      "describe-training-job.json": JSON.stringify(
        {
          TrainingJobName: "gpt-neox-2026-12-01-02-11-40",
          TrainingJobStatus: "Stopped",
          SecondaryStatus: "MaxRuntimeExceeded",
          StoppingCondition: { MaxRuntimeInSeconds: 86_400 },
          SecondaryStatusTransitions: [
            {
              Status: "Training",
              StatusMessage: "Training image download completed. Training in progress.",
            },
            {
              Status: "MaxRuntimeExceeded",
              StatusMessage: "Training job runtime exceeded MaxRuntimeInSeconds provided",
            },
          ],
          TrainingTimeInSeconds: 86_400,
        },
        undefined,
        2,
      ),
      "algo-1.log": lines(trainer(1, 60)),
    },
  ],
  [
    // tensorflow/models#5591, GoogleCloudPlatform/vertex-ai-samples#1504: replicas of a custom job
    "Vertex AI, a replica without memory",
    "out-of-memory 2",
    {
      "job-error.txt": lines(
        "RuntimeError: Job failed with:",
        "code: 8",
        'message: "The replica workerpool1-1 ran out-of-memory and exited with a non-zero status of 137(SIGKILL). To find out more about why your job exited please check the logs: https://console.cloud.google.com/logs/viewer"',
      ),
      "workerpool0-0.log": lines("RANK=0 WORLD_SIZE=4", clip(1, 20)),
      "workerpool1-0.log": lines("RANK=1 WORLD_SIZE=4"),
      "workerpool1-1.log": lines("RANK=2 WORLD_SIZE=4"),
      "workerpool1-2.log": lines("RANK=3 WORLD_SIZE=4"),
    },
  ],
  [
    // Azure/azureml-examples#675: logs of processes in user_logs
    "Azure ML, a log of each process",
    "crash 5",
    Object.fromEntries(
      ranksOf(8).map((rank) => [
        `user_logs/std_log_process_0${rank}.txt`,
        lines(
          `[2026-12-01T09:01:1${rank}.664111] Starting Linux command : python train.py --epochs 2`,
          rank === 0 ? trainer(1, 25) : [],
          rank === 5
            ? failed("AssertionError: sequence parallel input is not divisible by 8: 4093", {
                call: "loss = model(batch)",
              })
            : goneFrom(rank, "10.0.0.6<41870>"),
        ),
      ]),
    ),
  ],
  [
    // kubeflow/trainer#2008: events of the operator; the master is rank 0, so worker-2 is rank 3
    "Kubeflow's operator names a worker; the master is rank 0",
    "crash 3",
    {
      "training-operator.log": lines(
        'time="2026-12-01T09:30:56Z" level=info msg="PyTorchJob=gpt, ReplicaType=Worker expected=3, running=3, succeeded=0, failed=0, Replicas=3"',
        '1.796117456644096e+09\tDEBUG\tevents\tError pod gpt-worker-2 container pytorch exitCode: 139 terminated message: \t{"type": "Warning", "object": {"kind":"PyTorchJob","namespace":"ml","name":"gpt","apiVersion":"kubeflow.org/v1"}, "reason": "Error"}',
        '1.796117456644104e+09\tDEBUG\tevents\tPod: ml.gpt-worker-2 exited with code 139\t{"type": "Normal", "object": {"kind":"PyTorchJob","namespace":"ml","name":"gpt"}, "reason": "ExitedWithCode"}',
      ),
      "gpt-master-0.log": lines(
        "MASTER_ADDR=gpt-master-0 RANK=0 WORLD_SIZE=4",
        structlog(1, 22),
        goneFrom(0, "10.244.3.9<40112>"),
      ),
      "gpt-worker-2.log": lines("MASTER_ADDR=gpt-master-0 RANK=3 WORLD_SIZE=4"),
    },
  ],
  [
    // Lightning-AI/pytorch-lightning src/lightning/fabric/strategies/launchers/subprocess_script.py, and the kernel's line
    "Lightning says that a child was killed, the kernel says why",
    "out-of-memory 2",
    {
      "lightning.out": lines(
        ranksOf(20).map(
          (step) =>
            `Epoch 4: ${5 * step}%|▉  | ${10 * step}/200 [00:2${step % 10}<00:31, 7.7it/s, v_num=3, train_loss_step=${(0.8 - 0.01 * step).toFixed(3)}]`,
        ),
        "[rank: 2] Child process with PID 61204 terminated with code -9. Forcefully terminating all other processes to avoid zombies 🧟",
        "Killed",
      ),
      "kern.log": lines(
        "Dec  1 09:30:51 box3 kernel: [811204.114210] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0-1,global_oom,task_memcg=/user.slice/user-1004.slice/session-8.scope,task=python,pid=61204,uid=1004",
        "Dec  1 09:30:51 box3 kernel: [811204.114288] Out of memory: Killed process 61204 (python) total-vm:192114412kB, anon-rss:121204112kB, file-rss:71244kB, shmem-rss:8210444kB, UID:1004 pgtables:260144kB oom_score_adj:0",
      ),
    },
  ],
  [
    // shun-zheng/Doc2EDAG#24: attempts of torchelastic; the same rank fails in both
    "torchrun tries twice, the same rank fails at the same batch",
    "crash 6",
    {
      "elastic.log": lines(
        agent("Starting worker group"),
        litgpt(1, 30),
        labelled(
          "[rank6]: ",
          failed("AssertionError: sample 40127: 0 tokens after masking", {
            call: "batch = next(batches)",
          }),
        ),
        "E1201 09:31:04.204000 3310 torch/distributed/elastic/multiprocessing/api.py:882] failed (exitcode: 1) local_rank: 6 (pid: 3411) of binary: /opt/env/bin/python3",
        agent("Worker group FAILED. 1/1 attempts left; will restart worker group", 921),
        agent("Stopping worker group"),
        agent("Rendezvous'ing worker group"),
        "Resuming from checkpoint at step 24",
        litgpt(25, 30),
        labelled(
          "[rank6]: ",
          failed("AssertionError: sample 40127: 0 tokens after masking", {
            call: "batch = next(batches)",
          }),
        ),
        "E1201 09:38:04.204000 3310 torch/distributed/elastic/multiprocessing/api.py:882] failed (exitcode: 1) local_rank: 6 (pid: 4018) of binary: /opt/env/bin/python3",
        torchrunTable([], { first: 6, exitCode: 1, name: "litgpt" }),
      ),
    },
  ],
  [
    // SchedMD/slurm src/srun/libsrun/launch.c: only the launcher's words are left
    "srun alone: one task with a segmentation fault, others ended",
    "crash 17",
    {
      "slurm-771201.err": lines(
        "srun: error: nid003412: task 17: Segmentation fault (core dumped)",
        "srun: Terminating StepId=771201.0",
        "slurmstepd: error: *** STEP 771201.0 ON nid003408 CANCELLED AT 2026-12-01T09:44:17 ***",
        "srun: error: nid003408: tasks 0-3: Terminated",
        "srun: error: nid003412: tasks 16,18-19: Terminated",
        "srun: error: nid003409: tasks 4-7: Terminated",
        "srun: Force Terminated StepId=771201.0",
      ),
    },
  ],
  [
    // saforem2/ezpz: PALS of PBS sites ends the others with signal 15
    "PALS: a rank that died from signal 11, others from 15",
    "crash 6",
    {
      "train.o4410.pbs": lines(
        ranksOf(20).map(
          (step) =>
            `[2026-12-01 09:2${step % 10}:55,118][I][ezpz/history:1765:log_metrics] iter=${step} epoch=0 bidx=${step} loss=${(11.2 - 0.1 * step).toFixed(6)} dt=0.375328`,
        ),
        "x4406c6s7b0n0.hsn.cm.site.gov: rank 6 died from signal 11 and dumped core",
        "x4406c6s6b0n0.hsn.cm.site.gov: rank 1 died from signal 15",
        "x4406c6s7b0n0.hsn.cm.site.gov: rank 7 died from signal 15",
      ),
    },
  ],
  [
    // verl-project/verl prints from one task runner; ray-project/ray python/ray/exceptions.py names the actor
    "verl: an actor of rank 3 raises in its update",
    "crash 3",
    {
      "verl.log": lines(
        verl(1, 25),
        "(WorkerDict pid=41204) [rank3] micro batch of 0 sequences",
        "Traceback (most recent call last):",
        '  File "/opt/verl/verl/trainer/main_ppo.py", line 64, in main',
        "    ray.get(runner.run.remote(config))",
        "ray.exceptions.RayTaskError(ZeroDivisionError): ray::TaskRunner.run() (pid=40117, ip=10.2.0.4, actor_id=8e01, repr=<main_ppo.TaskRunner object>)",
        "ray.exceptions.RayTaskError(ZeroDivisionError): ray::WorkerDict.actor_rollout_update_actor() (pid=41204, ip=10.2.0.5, actor_id=77ab, repr=<verl.single_controller.ray.base.WorkerDict object>)",
        '  File "/opt/verl/verl/workers/actor/dp_actor.py", line 512, in update_policy',
        "    loss = policy_loss / gradient_accumulation",
        "ZeroDivisionError: division by zero",
      ),
    },
  ],
];
