// Schedulers, clouds and kernels: Slurm, PBS, HTCondor, Kubernetes, containers, clocks and memory.
import { gloo, hfSteps, lines, ranksOf, traceback } from "../fourth/folder-texts.js";
import { perRank, plain, steps } from "../sixth/printed.js";
import { bar, json, keras, mm } from "./printed.js";

const sacct = (state, code) => [
  "JobID           JobName  Partition    Account  AllocCPUS      State ExitCode ",
  "------------ ---------- ---------- ---------- ---------- ---------- -------- ",
  `88123          pretrain       h100      team1        512 ${state.padStart(10)} ${code.padStart(8)} `,
  `88123.batch       batch                 team1        128 ${state.padStart(10)} ${code.padStart(8)} `,
  "88123.extern     extern                 team1        512  COMPLETED      0:0 ",
];
const podHead = (name) => [
  `Name:             ${name}`,
  "Namespace:        training",
  "Priority:         0",
  "Node:             gke-a3-pool-7f/10.128.0.9",
];
const event = (kind, reason, age, from, message) =>
  `  ${kind.padEnd(8)} ${reason.padEnd(22)} ${age.padEnd(6)} ${from.padEnd(24)} ${message}`;

export const schedulerFolders = [
  [
    // ArjunaCluster/ArjunaUsers#52
    "Slurm's script and its cgroup",
    "out-of-memory",
    {
      "error_191.err": lines(
        "/var/spool/slurmd/job00191/slurm_script: line 28:  8156 Killed                  python3 main.py --prop hform --epochs 400",
        "slurmstepd: error: Detected 1 oom-kill event(s) in StepId=191.batch cgroup. Some of your processes may have been killed by the cgroup out-of-memory handler.",
      ),
      "out_191.out": lines(
        ranksOf(20).map(
          (step) =>
            `Epoch: [0][${32 * step}/1736]\t Loss ${(0.58 - step * 0.01).toFixed(4)} MAE 0.6353`,
        ),
      ),
    },
  ],
  [
    // Lightning-AI/pytorch-lightning#20542
    "Lightning is told of Slurm's limit",
    "out-of-time",
    {
      "slurm-55595933.out": lines(
        bar(1, 20),
        "slurmstepd: error: *** STEP 55595933.0 ON maestro-3017 CANCELLED AT 2026-11-30T15:27:25 DUE TO TIME LIMIT ***",
        "srun: Job step aborted: Waiting up to 32 seconds for job step to finish.",
        "[rank: 0] Received SIGTERM: 15",
        "Bypassing SIGTERM: 15",
      ),
    },
  ],
  [
    "sacct's table, a state that is cut off",
    "out-of-memory",
    { "sacct.txt": lines(sacct("OUT_OF_ME+", "0:125")), "train.log": lines(plain(1, 20)) },
  ],
  [
    "sacct's table, a limit of time",
    "out-of-time",
    { "sacct.txt": lines(sacct("TIMEOUT", "0:0")), "train.log": lines(plain(1, 20)) },
  ],
  [
    "sacct's table, a node",
    "host-lost",
    { "sacct.txt": lines(sacct("NODE_FAIL", "1:0")), "train.log": lines(plain(1, 20)) },
  ],
  [
    "PBS and its memory",
    "out-of-memory",
    {
      "train.o8812": lines(
        plain(1, 20),
        "=>> PBS: job killed: mem 68157440kb exceeded limit 67108864kb",
      ),
    },
  ],
  [
    // HTCondor's user log
    "HTCondor holds a job",
    "out-of-memory",
    {
      "job.log": lines(
        "001 (4826704.000.000) 2026-11-30 08:00:11 Job executing on host: <10.2.0.9:9618?addrs=10.2.0.9-9618>",
        "...",
        "012 (4826704.000.000) 2026-11-30 09:31:40 Job was held.",
        "\tError from slot1_1@gpu-testpool: Job has gone over cgroup memory limit of 65536 megabytes. Last measured usage: 65301 megabytes.  Consider resubmitting with a higher request_memory.",
        "\tCode 34 Subcode 102",
        "...",
      ),
      "job.out": lines(plain(1, 20)),
    },
  ],
  [
    // GoogleCloudPlatform/ml-auto-solutions#297
    "Kubernetes evicts a pod for its storage",
    "disk-full",
    {
      "describe.txt": lines(
        podHead("bert-sft-2-x7xqz"),
        "Status:           Failed",
        "Reason:           Evicted",
        "Message:          The node was low on resource: ephemeral-storage. Threshold quantity: 10120387530, available: 9702960Ki. Container main was using 26498512Ki, request is 0, has larger consumption of ephemeral-storage. ",
      ),
    },
  ],
  [
    // substratusai/runbooks#92
    "events about a limit of local storage",
    "disk-full",
    {
      "events.txt": lines(
        event("Normal", "Started", "31m", "kubelet", "Started container model"),
        event(
          "Warning",
          "Evicted",
          "109s",
          "kubelet",
          "Pod ephemeral local storage usage exceeds the total limit of containers 5Gi.",
        ),
        event("Normal", "Killing", "109s", "kubelet", "Stopping container model"),
      ),
      "pod.log": lines(hfSteps(1, 20)),
    },
  ],
  [
    // kubeflow/trainer#301
    "a node that is low on memory",
    "out-of-memory",
    {
      "kubectl-describe-master.txt": lines(
        podHead("agents-ppo-master-0"),
        "Status:         Failed",
        "Reason:         Evicted",
        "Message:        The node was low on resource: memory.",
      ),
    },
  ],
  [
    "a pod gives way to one with a higher priority",
    "preemption",
    {
      "kubectl-events.txt": lines(
        event(
          "Normal",
          "Scheduled",
          "2h",
          "default-scheduler",
          "Successfully assigned training/llm-1 to gke-a3-pool-7f",
        ),
        event(
          "Normal",
          "Preempted",
          "12s",
          "default-scheduler",
          "Preempted by pod 7c1d9e1e-5d7c-4d8e-9f0e-1b7e0a on node gke-a3-pool-7f",
        ),
      ),
      "llm-1.log": lines(json(1, 20)),
    },
  ],
  [
    "a node that is not ready any more",
    "host-lost",
    {
      "events.log": lines(
        event("Warning", "NodeNotReady", "6m", "node-controller", "Node is not ready"),
        event(
          "Normal",
          "TaintManagerEviction",
          "1m",
          "taint-eviction-controller",
          "Marking for deletion Pod training/llm-worker-3",
        ),
      ),
      "llm-worker-0.log": lines(json(1, 20)),
    },
  ],
  [
    "the last state of a container",
    "crash 3",
    {
      "llm-worker-3.describe": lines(
        podHead("llm-worker-3"),
        "Containers:",
        "  trainer:",
        "    State:          Waiting",
        "      Reason:       CrashLoopBackOff",
        "    Last State:     Terminated",
        "      Reason:       Error",
        "      Exit Code:    139",
        "      Started:      Mon, 30 Nov 2026 02:11:09 +0000",
      ),
      "llm-worker-0.log": lines(plain(1, 20), gloo(3)),
    },
  ],
  [
    "a job with a deadline",
    "out-of-time",
    {
      "job.yaml": lines(
        "status:",
        "  conditions:",
        '  - lastTransitionTime: "2026-11-30T06:00:02Z"',
        "    message: Job was active longer than specified deadline",
        "    reason: DeadlineExceeded",
        '    status: "True"',
        "    type: Failed",
      ),
      "pod.log": lines(plain(1, 20)),
    },
  ],
  [
    "docker compose and what docker knows of a container",
    "out-of-memory 2",
    {
      "compose.log": lines(
        ranksOf(20).map((step) => `trainer-0  | step ${step} loss ${(3 - step * 0.01).toFixed(4)}`),
        "trainer-2 exited with code 137",
        gloo(2).map((text) => `trainer-1  | ${text}`),
      ),
      "inspect-trainer-2.json": JSON.stringify(
        [
          {
            Name: "/trainer-2",
            State: { Status: "exited", OOMKilled: true, ExitCode: 137, Error: "" },
          },
        ],
        null,
        2,
      ),
    },
  ],
  [
    "systemd's daemon of memory",
    "out-of-memory",
    {
      "journal.txt": lines(
        "Nov 30 10:31:02 ws7 systemd-oomd[612]: Killed /user.slice/user-1000.slice/session-4.scope due to memory pressure for /user.slice being 83.28% > 50.00% for > 20s with reclaim activity",
        "Nov 30 10:31:02 ws7 systemd[1]: session-4.scope: systemd-oomd killed 12 process(es) in this unit.",
      ),
      "train.log": lines(steps(1, 20)),
    },
  ],
  [
    "a machine of Google's that is taken back",
    "preemption",
    {
      "serial.txt": lines(
        "Nov 30 05:11:09 trainer-a2 google_guest_agent[812]: INFO Instance was preempted, running the shutdown script.",
        '{"protoPayload":{"methodName":"compute.instances.preempted","status":{"message":"Instance was preempted."}},"resource":{"labels":{"instance_id":"77120"}}}',
      ),
      "train.log": lines(mm(1, 20)),
    },
  ],
  [
    "the limit of a workflow",
    "out-of-time",
    {
      "run.log": lines(
        keras(1, 20),
        "##[error]The job running on runner gpu-4 has exceeded the maximum execution time of 360 minutes.",
        "##[error]The operation was canceled.",
      ),
    },
  ],
  [
    "a mounted file system that breaks off on one rank",
    "crash 4",
    perRank(6, (rank) => `train.${rank}-of-6.txt`, {
      4: traceback(
        "OSError: [Errno 108] Cannot send after transport endpoint shutdown: '/lustre/proj/ckpt/mp_rank_04.pt'",
        { call: "torch.save(state, path)" },
      ),
    }),
  ],
  [
    "a disk of one host with errors",
    "crash 6",
    {
      ...perRank(8, (rank) => `host${Math.floor(rank / 4)}/rank${rank}.log`, {
        6: traceback("OSError: [Errno 5] Input/output error", { call: "batch = next(loader)" }),
      }),
      "host1/dmesg": lines(
        "[88123.11] blk_update_request: critical medium error, dev nvme1n1, sector 81920 op 0x0:(READ) flags 0x80700",
      ),
    },
  ],
];
