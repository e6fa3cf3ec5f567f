// First half: collectives that do not fit, data that is late, numbers, locks.
import { labelled, lines, ranksOf } from "../../fourth/folder-texts.js";
import {
  falling,
  flightDump,
  flightEntry,
  keras,
  megatron,
  peerGone,
  perRank,
  pySpy,
  raised,
  titan,
} from "../printed.js";

const tensor =
  "TensorDtypes=Float, TensorDeviceTypes=TensorOptions(dtype=float (default), device=cuda, layout=Strided (default), requires_grad=false (default), pinned_memory=false (default), memory_format=(nullopt))))";

export const firstPrograms = [
  [
    // pytorch/pytorch torch/csrc/distributed/c10d/ProcessGroupWrapper.cpp
    "TORCH_DISTRIBUTED_DEBUG=DETAIL: one rank runs another collective",
    "collective-mismatch 5",
    {
      "train.log": lines(
        titan(1, 20),
        ranksOf(8).map((rank) =>
          labelled(
            `[rank${rank}]: `,
            raised(
              rank === 5
                ? `RuntimeError: Detected mismatch between collectives on ranks. Rank 5 is running collective: CollectiveFingerPrint(SequenceNumber=3104, OpType=BROADCAST, TensorShape=[1], ${tensor}, but Rank 0 is running collective: CollectiveFingerPrint(SequenceNumber=3104, OpType=ALLREDUCE, TensorShape=[51123456], ${tensor}. Collectives differ in the following aspects: \t Op type: BROADCASTvs ALLREDUCE`
                : `RuntimeError: Detected mismatch between collectives on ranks. Rank ${rank} is running collective: CollectiveFingerPrint(SequenceNumber=3104, OpType=ALLREDUCE, TensorShape=[51123456], ${tensor}, but Rank 5 is running collective: CollectiveFingerPrint(SequenceNumber=3104, OpType=BROADCAST, TensorShape=[1], ${tensor}. Collectives differ in the following aspects: \t Op type: ALLREDUCEvs BROADCAST`,
              [
                [
                  "/workspace/train.py",
                  rank === 5 ? 431 : 418,
                  rank === 5 ? "dist.broadcast(flag, src=0)" : "loss.backward()",
                ],
              ],
            ),
          ),
        ),
      ),
    },
  ],
  [
    // dumps of the flight recorder as JSON, one of each rank
    "flight recorder: one rank has left out a collective",
    "collective-mismatch 3",
    {
      ...perRank(
        4,
        (rank) => `dumps/nccl_trace_rank_${rank}.json`,
        (rank) =>
          flightDump(4, [
            ...ranksOf(10).map((index) => flightEntry(401 + index, {})),
            rank === 3
              ? flightEntry(411, {
                  op: "all_reduce",
                  sizes: [[26_214_400]],
                  state: "started",
                  line: 418,
                })
              : flightEntry(411, {
                  op: "all_gather_into_tensor",
                  sizes: [[1024]],
                  state: "started",
                  line: 466,
                }),
          ]),
      ),
      "train.log": lines(
        titan(1, 40),
        "[rank0]:[E1201 11:14:02.114204118 ProcessGroupNCCL.cpp:616] [Rank 0] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=411, OpType=_ALLGATHER_BASE, NumelIn=256, NumelOut=1024, Timeout(ms)=600000) ran for 600042 milliseconds before timing out.",
        "[rank0]:[E1201 11:14:02.118204118 ProcessGroupNCCL.cpp:1472] [PG ID 0 PG GUID 0(default_pg) Rank 0] Received a dump signal due to a collective timeout from this local rank and we will try our best to dump the debug info.",
      ),
    },
  ],
  [
    // horovod/horovod horovod/common/controller.cc
    "Horovod: gradients of two shapes",
    "collective-mismatch",
    {
      "mpirun.log": lines(
        labelled("[1,0]<stdout>:", keras(1, 3)),
        ranksOf(4).map((rank) =>
          labelled(`[1,${rank}]<stderr>:`, [
            ...raised(
              "tensorflow.python.framework.errors_impl.FailedPreconditionError: Mismatched ALLREDUCE tensor shapes: One rank sent a tensor of shape [2048, 1000], but another rank sent a tensor of shape [2048, 1001].",
              [["/workspace/train_keras.py", 202, "model.fit(train, callbacks=callbacks)"]],
            ),
            "\t [[{{node DistributedGradientTape_Allreduce/cond_4/HorovodAllreduce_grads_4_0}}]] [Op:__inference_train_step_4411]",
          ]),
        ),
      ),
    },
  ],
  [
    // facebookresearch/detectron2 detectron2/utils/events.py
    "detectron2: nine tenths of each iteration are data",
    "data-starvation",
    {
      "log.txt": lines(
        "[12/01 10:00:02 d2.data.build]: Using training sampler TrainingSampler",
        "[12/01 10:00:02 d2.data.common]: Serializing 117266 elements to byte tensors and concatenating them all ...",
        "[12/01 10:00:11 d2.engine.train_loop]: Starting training from iteration 0",
        ranksOf(40).map(
          (index) =>
            `[12/01 10:${String(Math.floor(index * 1.2)).padStart(2, "0")}:11 d2.utils.events]:  eta: 3 days, 4:11:02  iter: ${20 * index + 19}  total_loss: ${falling(20 * index).toFixed(3)}  loss_cls: 0.61${index % 10}  loss_box_reg: 0.70${index % 10}  loss_mask: 0.41${index % 10}    time: 3.4${index % 10}12  last_time: 3.3${index % 10}11  data_time: 3.1${index % 10}02  last_data_time: 3.0${index % 10}1   lr: 0.02  max_mem: 11021M`,
        ),
      ),
      "top.txt": lines(
        "%Cpu(s):  6.1 us,  2.0 sy,  0.0 ni, 31.4 id, 60.2 wa,  0.0 hi,  0.3 si,  0.0 st",
        "    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND",
        "   4411 ana       20   0   41.1g   6.2g 812404 D   9.1   1.2   1:12.01 python",
      ),
    },
  ],
  [
    // parts of a step as each rank prints them: who is late waits for data, the others wait for it
    "one rank's loader is late in every step",
    "data-starvation 3",
    perRank(
      4,
      (rank) => `logs/train_rank${rank}.log`,
      (rank) =>
        lines(
          ranksOf(40).map(
            (step) =>
              `[2026-12-01 10:${String(Math.floor(step / 15)).padStart(2, "0")}:${String((step * 4) % 60).padStart(2, "0")}] step ${step} | loss ${falling(step).toFixed(4)} | data ${rank === 3 ? "2.84" : "0.01"}${step % 10}s | fwd 0.21${step % 10}s | bwd 0.43${step % 10}s | comm ${rank === 3 ? "0.05" : "2.88"}${step % 10}s | total 3.54${step % 10}s`,
          ),
        ),
    ),
  ],
  [
    // NVIDIA/Megatron-LM megatron/training/training.py: --check-weight-hash-across-dp-replicas-interval
    "Megatron-LM: hashes of parameters are not equal",
    "replica-divergence",
    {
      "slurm-4499.out": lines(
        ">>> Weight hashes match after 0 iterations...",
        megatron(1, 50),
        ranksOf(8).map((rank) =>
          labelled(
            `[rank${rank}]: `,
            raised("AssertionError: Parameter hashes not matching across DP replicas", [
              ["/workspace/pretrain_gpt.py", 301, "pretrain("],
              [
                "/workspace/megatron/training/training.py",
                2204,
                "assert check_param_hashes_across_dp_replicas(model, cross_check=True), \\",
              ],
            ]),
          ),
        ),
        "srun: error: gpu-01: tasks 0-7: Exited with exit code 1",
      ),
    },
  ],
  [
    // a thread holds a lock of a module and waits for a queue, another the other way round
    "py-spy: two threads of one rank wait for each other",
    "lock 6",
    {
      ...perRank(
        8,
        (rank) => `stacks/rank${rank}.txt`,
        (rank) =>
          lines(
            pySpy(
              4410 + rank,
              "/opt/env/bin/python -u train.py",
              rank === 6
                ? [
                    [
                      "idle",
                      "MainThread",
                      "acquire (logging/__init__.py:957)",
                      "handle (logging/__init__.py:1026)",
                      "info (logging/__init__.py:1539)",
                      "record (metrics/sink.py:61)",
                      "main (train.py:421)",
                      "<module> (train.py:540)",
                    ],
                    [
                      "idle",
                      "metrics-flush",
                      "__enter__ (threading.py:168)",
                      "flush (metrics/sink.py:88)",
                      "emit (metrics/handler.py:40)",
                      "handle (logging/__init__.py:1028)",
                      "run (threading.py:982)",
                    ],
                  ]
                : [
                    [
                      "active",
                      "MainThread",
                      "all_reduce (torch/distributed/distributed_c10d.py:2811)",
                      "wrapper (torch/distributed/c10d_logger.py:81)",
                      "main (train.py:418)",
                      "<module> (train.py:540)",
                    ],
                    [
                      "idle",
                      "metrics-flush",
                      "wait (threading.py:331)",
                      "run (metrics/sink.py:80)",
                      "run (threading.py:982)",
                    ],
                  ],
            ),
          ),
      ),
      "train.log": lines(titan(1, 44)),
    },
  ],
  [
    // NVIDIA/Megatron-LM: --check-for-nan-in-loss-and-grad
    "Megatron-LM: a rank has found NaN in its own loss",
    "not-a-number 27",
    {
      "slurm-4512.out": lines(
        megatron(1, 60),
        labelled("[rank12]: ", peerGone("10.2.0.7")),
        labelled(
          "[rank27]: ",
          raised(
            "AssertionError: Rank 27: found NaN in local forward loss calculation. Device: 3, node: h100-17",
            [
              [
                "/workspace/megatron/core/pipeline_parallel/schedules.py",
                263,
                "outputs = loss_func(output_tensor)",
              ],
              ["/workspace/pretrain_gpt.py", 140, "assert not loss[0].isnan(), ("],
            ],
          ),
        ),
        labelled("[rank26]: ", peerGone("10.2.0.17")),
        labelled("[rank0]: ", peerGone("10.2.0.17")),
        "srun: error: h100-17: task 27: Exited with exit code 1",
        "srun: Terminating StepId=4512.0",
        "slurmstepd: error: *** STEP 4512.0 ON h100-14 CANCELLED AT 2026-12-01T10:02:44 ***",
        "srun: error: h100-14: tasks 0-7: Terminated",
      ),
    },
  ],
];
