// An eighth, small set of folders after error texts of public issues, named beside them: formats, devices and launchers that the earlier sets do not have. Written after the corrections
// for the seventh set, and answered once as it came, before anything was changed for it.
import { causeOf } from "./fourth-folders.js";
import { gloo, labelled, lines, ranksOf, traceback } from "./fourth/folder-texts.js";
import { perRank, plain } from "./sixth/printed.js";
import { bar, maxText, mm } from "./seventh/printed.js";

const returnn = (from, to, rank) =>
  ranksOf(to - from).map(
    (index) =>
      `ep 272 train, step ${from + index}, ce ${(0.5 - 0.001 * index).toFixed(3)}, ctc_4 1.077, fer 0.077, mem_usage:cuda:${rank} 7.5GB`,
  );
const xlaDist = (rank, texts) =>
  labelled(`2026-12-01 00:34:33 10.164.0.${8 + rank} [${rank}] `, texts);
const elastic = (event, phase) =>
  `I0711 06:44:46.498604 140316069484288 k8s_worker_manager.py:128] Got event ${event}, phase ${phase} for pod: elasticdl-mnist-worker-2`;
const remote = (peer) =>
  traceback([
    "torch.distributed.DistBackendError: NCCL error in: ../torch/csrc/distributed/c10d/NCCLUtils.hpp:275, remote process exited or there was a network error, NCCL version 2.20.5",
    "ncclRemoteError: A call failed possibly due to a network error or a remote process exiting prematurely.",
    "Last error:",
    `socketProgress: Connection closed by remote peer ${peer}<40484>`,
  ]);

const folders = [
  [
    // huggingface/accelerate#3413: hosts are named by addresses
    "addresses of hosts before the labels of PyTorch",
    "crash 22",
    {
      "job.txt": lines(
        labelled("10.3.0.40: [rank0]: ", plain(1, 20)),
        labelled("10.3.0.42: [rank8]: ", remote("dgxh100-ib0")),
        labelled(
          "10.3.0.41: [rank22]: ",
          traceback(
            "RuntimeError: Error(s) in loading state_dict for Llama: size mismatch for lm_head.weight",
          ),
        ),
        labelled("10.3.0.40: [rank1]: ", remote("dgxh100-ib0")),
      ),
    },
  ],
  [
    // pytorch/xla#4465, Lightning-AI/pytorch-lightning#7912: xla_dist
    "xla_dist's labels, an exception of one worker",
    "crash 3",
    {
      "pod.log": lines(
        ranksOf(20).map((step) =>
          xlaDist(0, [
            `| Training Device=xla:0/1 Step=${20 * step} Loss=${(6.8 - 0.02 * step).toFixed(5)} Rate=424.1`,
          ]),
        ),
        xlaDist(
          3,
          traceback("ValueError: cannot reshape array of size 0 into shape (8, 224, 224, 3)"),
        ),
        xlaDist(1, [
          "terminate called after throwing an instance of 'std::runtime_error'",
          "  what():  tensorflow/compiler/xla/xla_client/mesh_service.cc:364 : Failed to meet rendezvous 'torch_xla.core.xla_model.mark_step': Socket closed (14)",
        ]),
        xlaDist(2, ["Terminated"]),
      ),
    },
  ],
  [
    // pytorch/xla#2119
    "torch_xla names a device",
    "crash 5",
    {
      "xla.log": lines(
        plain(1, 20),
        "Exception in device=TPU:5: stack expects each tensor to be equal size, but got [128] at entry 0 and [96] at entry 1",
        traceback(
          "RuntimeError: stack expects each tensor to be equal size, but got [128] at entry 0 and [96] at entry 1",
        ),
        traceback(
          "torch.multiprocessing.spawn.ProcessExitedException: process 5 terminated with exit code 17",
        ),
      ),
    },
  ],
  [
    // rwth-i6/returnn#1484
    "RETURNN, ranks behind the name of a device",
    "crash 3",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `returnn.log.${rank}`,
        lines(
          returnn(320, 341, rank),
          rank === 3
            ? [
                "Unhandled exception <class 'RuntimeError'> in thread <_MainThread(MainThread, started 139628628058112)>, proc 2834.",
                "EXCEPTION",
                traceback("RuntimeError: Bad StatusOr: Empty sequence in batch 341"),
              ]
            : traceback(
                "RuntimeError: [../third_party/gloo/gloo/transport/tcp/unbound_buffer.cc:133] Timed out waiting 1800000ms for send operation to complete",
              ),
        ),
      ]),
    ),
  ],
  [
    // huggingface/optimum-habana#1426
    "a graph that Gaudi cannot compile",
    "crash 6",
    {
      "gaudi.out": lines(
        plain(1, 20),
        labelled(
          "[rank6]: ",
          traceback([
            "RuntimeError: [Rank:6] FATAL ERROR :: MODULE:PT_BRIDGE Exception in Launch thread...",
            "Check $HABANA_LOGS/ for detailsGraph compile failed. synStatus=synStatus 26 [Generic failure].",
          ]),
        ),
        labelled("[rank2]: ", gloo(6)),
      ),
    },
  ],
  [
    "memory of a Gaudi",
    "out-of-memory 4",
    perRank(8, (rank) => `hpu/rank-${rank}.txt`, {
      4: traceback(
        "RuntimeError: FATAL ERROR :: MODULE:PT_DEVMEM Allocation failed for size::704643072 (672)MB",
      ),
    }),
  ],
  [
    // vllm-project/vllm#12443
    "memory of a Trainium",
    "out-of-memory 1",
    perRank(2, (rank) => `nrt_${rank}.log`, {
      1: [
        "2026-Dec-01 02:11:20.0031 32499:33591 ERROR  TDRV:dmem_alloc_internal  Failed to alloc DEVICE memory: 16777216",
        ...traceback('RuntimeError: nrt_tensor_allocate status=4 message="Allocation Failure"'),
      ],
    }),
  ],
  [
    // aws-neuron/aws-neuron-sdk
    "an execution unit of a Trainium fails",
    "accelerator-error 3",
    perRank(4, (rank) => `trn/worker${rank}.log`, {
      3: [
        "2026-Dec-01 02:11:20.0031 32499:33591 ERROR  NRT:nrt_infodump  Hardware error: SRAM uncorrectable error on nd0:nc3",
        ...traceback(
          'RuntimeError: Bad StatusOr access: INTERNAL: nrt_execute status=1202, error message="uncorrectable memory error"',
        ),
      ],
    }),
  ],
  [
    // sql-machine-learning/elasticdl#897
    "a manager of pods sees one fail",
    "crash 2",
    {
      "master.log": lines(
        plain(1, 20),
        elastic("MODIFIED", "Running"),
        elastic("MODIFIED", "Failed"),
      ),
      "elasticdl-mnist-worker-2.log": lines(
        plain(1, 20),
        "python: malloc.c:2617: sysmalloc: Assertion `(old_top == initial_top (av) && old_size == 0)' failed.",
      ),
    },
  ],
  [
    // hiyouga/EasyR1#324
    "Ray, the node of an owner",
    "host-lost",
    {
      "driver.out": lines(
        ranksOf(20).map(
          (step) =>
            `(TaskRunner pid=811) step:${step} - actor/pg_loss:${(0.2 - 0.001 * step).toFixed(4)} - critic/score/mean:0.31`,
        ),
        "(raylet) The node with node id: 7f2a and address: 10.0.0.12 and node name: 10.0.0.12 has been marked dead because the detector has missed too many heartbeats from it. This can happen when a raylet has crashed unexpectedly (OOM, etc.), or has lagging heartbeats due to slow network or busy workload.",
        traceback([
          "ray.exceptions.ActorDiedError: The actor died unexpectedly before finishing this task.",
          "\tclass_name: WorkerDict",
          "\tip: 10.0.0.12",
          "The actor is dead because its node has died. Worker exit type: NODE_DIED Worker exit detail: Owner's node has crashed.",
        ]),
      ),
    },
  ],
  [
    "scontrol says why a job is gone",
    "out-of-time",
    {
      "scontrol.txt": lines(
        "JobId=991 JobName=pretrain",
        "   JobState=TIMEOUT Reason=TimeLimit Dependency=(null)",
        "   RunTime=2-00:00:19 TimeLimit=2-00:00:00 TimeMin=N/A",
      ),
      log: lines(bar(1, 20)),
    },
  ],
  [
    "Grid Engine's mail about a limit",
    "out-of-memory",
    {
      "qacct.txt": lines(
        "jobname      train",
        "failed       100 : assumedly after job",
        "exit_status  137                  (Killed)",
        "maxvmem      64.012G",
      ),
      "train.o991": lines(
        plain(1, 20),
        "slots: job 991.1 killed because memory usage 64.0G exceeds the limit h_vmem=64G",
      ),
    },
  ],
  [
    "Azure takes a machine back",
    "preemption",
    {
      "watcher.log": lines(
        '{"DocumentIncarnation":5,"Events":[{"EventId":"A1","EventType":"Preempt","ResourceType":"VirtualMachine","Resources":["gpu-vm-3"],"EventStatus":"Scheduled"}]}',
        "draining: the VM is being preempted in 30 s",
      ),
      "train.log": lines(maxText(1, 20)),
    },
  ],
  [
    "a rank stops in the middle of a save to an object store",
    "hang 2",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `logs/${rank}.stderr`,
        lines(
          rank === 2
            ? ["uploading shard 2 to gs://ckpt ..."]
            : [
                `[rank${rank}]:[E1201 01:11:11.1 ProcessGroupNCCL.cpp:616] [Rank ${rank}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=771, OpType=ALLREDUCE, NumelIn=1, NumelOut=1, Timeout(ms)=600000) ran for 600027 milliseconds before timing out.`,
                `[rank${rank}]: RuntimeError: [Rank ${rank}] Watchdog caught collective operation timeout`,
              ],
        ),
      ]),
    ),
  ],
  [
    "a loss of inf in a table with pipes",
    "not-a-number",
    {
      "table.log": lines(
        "|  step | loss   | lr     |",
        ranksOf(40).map(
          (step) =>
            `| ${String(step).padStart(5)} | ${step < 28 ? (2 - step * 0.01).toFixed(4) : "   inf"} | 0.0003 |`,
        ),
      ),
    },
  ],
  [
    "a mixture of German and an exit code",
    "disk-full 1",
    perRank(3, (rank) => `lauf.${rank}.protokoll`, {
      1: traceback(
        "OSError: [Errno 28] Auf dem Gerät ist kein Speicherplatz mehr verfügbar: '/daten/ckpt/rang1.pt'",
      ),
    }),
  ],
  [
    "systemd's unit is killed for its memory",
    "out-of-memory",
    {
      "unit.journal": lines(
        "Dec 01 01:00:01 ws systemd[1]: train.service: A process of this unit has been killed by the OOM killer.",
        "Dec 01 01:00:02 ws systemd[1]: train.service: Main process exited, code=killed, status=9/KILL",
        "Dec 01 01:00:02 ws systemd[1]: train.service: Failed with result 'oom-kill'.",
      ),
    },
  ],
  [
    "an interpreter that overflows its stack on one rank",
    "crash 0",
    perRank(
      4,
      (rank) => `t${rank}`,
      {
        0: traceback(
          "RecursionError: maximum recursion depth exceeded while calling a Python object",
        ),
      },
      { before: mm(1, 12) },
    ),
  ],
  [
    // aws-neuron/aws-neuron-sdk#713
    "CCOM waits and goes on",
    "",
    {
      "trn.log": lines(
        "2023-Aug-01 16:14:43.0241 332066:332494 [29] include/socket.h:579 CCOM WARN Timeout waiting for RX (waited 120 sec) - retrying",
        "2025-Jan-11 21:51:55.0559 32496:33577 [1] nccl_net_ofi_init:1415 CCOM WARN NET/OFI aws-ofi-nccl initialization failed",
        plain(1, 40),
        "Training done.",
      ),
    },
  ],
  [
    // verl-project/verl#1299: after the end
    "Ray's worker dies after the training is complete",
    "",
    {
      "verl.log": lines(
        ranksOf(30).map(
          (step) =>
            `(TaskRunner pid=811) step:${step} - actor/pg_loss:${(0.2 - 0.001 * step).toFixed(4)}`,
        ),
        "(TaskRunner pid=811) Training Progress: 100%|██████████| 30/30 [1:02:11<00:00, 122.1s/it]",
        "(TaskRunner pid=811) ('Final validation metrics: ' \"{'val/test_score/openai/gsm8k': 0.71}\")",
        "Training complete.",
        "(raylet) A worker died or was killed while executing a task by an unexpected system error. To troubleshoot the problem, check the logs for the dead worker. RayTask ID: ff Worker ID: de Node ID: 92 Worker IP address: 10.0.0.1 Worker port: 42079 Worker PID: 915 Worker exit type: SYSTEM_ERROR Worker exit detail: Worker unexpectedly exits with a connection error code 2. End of file.",
      ),
    },
  ],
  [
    "a configuration that is printed with words of faults",
    "",
    {
      "run.log": lines(
        "args: {'on_error': 'retry', 'kill_timeout': 30, 'oom_retry': False, 'memory_limit': '64G', 'exceed_policy': 'warn', 'nan_policy': 'skip', 'storage_limit': None}",
        "time limit of the job: 24:00:00, memory limit 64 GB, storage over NFS",
        plain(1, 40),
        "done",
      ),
      "config.yaml": lines("on_error: abort", "reason: TIMEOUT"),
    },
  ],
  [
    "warnings about limits that are near",
    "",
    {
      "train.log": lines(
        plain(1, 20),
        "WARNING: memory usage is above 90 % of the limit",
        "WARNING: disk usage 91 %, above the threshold",
        plain(20, 50),
        "finished after 50 steps",
      ),
    },
  ],
  [
    "a straggler report without stragglers",
    "",
    {
      "nvrx.txt": lines(
        maxText(1, 20),
        " Worst performing 2/8 ranks:",
        "  Rank=5 Node=h100-001 Score=0.97",
        "no stragglers detected, all ranks are within 5 %",
        maxText(20, 41),
      ),
    },
  ],
  [
    "an evaluation that mismatches on purpose",
    "",
    {
      "eval.log": lines(
        plain(1, 30),
        "collective accuracy 0.81, 12 mismatched labels",
        "exact match: 0.71 mismatch: 0.29",
        plain(30, 50),
        "Training done.",
      ),
    },
  ],
];

export const eighthFolders = folders.map(([about, expected, files]) => ({
  about: `folder: ${about}`,
  source: "unseen folders",
  expected: expected === "" ? [] : expected.split(" + ").map(causeOf),
  files,
}));
