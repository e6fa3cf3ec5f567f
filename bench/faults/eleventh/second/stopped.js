// Second half: hosts that are lost, and jobs that are stopped.
import { labelled, lines, ranksOf } from "../../fourth/folder-texts.js";
import { nanoGpt, timm } from "../printed-more.js";
import { keras, maxtext, perRank, titan, watchdog } from "../printed.js";

export const secondStopped = [
  [
    // SchedMD/slurm: a node that does not answer
    "Slurm: a node fails under a step",
    "host-lost 4,5,6,7",
    {
      "slurm-7061.out": lines(
        ranksOf(8).map(
          (task) => `${task}: hello from rank ${task} of 8 on ${task < 4 ? "cn11" : "cn12"}`,
        ),
        labelled("0: ", nanoGpt(1, 50)),
        "slurmstepd: error: *** STEP 7061.0 ON cn11 CANCELLED AT 2026-12-01T10:31:44 DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS ***",
        "srun: error: Node failure on cn12",
        "srun: Job step aborted: Waiting up to 32 seconds for job step to finish.",
        "srun: error: cn11: tasks 0-3: Terminated",
      ),
      "slurmctld.log": lines(
        "[2026-12-01T10:28:14.118] error: Nodes cn12 not responding",
        "[2026-12-01T10:31:44.118] error: Nodes cn12 not responding, setting DOWN",
        "[2026-12-01T10:31:44.119] _kill_job: Killing JobId=7061 on failed node cn12",
      ),
    },
  ],
  [
    // kubernetes/kubernetes: node lifecycle controller
    "a node of Kubernetes is not ready any more",
    "host-lost 2",
    {
      "get-events.txt": lines(
        "LAST SEEN   TYPE      REASON               OBJECT                  MESSAGE",
        "6m          Normal    NodeNotReady         node/ip-10-8-3-2        Node ip-10-8-3-2 status is now: NodeNotReady",
        "6m          Warning   NodeNotReady         pod/mosaic-worker-2     Node is not ready",
        "1m          Normal    TaintManagerEviction pod/mosaic-worker-2     Marking for deletion Pod ml/mosaic-worker-2",
      ),
      "describe-node.txt": lines(
        "Name:               ip-10-8-3-2",
        "Taints:             node.kubernetes.io/unreachable:NoExecute",
        "Conditions:",
        "  Type             Status    LastHeartbeatTime                 Reason              Message",
        "  MemoryPressure   Unknown   Tue, 01 Dec 2026 10:24:41 +0000   NodeStatusUnknown   Kubelet stopped posting node status.",
        "  Ready            Unknown   Tue, 01 Dec 2026 10:24:41 +0000   NodeStatusUnknown   Kubelet stopped posting node status.",
      ),
      ...perRank(
        4,
        (rank) => `pods/mosaic-worker-${rank}.log`,
        (rank) =>
          lines(
            `RANK=${rank} WORLD_SIZE=4 MASTER_ADDR=mosaic-worker-0`,
            titan(1, rank === 2 ? 60 : 62),
            rank === 2 ? [] : watchdog(rank, 911),
          ),
      ),
    },
  ],
  [
    // open-mpi/ompi orte/mca/errmgr: a daemon that does not answer
    "Open MPI has lost a daemon; its map says which ranks it had",
    "host-lost 4,5,6,7",
    {
      "job.out": lines(
        " ========================   JOB MAP   ========================",
        "",
        " Data for node: gpu06\tNum slots: 4\tMax slots: 0\tNum procs: 4",
        ranksOf(4).map(
          (rank) => ` \tProcess OMPI jobid: [53541,1] App: 0 Process rank: ${rank} Bound: N/A`,
        ),
        "",
        " Data for node: gpu07\tNum slots: 4\tMax slots: 0\tNum procs: 4",
        ranksOf(4).map(
          (rank) => ` \tProcess OMPI jobid: [53541,1] App: 0 Process rank: ${4 + rank} Bound: N/A`,
        ),
        "",
        " =============================================================",
        keras(1, 70),
        "--------------------------------------------------------------------------",
        "ORTE has lost communication with a remote daemon.",
        "",
        "  HNP daemon   : [[53541,0],0] on node gpu06",
        "  Remote daemon: [[53541,0],1] on node gpu07",
        "",
        "This is usually due to either a failure of the TCP network",
        "connection to the node, or possibly an internal failure of",
        "the daemon itself. We cannot recover from this failure, and",
        "therefore will terminate the job.",
        "--------------------------------------------------------------------------",
      ),
      "ping.txt": lines(
        "PING gpu07 (10.2.0.7) 56(84) bytes of data.",
        "From 10.2.0.6 icmp_seq=1 Destination Host Unreachable",
        "--- gpu07 ping statistics ---",
        "5 packets transmitted, 0 received, +5 errors, 100% packet loss, time 4081ms",
      ),
    },
  ],
  [
    // SchedMD/slurm: a job of another partition comes first
    "Slurm displaces a job",
    "preemption",
    {
      "slurm-7102.out": lines(
        maxtext(1, 60),
        "slurmstepd: error: *** JOB 7102 ON cn21 CANCELLED AT 2026-12-01T10:31:44 DUE TO PREEMPTION ***",
        "slurmstepd: error: *** STEP 7102.0 ON cn21 CANCELLED AT 2026-12-01T10:31:44 DUE TO PREEMPTION ***",
        "srun: Job step aborted: Waiting up to 32 seconds for job step to finish.",
        "srun: error: cn21: task 0: Terminated",
      ),
    },
  ],
  [
    // OpenPBS: mom's words in a job's output
    "PBS ends a job at its walltime",
    "out-of-time",
    {
      "train.o88412": lines(
        timm(1, 80),
        "=>> PBS: job killed: walltime 14441 exceeded limit 14400",
      ),
      "qstat-xf.txt": lines(
        "Job Id: 88412.pbs01",
        "    Job_Name = vit-b16",
        "    job_state = F",
        "    resources_used.walltime = 04:00:47",
        "    Resource_List.walltime = 04:00:00",
        "    Exit_status = 271",
        "    comment = Job run at Tue Dec 01 at 06:31 on (x3004c0s7b0n0:ncpus=64) and failed",
      ),
    },
  ],
];
