// Jobs that a cluster, a cloud, a disk or a host ended: Kubernetes, Kueue, Slurm's controller, Flux, Docker, cgroups, kernels.
import { labelled, lines, ranksOf } from "../fourth/folder-texts.js";
import {
  absl,
  clip,
  failed,
  goneFrom,
  litgpt,
  nanotron,
  structlog,
  trainer,
  tune,
} from "./printed.js";

export const clusterFolders = [
  [
    // kubeflow/kubeflow#1261: a pod is evicted for the memory of its node; every container prints its rank
    "kubectl describe of an evicted worker, and the logs of all four",
    "out-of-memory 3",
    {
      "describe-llama-worker-3.txt": lines(
        "Name:             llama-worker-3",
        "Namespace:        ml",
        "Priority:         0",
        "Node:             ip-10-8-4-7.ec2.internal/10.8.4.7",
        "Status:           Failed",
        "Reason:           Evicted",
        "Message:          The node was low on resource: memory. Threshold quantity: 100Mi, available: 81204Ki. Container pytorch was using 212204Mi, request is 64Gi, has larger consumption of memory. ",
        "IP:               10.8.4.112",
      ),
      ...Object.fromEntries(
        ranksOf(4).map((rank) => [
          `logs/llama-worker-${rank}.log`,
          lines(
            `RANK=${rank} WORLD_SIZE=4 LOCAL_RANK=0`,
            rank === 0 ? structlog(1, 25) : [],
            rank === 3 ? [] : goneFrom(rank, "10.8.4.112<40218>"),
          ),
        ]),
      ),
    },
  ],
  [
    // kubernetes/kubernetes#101674: a node that is not ready, and its pods
    "events of a node that does not answer any more",
    "host-lost",
    {
      "events.txt": lines(
        "LAST SEEN   TYPE      REASON                   OBJECT                MESSAGE",
        "41m         Normal    Started                  pod/gpt-worker-0      Started container pytorch",
        "9m12s       Normal    NodeNotReady             node/a100-7           Node a100-7 status is now: NodeNotReady",
        "9m12s       Warning   NodeNotReady             pod/gpt-worker-1      Node is not ready",
        "4m2s        Normal    TaintManagerEviction     pod/gpt-worker-1      Marking for deletion Pod ml/gpt-worker-1",
      ),
      "gpt-worker-0.log": lines(nanotron(1, 22), goneFrom(0, "10.244.7.3<5112>")),
    },
  ],
  [
    // kubernetes-sigs/kueue pkg/scheduler/preemption: conditions of a workload
    "Kueue evicts a workload for another",
    "preemption",
    {
      "workload.yaml": lines(
        "apiVersion: kueue.x-k8s.io/v1beta1",
        "kind: Workload",
        "metadata:",
        "  name: pytorchjob-gpt-7b-1f0c4",
        "status:",
        "  conditions:",
        "  - lastTransitionTime: '2026-12-01T09:40:12Z'",
        "    message: 'Preempted to accommodate a workload (UID: 5c02, JobUID: 11ab) due to prioritization in the ClusterQueue'",
        "    reason: Preempted",
        "    status: 'True'",
        "    type: Evicted",
      ),
      "events.log": lines(
        "2m14s   Normal   Preempted   workload/pytorchjob-gpt-7b-1f0c4   Preempted to accommodate a workload (UID: 5c02, JobUID: 11ab) due to prioritization in the ClusterQueue",
        "2m14s   Normal   Stopped     pytorchjob/gpt-7b                  Preempted to accommodate a workload (UID: 5c02, JobUID: 11ab) due to prioritization in the ClusterQueue",
      ),
      "gpt-7b-master-0.log": lines(trainer(1, 40)),
    },
  ],
  [
    // kubernetes-sigs/karpenter and aws/karpenter-provider-aws pkg/controllers/interruption
    "Karpenter is warned of a spot interruption",
    "preemption",
    {
      "karpenter.log": lines(
        JSON.stringify({
          level: "INFO",
          time: "2026-12-01T09:31:12.114Z",
          logger: "controller",
          message: "initiating delete from interruption message",
          controller: "interruption",
          queue: "train-eks",
          messageKind: "spot_interrupted",
          NodeClaim: { name: "gpu-spot-x2k4" },
          action: "CordonAndDrain",
        }),
        JSON.stringify({
          level: "INFO",
          time: "2026-12-01T09:31:14.204Z",
          logger: "controller",
          message: "tainted node",
          Node: { name: "ip-10-8-4-7.ec2.internal" },
          "taint.Key": "karpenter.sh/disrupted",
        }),
      ),
      "train-0.log": lines(litgpt(1, 30), "Terminated"),
    },
  ],
  [
    // SchedMD/slurm src/slurmctld/ping_nodes.c, job_mgr.c: the controller's own log
    "slurmctld kills a job on a failed node",
    "host-lost",
    {
      "slurmctld.log": lines(
        "[2026-12-01T09:10:41.204] sched: Allocate JobId=88213 NodeList=gpu-[12-15] #CPUs=512 Partition=train",
        "[2026-12-01T09:44:02.113] error: Nodes gpu-14 not responding",
        "[2026-12-01T09:46:22.113] error: Nodes gpu-14 not responding, setting DOWN",
        "[2026-12-01T09:46:22.114] Killing JobId=88213 on failed node gpu-14",
      ),
      "slurm-88213.out": lines(clip(1, 20)),
    },
  ],
  [
    // flux-framework/rfc spec_21, flux-core src/modules/job-exec/job-exec.c: a limit of time
    "Flux: the allocation has expired",
    "out-of-time",
    {
      "eventlog.txt": lines(
        "1796115600.112041 submit userid=1001 urgency=16 flags=0 version=1",
        "1796115601.204118 alloc",
        "1796115601.318812 start",
        '1796119201.320114 exception type="timeout" severity=0 note="resource allocation expired" userid=500',
        "1796119206.331208 finish status=36608",
        "1796119206.402201 clean",
      ),
      "flux-f2kJ.out": lines(
        structlog(1, 30),
        "flux-job: job.exception type=timeout severity=0 resource allocation expired",
      ),
    },
  ],
  [
    // GoogleCloudPlatform: Compute Engine's audit log of a failed host
    "Compute Engine terminates a machine because its host failed",
    "host-lost",
    {
      "audit.json": JSON.stringify(
        [
          {
            logName: "projects/ml/logs/cloudaudit.googleapis.com%2Fsystem_event",
            severity: "INFO",
            timestamp: "2026-12-01T09:44:12.204Z",
            protoPayload: {
              methodName: "compute.instances.hostError",
              resourceName: "projects/ml/zones/us-east5-a/instances/a3-mega-017",
              status: { message: "Instance terminated by Compute Engine." },
            },
          },
        ],
        undefined,
        2,
      ),
      "a3-mega-000.log": lines(absl(1, 30), goneFrom(0, "10.128.0.17<51214>")),
    },
  ],
  [
    // moby/moby docs: `docker events`; containers are named after ranks
    "docker events: memory of one of four trainers",
    "out-of-memory 3",
    {
      "docker-events.txt": lines(
        "2026-12-01T09:02:11.204118204Z container start 8f1c20aa (image=registry/train:24.11, name=trainer-3)",
        "2026-12-01T09:31:40.114118204Z container oom 8f1c20aa (image=registry/train:24.11, name=trainer-3)",
        "2026-12-01T09:31:41.004118204Z container die 8f1c20aa (execDuration=1770, exitCode=137, image=registry/train:24.11, name=trainer-3)",
        "2026-12-01T09:31:44.004118204Z container die 77ab20aa (execDuration=1773, exitCode=1, image=registry/train:24.11, name=trainer-0)",
      ),
      "trainer-0.log": lines(
        "world size 4, rank 0",
        nanotron(1, 20),
        goneFrom(0, "172.18.0.5<40412>"),
      ),
      "trainer-3.log": lines("world size 4, rank 3"),
    },
  ],
  [
    // torvalds/linux Documentation/admin-guide/cgroup-v2.rst: memory.events of each rank's scope
    "counters of control groups: one rank's was killed for its memory",
    "out-of-memory 2",
    Object.fromEntries(
      ranksOf(4).flatMap((rank) => [
        [
          `cgroup/rank-${rank}.scope/memory.events`,
          lines(
            "low 0",
            "high 0",
            `max ${rank === 2 ? 4412 : 0}`,
            `oom ${rank === 2 ? 1 : 0}`,
            `oom_kill ${rank === 2 ? 1 : 0}`,
            "oom_group_kill 0",
          ),
        ],
        [
          `rank-${rank}.log`,
          lines(litgpt(1, 25), rank === 2 ? [] : goneFrom(rank, "10.0.0.3<40012>")),
        ],
      ]),
    ),
  ],
  [
    // pytorch/pytorch caffe2/serialize/inline_container.cc: a write that was short; `df` says why
    "a checkpoint of another length than written, and a disk at 100 %",
    "disk-full 0",
    {
      "train.log": lines(
        trainer(1, 20),
        labelled(
          "[rank0]: ",
          failed(
            "RuntimeError: [enforce fail at inline_container.cc:668] . unexpected pos 549151040 vs 549150928",
            { call: "torch.save(state, path)" },
          ),
        ),
        labelled(
          "[rank1]: ",
          "torch.distributed.DistBackendError: NCCL error: remote process exited or there was a network error, NCCL version 2.27.5",
        ),
      ),
      "df.txt": lines(
        "Filesystem      Size  Used Avail Use% Mounted on",
        "/dev/md0        7.0T  2.1T  4.6T  32% /",
        "/dev/nvme3n1    3.5T  3.5T     0 100% /ckpt",
      ),
    },
  ],
  [
    // mlfoundations/open_clip#703: seconds of a step that are waited for data
    "open_clip: nearly all of a step is waiting for data",
    "data-starvation",
    {
      "out.log": lines(
        clip(1, 10),
        clip(10, 50, {
          data: (index) => `${11 + (index % 3)}.207`,
          batch: (index) => `${11 + (index % 3)}.611`,
        }),
      ),
    },
  ],
  [
    // pytorch/pytorch torch/distributed/elastic/multiprocessing/api.py: a closed terminal
    "torchrun ends because its terminal was closed",
    "launcher-killed",
    {
      "nohup.out": lines(
        tune(1, 40),
        "W1201 09:44:12.118000 5201 torch/distributed/elastic/agent/server/api.py:719] Received 1 death signal, shutting down workers",
        ranksOf(4).map(
          (rank) =>
            `W1201 09:44:12.119000 5201 torch/distributed/elastic/multiprocessing/api.py:908] Sending process ${5270 + rank} closing signal SIGHUP`,
        ),
        failed(
          "torch.distributed.elastic.multiprocessing.api.SignalException: Process 5201 got signal: 1",
          { file: "/opt/env/bin/torchrun", call: "sys.exit(main())" },
        ),
      ),
    },
  ],
  [
    // chrony sys: "System clock was stepped by"; grpc refuses certificates from the future
    "a clock that is set back by an hour, and certificates that are not valid yet",
    "clock-step",
    {
      "gpu-3.journal": lines(
        "Dec 01 10:31:07 gpu-3 chronyd[867]: System clock wrong by -3600.283303 seconds",
        "Dec 01 09:31:06 gpu-3 chronyd[867]: System clock was stepped by -3600.283303 seconds",
      ),
      "train-gpu-3.log": lines(
        "2026-12-01 10:30:58 INFO step=410 loss=2.114",
        "2026-12-01 10:31:02 INFO step=411 loss=2.112",
        "2026-12-01 09:31:09 WARNING etcd: x509: certificate has expired or is not yet valid: current time 2026-12-01T09:31:09Z is before 2026-12-01T10:12:00Z",
        "2026-12-01 09:31:12 WARNING etcd: lease of rank 3 is lost; the rendezvous is closed",
      ),
    },
  ],
  [
    // torvalds/linux arch/x86/kernel/cpu/mce: a host that stops with a machine check
    "the console of a host that panicked",
    "host-lost",
    {
      "netconsole-gpu-11.log": lines(
        "[811204.204118] mce: [Hardware Error]: CPU 12: Machine Check Exception: 5 Bank 7: be00000000800400",
        "[811204.204120] mce: [Hardware Error]: RIP !INEXACT! 10:<ffffffff8104d2a1> {mwait_idle_with_hints.constprop.0+0x4b/0x90}",
        "[811204.204131] Kernel panic - not syncing: Fatal machine check",
        "[811204.901120] Kernel Offset: 0x1e000000 from 0xffffffff81000000",
        "[811205.112204] Rebooting in 30 seconds..",
      ),
      "gpu-10.log": lines(structlog(1, 20), goneFrom(3, "10.1.0.11<40111>")),
    },
  ],
  [
    // NVIDIA/NVSentinel#911, #973: a condition of a node by DCGM; one rank for each GPU
    "a node's condition by DCGM: an uncontained error of one of its GPUs",
    "accelerator-error 4",
    {
      "node-conditions.txt": lines(
        "  Type                 Status  LastHeartbeatTime                 Reason                       Message",
        "  GpuThermalWatch      False   Tue, 01 Dec 2026 09:23:32 -0800   GpuThermalWatchIsHealthy     No Health Failures",
        "  GpuMemWatch          True    Tue, 01 Dec 2026 09:23:32 -0800   GpuMemWatchIsNotHealthy      ErrorCode:DCGM_FR_UNCONTAINED_ERROR GPU:4 PCI:0000:c4:00.0 GPU_UUID:GPU-d1816eb1-2926-4fbc-13f6-1cf1ba1b921b GPU had an uncontained error (XID 95) Drain the GPU and reset it or reboot the node. Recommended Action=RESTART_VM;",
      ),
      "train.log": lines(
        trainer(1, 20),
        labelled(
          "[rank4]: ",
          failed("torch.AcceleratorError: CUDA error: unspecified launch failure"),
        ),
        labelled(
          "[rank1]: ",
          "torch.distributed.DistBackendError: NCCL error: remote process exited or there was a network error, NCCL version 2.27.5",
        ),
      ),
    },
  ],
  [
    // ROCm/legacy-rocm-build#4021: a hang that the runtime sees, and the kernel's words
    "ROCm: an exception by the GPU of one rank",
    "accelerator-error 3",
    {
      "dmesg.txt": lines(
        "[ 8390.785329] amdgpu 0000:68:00.0: {1}uncorrectable hardware error(ERREVENT_ATHUB_INTERRUPT) detected!",
        "[ 8390.823777] amdgpu 0000:68:00.0: {1}[Hardware Error]: Accelerator Check Architecture events logged",
        "[ 8391.004118] amdgpu 0000:68:00.0: amdgpu: GPU reset begin!",
      ),
      ...Object.fromEntries(
        ranksOf(4).map((rank) => [
          `axolotl/rank_${rank}.log`,
          lines(
            trainer(1, 15),
            rank === 3
              ? "HW Exception by GPU node-5 (Agent handle: 0x55f2c1d20a90) reason :GPU Hang"
              : `[rank${rank}]: RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:534] Connection closed by peer [10.0.0.4]:31${rank}04`,
          ),
        ]),
      ),
    },
  ],
  [
    // NVIDIA/Megatron-LM megatron/core/README_STRAGGLER.md: temperatures, clocks and rates with their ranks
    "Megatron's straggler lines: one rank is hot, slow of clock and last",
    "compute-straggler 21",
    {
      "pretrain.log": lines(
        ranksOf(6).map((index) => [
          ` 0: INFO:megatron.core.utils:[2026-12-01 09:0${index}:56] | MnRtt/Rnk: 3453.08ms/8 | MxRtt/Rnk: 6468.20ms/21 | MnPwr/Rnk: 321796W/21 | MxPwr/Rnk: 683801W/18 | MnTmp/Rnk: 52C/0 | MxTmp/Rnk: 91C/21 | MnUtl/Rnk: 97%/8 | MxUtl/Rnk: 100%/6 | MnClk/Rnk: 735MHz/21 | MxClk/Rnk: 1980MHz/0 | MnDRtt/Rnk: 14.27ms/23 | MxDRtt/Rnk: 34.65ms/3 | MnEtpt/Rnk: 158.0${index}TF/21 | MxEtpt/Rnk: 297.32TF/8`,
          ` 0: INFO:megatron.core.utils:^^^^ Bottom 4 Ranks with lowest  Etpt(TF): 158.0${index}/21, 294.11/3, 294.40/17, 294.62/5,`,
        ]),
      ),
      "nvidia-smi-gpu-2.txt": lines(
        "GPU 00000000:C4:00.0",
        "    Clocks Event Reasons",
        "        Idle                              : Not Active",
        "        SW Power Cap                      : Not Active",
        "        HW Slowdown                       : Active",
        "            HW Thermal Slowdown           : Active",
        "            HW Power Brake Slowdown       : Not Active",
      ),
    },
  ],
  [
    // mlfoundations/open_clip#703: reasons of clocks, beside the parts of each rank's steps
    "parts of steps in each rank's log: one computes twice as long, the others wait",
    "compute-straggler 2",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `timers/rank${rank}.log`,
        lines(
          ranksOf(30).map(
            (step) =>
              `step ${step} | forward ${rank === 2 ? "0.812" : "0.402"} s | backward ${rank === 2 ? "1.611" : "0.803"} s | grad-sync wait ${rank === 2 ? "0.004" : "1.221"} s | optimizer 0.051 s | total 2.48${step % 10} s`,
          ),
        ),
      ]),
    ),
  ],
];
