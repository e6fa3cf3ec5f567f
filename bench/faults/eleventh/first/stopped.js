// First half: jobs that are stopped, and two faults at once.
import { lines, ranksOf } from "../../fourth/folder-texts.js";
import {
  clock,
  falling,
  hfTrainer,
  keras,
  nemo,
  peerGone,
  perRank,
  raised,
  titan,
} from "../printed.js";

export const firstStopped = [
  [
    // Google Kubernetes Engine: graceful shutdown of a spot node
    "a pod on a spot node that is shut down",
    "preemption 3",
    {
      "pods.txt": lines(
        "NAME              READY   STATUS       RESTARTS   AGE   IP           NODE",
        "titan-worker-0    0/1     Error        0          3h    10.8.1.11    gke-train-spot-a3-1c2d",
        "titan-worker-1    0/1     Error        0          3h    10.8.2.11    gke-train-spot-a3-7f3e",
        "titan-worker-2    0/1     Error        0          3h    10.8.3.11    gke-train-spot-a3-9a0b",
        "titan-worker-3    0/1     Terminated   0          3h    10.8.4.11    gke-train-spot-a3-4411",
      ),
      "describe-worker-3.txt": lines(
        "Name:             titan-worker-3",
        "Namespace:        ml",
        "Node:             gke-train-spot-a3-4411/10.8.4.2",
        "Labels:           training.kubeflow.org/job-name=titan",
        "                  training.kubeflow.org/replica-index=3",
        "                  training.kubeflow.org/replica-type=worker",
        "Status:           Failed",
        "Reason:           Terminated",
        "Message:          Pod was terminated in response to imminent node shutdown.",
        "    Environment:",
        "      RANK:           3",
        "      WORLD_SIZE:     4",
        "Node-Selectors:   cloud.google.com/gke-spot=true",
        "Events:           <none>",
      ),
      ...perRank(
        4,
        (rank) => `logs/titan-worker-${rank}.log`,
        (rank) =>
          lines(titan(1, 70 - (rank === 3 ? 2 : 0)), rank === 3 ? [] : peerGone("10.8.4.11")),
      ),
    },
  ],
  [
    // IBM Spectrum LSF: the report at the end of a job's output
    "LSF's report of a job that another queue has displaced",
    "preemption",
    {
      "lsf-88120.out": lines(
        nemo(1, 50),
        "",
        "------------------------------------------------------------",
        "Sender: LSF System <lsfadmin@c04n11>",
        "Subject: Job 88120: <nemo-7b> in cluster <summit> Exited",
        "",
        "Job <nemo-7b> was submitted from host <login1> by user <ana> in cluster <summit> at Tue Dec  1 08:58:11 2026",
        "Job was executed on host(s) <8*c04n11>, in queue <backfill>, as user <ana> in cluster <summit> at Tue Dec  1 09:02:11 2026",
        "Terminated at Tue Dec  1 10:31:44 2026",
        "",
        "TERM_PREEMPT: job killed after preemption.",
        "Exited with exit code 143.",
        "",
        "Resource usage summary:",
        "",
        "    CPU time :                                   41204.11 sec.",
        "    Max Memory :                                 211042 MB",
        "    Run time :                                   5373 sec.",
      ),
    },
  ],
  [
    // Amazon SageMaker: DescribeTrainingJob of managed spot training
    "SageMaker's description of a job whose spot instances are taken",
    "preemption",
    {
      "describe-training-job.json": JSON.stringify(
        {
          TrainingJobName: "gpt-spot-2026-12-01-09-02-11-114",
          TrainingJobStatus: "InProgress",
          SecondaryStatus: "Interrupted",
          EnableManagedSpotTraining: true,
          StoppingCondition: { MaxRuntimeInSeconds: 86_400, MaxWaitTimeInSeconds: 172_800 },
          SecondaryStatusTransitions: [
            {
              Status: "Starting",
              StartTime: 1_796_115_731.1,
              StatusMessage: "Preparing the instances for training",
            },
            {
              Status: "Downloading",
              StartTime: 1_796_115_902.4,
              StatusMessage: "Downloading the training image",
            },
            {
              Status: "Training",
              StartTime: 1_796_116_102.9,
              StatusMessage: "Training image download completed. Training in progress.",
            },
            {
              Status: "Interrupted",
              StartTime: 1_796_121_104.2,
              StatusMessage:
                "Training job interrupted. Managed spot training instances were reclaimed.",
            },
          ],
        },
        undefined,
        2,
      ),
      "cloudwatch-algo-1.log": lines(
        "2026-12-01 09:15:11,204 sagemaker-training-toolkit INFO     Invoking user script",
        hfTrainer(1, 80),
        "2026-12-01 10:31:42,118 sagemaker-training-toolkit WARNING  Received SIGTERM",
      ),
    },
  ],
  [
    // kubernetes/kubernetes pkg/controller/job
    "a Job of Kubernetes with a deadline",
    "out-of-time",
    {
      "describe-job.txt": lines(
        "Name:                     resnet-train",
        "Namespace:                vision",
        "Parallelism:              1",
        "Completions:              1",
        "Start Time:               Tue, 01 Dec 2026 08:00:02 +0000",
        "Active Deadline Seconds:  7200s",
        "Pods Statuses:            0 Active (0 Ready) / 0 Succeeded / 1 Failed",
        "Events:",
        "  Type     Reason            Age    From            Message",
        "  ----     ------            ----   ----            -------",
        "  Normal   SuccessfulCreate  2h     job-controller  Created pod: resnet-train-7x9kq",
        "  Normal   SuccessfulDelete  41s    job-controller  Deleted pod: resnet-train-7x9kq",
        "  Warning  DeadlineExceeded  41s    job-controller  Job was active longer than specified deadline",
      ),
      "resnet-train-7x9kq.log": lines(keras(1, 120)),
    },
  ],
  [
    // two at once: losses that are no numbers, and Slurm's end of the time
    "a loss of NaN that nobody saw until the time was over",
    "not-a-number + out-of-time",
    {
      "slurm-90211.out": lines(
        hfTrainer(1, 40),
        hfTrainer(40, 120, { loss: () => "nan", grad: () => "nan" }),
        "slurmstepd: error: *** STEP 90211.0 ON gpu-07 CANCELLED AT 2026-12-01T12:00:21 DUE TO TIME LIMIT ***",
        "srun: Job step aborted: Waiting up to 32 seconds for job step to finish.",
        "slurmstepd: error: *** JOB 90211 ON gpu-07 CANCELLED AT 2026-12-01T12:00:21 DUE TO TIME LIMIT ***",
      ),
      "sacct.txt": lines(
        "JobID           JobName      State ExitCode    Elapsed  Timelimit",
        "------------ ---------- ---------- -------- ---------- ----------",
        "90211             sft-7b    TIMEOUT      0:0   02:00:21   02:00:00",
        "90211.batch        batch  CANCELLED     0:15   02:00:22           ",
      ),
    },
  ],
  [
    // two at once: the first rank writes to a full disk, another has no memory
    "no space for a checkpoint, and a rank without memory as it continues",
    "out-of-memory 4 + disk-full 0",
    perRank(
      8,
      (rank) => `logs/rank_${rank}.log`,
      (rank) =>
        lines(
          ranksOf(60).map((step) => `${clock(step)} step ${step} loss ${falling(step).toFixed(4)}`),
          rank === 0
            ? raised(
                [
                  "RuntimeError: [enforce fail at inline_container.cc:858] . PytorchStreamWriter failed writing file data/118: file write failed",
                  "",
                  "During handling of the above exception, another exception occurred:",
                  "OSError: [Errno 28] No space left on device: '/scratch/ana/ckpt/step_60/model.pt.tmp'",
                ],
                [["/workspace/train.py", 512, "torch.save(state, path)"]],
              )
            : rank === 4
              ? raised(
                  "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 5.06 GiB. GPU 4 has a total capacity of 79.10 GiB of which 1.21 GiB is free. Process 118204 has 77.88 GiB memory in use. Of the allocated memory 71.11 GiB is allocated by PyTorch, and 5.90 GiB is reserved by PyTorch but unallocated.",
                  [["/workspace/train.py", 418, "loss.backward()"]],
                )
              : peerGone("10.2.0.5"),
        ),
    ),
  ],
];
