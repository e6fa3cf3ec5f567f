// What launchers leave: torchrun, mp.spawn, DeepSpeed, Composer, Open MPI, Intel MPI, Horovod, Ray, ft_launcher.
import { gloo, hfSteps, labelled, lines, ranksOf, traceback } from "../fourth/folder-texts.js";
import { perRank, plain, steps } from "../sixth/printed.js";
import { bar, horovod, mm, nemo, torchrunNew, torchrunOld } from "./printed.js";

const orteLost = (node) => [
  "--------------------------------------------------------------------------",
  "ORTE has lost communication with a remote daemon.",
  "",
  "  HNP daemon   : [[11377,0],0] on node llm-launcher-ksczd",
  `  Remote daemon: [[11377,0],1] on node ${node}`,
  "",
  "This is usually due to either a failure of the TCP network",
  "connection to the node, or possibly an internal failure of",
  "the daemon itself. We cannot recover from this failure, and",
  "therefore will terminate the job.",
  "--------------------------------------------------------------------------",
];

export const launcherFolders = [
  [
    // hpcaitech/ColossalAI#3514
    "torchrun of an older version, without its table",
    "killed 3",
    {
      "nohup.out": lines(
        bar(1, 30),
        [812_914, 812_915, 812_916].map(torchrunOld.closing),
        torchrunOld.failed(-9, 3, 812_917),
        traceback("    raise ChildFailedError(", { file: "/opt/env/bin/torchrun" }).slice(0, 3),
      ),
    },
  ],
  [
    // vllm-project/speculators#1115: several rows, the root cause last
    "torchrun's table of four rows",
    "crash 1",
    {
      "train.log": lines(
        hfSteps(1, 30),
        traceback("ValueError: sample 1187 has 0 tokens after packing"),
        torchrunNew.closing(14_691),
        torchrunNew.failed(1, 1, 14_690),
        "============================================================",
        "scripts/train.py FAILED",
        "------------------------------------------------------------",
        "Failures:",
        ...[
          [
            3,
            "13:02:58",
            1,
            14_692,
            "To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html",
          ],
          [0, "13:03:29", -9, 14_689, "Signal 9 (SIGKILL) received by PID 14689"],
          [2, "13:03:29", -15, 14_691, "Signal 15 (SIGTERM) received by PID 14691"],
        ].flatMap(([rank, at, code, pid, text], index) => [
          `[${index + 1}]:`,
          `  time      : 2026-11-29_${at}`,
          "  host      : localhost",
          `  rank      : ${rank} (local_rank: ${rank})`,
          `  exitcode  : ${code} (pid: ${pid})`,
          "  error_file: <N/A>",
          `  traceback : ${text}`,
        ]),
        "------------------------------------------------------------",
        "Root Cause (first observed failure):",
        "[0]:",
        "  time      : 2026-11-29_13:02:58",
        "  host      : localhost",
        "  rank      : 1 (local_rank: 1)",
        "  exitcode  : 1 (pid: 14690)",
        "  error_file: <N/A>",
        "  traceback : To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html",
        "============================================================",
      ),
    },
  ],
  [
    "torchrun of two nodes, each with its own output",
    "crash 10",
    Object.fromEntries(
      [0, 1].map((node) => [
        `node${node}.out`,
        lines(
          node === 0 ? plain(1, 30) : [],
          node === 0
            ? [
                labelled("[rank3]: ", gloo(9)),
                ranksOf(8).map((local) => torchrunNew.closing(51_000 + local)),
                torchrunNew.failed(1, 3, 51_003),
              ]
            : [
                ranksOf(8)
                  .filter((local) => local !== 2)
                  .map((local) => torchrunNew.closing(61_000 + local)),
                torchrunNew.failed(-11, 2, 61_002),
                "Root Cause (first observed failure):",
                "[0]:",
                "  time      : 2026-11-30_04:14:55",
                "  host      : gpu-2.cluster",
                "  rank      : 10 (local_rank: 2)",
                "  exitcode  : -11 (pid: 61002)",
                "  error_file: <N/A>",
                "  traceback : Signal 11 (SIGSEGV) received by PID 61002",
              ],
        ),
      ]),
    ),
  ],
  [
    // pytorch/pytorch#107021, and what the first rank prints before
    "a store that nobody opens, because rank 0 fails before",
    "crash 0",
    {
      "rank-0.out": lines(
        "building tokenizer ...",
        traceback("KeyError: 'optimizer.betas'", { call: "cfg = load(args.config)" }),
      ),
      ...Object.fromEntries(
        [1, 2, 3].map((rank) => [
          `rank-${rank}.out`,
          lines(
            "building tokenizer ...",
            "[E socket.cpp:860] [c10d] The client socket has timed out after 60s while trying to connect to (10.0.3.1, 29500).",
            traceback(
              "torch.distributed.DistNetworkError: The client socket has timed out after 60000ms while trying to connect to (10.0.3.1, 29500).",
              { call: "dist.init_process_group(backend)" },
            ),
          ),
        ]),
      ),
    },
  ],
  [
    // lkeab/BCNet#53 for the form
    "mp.spawn names a process",
    "crash 3",
    {
      "log.txt": lines(
        plain(1, 30),
        traceback(["Exception: ", "", "-- Process 3 terminated with the following error:"], {
          file: "tools/train_net.py",
          call: "spawn_context.join()",
        }),
        traceback("TypeError: unsupported operand type(s) for /: 'NoneType' and 'int'"),
      ),
    },
  ],
  [
    "a launcher that is not installed on the fourth node",
    "configuration",
    {
      ...Object.fromEntries(
        [0, 1, 2].map((node) => [
          `launch.node${node}.log`,
          lines(
            "[2026-11-30 09:10:11,650] torch.distributed.run: [WARNING] master_addr is only used for static rdzv_backend and when rdzv_endpoint is not specified.",
            traceback("torch.distributed.elastic.rendezvous.api.RendezvousTimeoutError", {
              file: "/opt/env/bin/torchrun",
            }),
          ),
        ]),
      ),
      "launch.node3.log": lines(
        "/var/spool/slurmd/job771/slurm_script: line 31: torchrun: command not found",
      ),
    },
  ],
  [
    "DeepSpeed by pdsh, an assertion with labels of PyTorch behind those of hosts",
    "crash 13",
    {
      "deepspeed.out": lines(
        labelled("worker-0: ", hfSteps(1, 20)),
        labelled(
          "worker-1: [rank13]: ",
          traceback("AssertionError: 7 params of embed_out are not partitioned"),
        ),
        labelled("worker-0: [rank4]: ", gloo(13)),
        "worker-1: [2026-11-30 11:48:17,107] [INFO] [launch.py:316:sigkill_handler] Killing subprocess 26944",
        "worker-1: [2026-11-30 11:48:19,322] [ERROR] [launch.py:322:sigkill_handler] ['/opt/env/bin/python', '-u', 'train.py', '--local_rank=7'] exits with return code = 1",
        "pdsh@login: worker-1: ssh exited with exit code 1",
      ),
    },
  ],
  [
    // mosaicml/composer: the launcher's words
    "Composer's sections of ranks",
    "crash 6",
    {
      "composer.log": lines(
        ranksOf(30).map(
          (index) => `[trace]: batch=${index} loss/train/total: ${(2.4 - 0.01 * index).toFixed(4)}`,
        ),
        "ERROR:composer.cli.launcher:Rank 6 crashed with exit code 1.",
        "Waiting up to 30 seconds for all training processes to terminate. Press Ctrl-C to exit immediately.",
        ...[
          [0, gloo(6, 40_000)],
          [
            6,
            traceback(
              "streaming.base.shared.memory.ShardCorruptError: shard 00017 has a wrong checksum",
            ),
          ],
          [7, gloo(6, 40_007)],
        ].flatMap(([rank, text]) => [
          `Global rank ${rank} (PID ${4100 + rank}) exited with code ${rank === 6 ? 1 : -15}`,
          `----------Begin global rank ${rank} STDOUT----------`,
          "",
          `----------End global rank ${rank} STDOUT----------`,
          `----------Begin global rank ${rank} STDERR----------`,
          ...text,
          `----------End global rank ${rank} STDERR----------`,
        ]),
        "ERROR:composer.cli.launcher:Global rank 6 (PID 4106) exited with code 1",
      ),
    },
  ],
  [
    // NVIDIA/nvidia-resiliency-ext
    "a rank without heartbeats, ended by ft_launcher",
    "hang 34",
    {
      "ft.log": lines(
        nemo(1, 30),
        "[2026-11-30 02:11:40,311] [WARNING] [RankMonitorServer:34] Did not get subsequent heartbeat. Waited 171.92 seconds.",
        torchrunNew.closing(453_152),
        torchrunNew.closing(453_157),
      ),
    },
  ],
  [
    // open-mpi/ompi#6618
    "mpirun loses the daemon of a node",
    "host-lost",
    { "mpijob-launcher.log": lines(horovod(1, 30), orteLost("llm-worker-1")) },
  ],
  [
    "Intel MPI, a segmentation fault",
    "crash 12",
    {
      "job.err": lines(
        plain(1, 30),
        "",
        "===================================================================================",
        "=   BAD TERMINATION OF ONE OF YOUR APPLICATION PROCESSES",
        "=   RANK 12 PID 34222 RUNNING AT cn17",
        "=   KILLED BY SIGNAL: 11 (Segmentation fault)",
        "===================================================================================",
        "===================================================================================",
        "=   BAD TERMINATION OF ONE OF YOUR APPLICATION PROCESSES",
        "=   RANK 13 PID 34223 RUNNING AT cn17",
        "=   KILLED BY SIGNAL: 9 (Killed)",
        "===================================================================================",
      ),
    },
  ],
  [
    "MPI_ABORT after an exception",
    "crash 3",
    {
      "run.out": lines(
        plain(1, 30),
        traceback("ValueError: could not convert string to float: 'n/a'"),
        "--------------------------------------------------------------------------",
        "MPI_ABORT was invoked on rank 3 in communicator MPI_COMM_WORLD",
        "with errorcode 1.",
        "",
        "NOTE: invoking MPI_ABORT causes Open MPI to kill all MPI processes.",
        "You may or may not see output from other processes, depending on",
        "exactly when Open MPI kills them.",
        "--------------------------------------------------------------------------",
      ),
    },
  ],
  [
    "prterun of Open MPI 5",
    "crash 2",
    {
      "mpi.log": lines(
        plain(1, 30),
        "free(): invalid pointer",
        "--------------------------------------------------------------------------",
        "prterun noticed that process rank 2 with PID 81733 on node n004 exited on",
        "signal 6 (Aborted).",
        "--------------------------------------------------------------------------",
      ),
    },
  ],
  [
    // horovod/horovod#1012, the older words
    "Horovod's stalled operations",
    "hang 1",
    {
      "hvd.log": lines(
        horovod(1, 20),
        labelled("[1,0]<stderr>:", [
          "[2019-04-13 13:56:31.861697: W horovod/common/operations.cc:588] One or more tensors were submitted to be reduced, gathered or broadcasted by subset of ranks and are waiting for remainder of ranks for more than 60 seconds. This may indicate that different ranks are trying to submit different tensors or that only subset of ranks is submitting tensors, which will cause deadlock.",
          "Stalled ops:HorovodBroadcast_dense_1_bias_0 [missing ranks: 1]",
          "[2019-04-13 13:56:31.861765: W horovod/common/operations.cc:588] HorovodBroadcast_dense_1_kernel_0 [missing ranks: 1]",
        ]),
      ),
    },
  ],
  [
    // horovod/horovod#334: the ranks that are there
    "Horovod names the ranks that are ready",
    "hang 0,6",
    {
      "hvd.out": lines(
        "[1,0]<stdout>:Horovod size: 8",
        horovod(1, 20, "[1,1]<stdout>:"),
        "[1,7]<stderr>:WARNING: One or more tensors were submitted to be reduced, gathered or broadcasted by subset of ranks and are waiting for remainder of ranks for more than 60 seconds. This may indicate that different ranks are trying to submit different tensors or that only subset of ranks is submitting tensors, which will cause deadlock. Stalled ops: allreduce.conv1.weight [ready ranks: 5, 1, 4, 7, 2, 3], allreduce.bn1.weight [ready ranks: 5, 1, 4, 7, 2, 3]",
      ),
    },
  ],
  [
    // horovod/horovod#410
    "Horovod is shut down after an exception",
    "crash 7",
    {
      "mpirun.log": lines(
        horovod(1, 20),
        ["[1,2]<stderr>:", "[1,5]<stderr>:"].map(
          (tag) =>
            `${tag}2026-11-30 06:41:52.525932: W tensorflow/core/framework/op_kernel.cc:1318] OP_REQUIRES failed at mpi_ops.cc:422 : Aborted: Horovod has been shut down. This was caused by an exception on one of the ranks or an attempt to allreduce, allgather or broadcast a tensor after one of the ranks finished execution. If the shutdown was caused by an exception, you should see the exception in the log before the first shutdown message.`,
        ),
        labelled(
          "[1,7]<stderr>:",
          traceback(
            "FileNotFoundError: [Errno 2] No such file or directory: '/data/shard_0411.tfrecord'",
          ),
        ),
        labelled(
          "[1,3]<stderr>:",
          traceback(
            "horovod.common.exceptions.HorovodInternalError: Horovod has been shut down. This was caused by an exception on one of the ranks or an attempt to allreduce, allgather or broadcast a tensor after one of the ranks finished execution.",
          ),
        ),
      ),
    },
  ],
  [
    // aws/sagemaker: the tags of its mpirun
    "SageMaker's tags of ranks",
    "crash 3",
    {
      "cloudwatch.txt": lines(
        ranksOf(20).map(
          (step) =>
            `[1,mpirank:0,algo-1]<stdout>:step ${step} loss ${(1.9 - step * 0.01).toFixed(4)}`,
        ),
        labelled(
          "[1,mpirank:3,algo-1]<stderr>:",
          traceback(
            "RuntimeError: stack expects each tensor to be equal size, but got [3, 512] at entry 0 and [3, 498] at entry 5",
          ),
        ),
        "ERROR Reporting training FAILURE",
        "ERROR ExecuteUserScriptError:",
        "ExitCode 1",
        'ErrorMessage "RuntimeError: stack expects each tensor to be equal size, but got [3, 512] at entry 0 and [3, 498] at entry 5',
        '"',
        "2026-11-30 17:28:14 Failed - Training job failed",
      ),
    },
  ],
  [
    "ranks as fields of JSON lines",
    "crash 5",
    {
      "fluentbit.jsonl": lines(
        ranksOf(20).map((step) =>
          JSON.stringify({
            ts: step,
            rank: 0,
            level: "info",
            msg: `step ${step} loss ${(2 - step * 0.01).toFixed(4)}`,
          }),
        ),
        JSON.stringify({ ts: 21, rank: 2, level: "error", msg: gloo(5).join("\n") }),
        JSON.stringify({
          ts: 22,
          rank: 5,
          level: "error",
          msg: traceback("IndexError: list index out of range").join("\n"),
        }),
        JSON.stringify({ ts: 23, rank: 1, level: "error", msg: gloo(5).join("\n") }),
      ),
    },
  ],
  [
    "a shell script per rank, one with a bus error",
    "crash 2",
    {
      ...Object.fromEntries(
        [0, 1, 3].map((rank) => [`out.${rank}`, lines(steps(1, 20), gloo(2, 40_000 + rank))]),
      ),
      "out.2": lines(
        steps(1, 20),
        "./start.sh: line 12: 41733 Bus error               (core dumped) python train.py --rank 2",
      ),
    },
  ],
  [
    // open-mmlab/mmdetection#12069
    "mmengine, a quota behind another error",
    "disk-full 0",
    perRank(
      4,
      (rank) => `logs/std_rank_${String(rank).padStart(2, "0")}.err`,
      {
        0: [
          "12/09 06:49:23 - mmengine - INFO - Saving checkpoint at 14 epochs",
          ...traceback("OSError: [Errno 122] Disk quota exceeded", {
            call: "zip_file.write_record(name, storage, num_bytes)",
          }),
          "",
          "During handling of the above exception, another exception occurred:",
          "",
          ...traceback(
            "RuntimeError: [enforce fail at inline_container.cc:595] . unexpected pos 576 vs 470",
            { call: "self._save_checkpoint(runner)" },
          ),
        ],
      },
      { before: mm(1, 20) },
    ),
  ],
];
