// Folders of jobs that did what they should, with lines that look alarming.
import {
  exponent,
  hfSteps,
  labelled,
  lines,
  megatronStep,
  ranksOf,
  titanSteps,
} from "./folder-texts.js";

const done =
  "***** train metrics *****\n  epoch                    =        3.0\n  train_loss               =     1.8822\n  train_runtime            = 0:41:10.11";

export const healthyFolders = [
  [
    "Megatron with skipped iterations",
    "",
    {
      "pretrain.log": lines(
        ranksOf(5).map((step) =>
          megatronStep(step + 1, {
            loss: exponent(10.9),
            norm: "inf",
            skipped: 1,
            scale: 2 ** (32 - step),
          }),
        ),
        ranksOf(60).map((step) =>
          megatronStep(step + 6, { loss: exponent(10.8 - step * 0.06), norm: 1.4, scale: 2 ** 27 }),
        ),
        " successfully saved checkpoint from iteration      65 to /ckpt",
        "(min, max) time across ranks (ms): save-checkpoint ....: (6011.12, 6013.40)",
      ),
    },
  ],
  [
    "libraries that complain at the start",
    "",
    {
      "train.log": lines(
        "2026-11-21 09:30:11.218113: E external/local_xla/xla/stream_executor/cuda/cuda_dnn.cc:9261] Unable to register cuDNN factory: Attempting to register factory for plugin cuDNN when one has already been registered",
        "2026-11-21 09:30:11.233004: E external/local_xla/xla/stream_executor/cuda/cuda_blas.cc:1515] Unable to register cuBLAS factory: Attempting to register factory for plugin cuBLAS when one has already been registered",
        "2026-11-21 09:30:12.010223: W tensorflow/compiler/tf2tensorrt/utils/py_utils.cc:38] TF-TRT Warning: Could not find TensorRT",
        "Could not load library libcudnn_cnn_train.so.8. Error: /usr/local/cuda/lib64/libcudnn_cnn_train.so.8: undefined symbol: _ZN5cudnn3cnn",
        "WARNING[XFORMERS]: xFormers can't load C++/CUDA extensions. xFormers was built for:",
        "    PyTorch 2.3.0 with CUDA 1201 (you have 2.4.1+cu121)",
        "Failed to import flash_attn: No module named 'flash_attn'. Falling back to the default attention.",
        "/opt/env/lib/python3.11/site-packages/torch/utils/checkpoint.py:295: FutureWarning: `torch.cpu.amp.autocast(args...)` is deprecated.",
        hfSteps(1, 60),
        done,
      ),
    },
  ],
  [
    "torchrun, warnings of sockets and at the end",
    "",
    {
      "torchrun.log": lines(
        "W1121 09:00:01.110000 3301 torch/distributed/run.py:793] Setting OMP_NUM_THREADS environment variable for each process to be 1 in default, to avoid your system being overloaded, please further tune the variable for optimal performance in your application as needed. ",
        "[W1121 09:00:04.610119 socket.cpp:755] [c10d] The client socket has failed to connect to [gpu-1]:29500 (errno: 97 - Address family not supported by protocol).",
        "[W1121 09:00:05.610119 socket.cpp:755] [c10d] The client socket has failed to connect to gpu-1:29500 (errno: 111 - Connection refused), retrying.",
        labelled("[rank0]:", titanSteps(1, 60)),
        "[rank0]:[W1121 09:41:50.058147529 ProcessGroupNCCL.cpp:1479] Warning: WARNING: destroy_process_group() was not called before program exit, which can leak resources. For more info, please see https://pytorch.org/docs/stable/distributed.html#shutdown (function operator())",
        "[rank3]:[W1121 09:41:51.000112 TCPStore.cpp:125] [c10d] recvValue failed on SocketImpl(fd=65, addr=[gpu-2]:51210, remote=[gpu-1]:29500): Connection reset by peer",
      ),
    },
  ],
  [
    "Slurm says much",
    "",
    {
      "slurm-1200.out": lines(
        "srun: warning: can't run 1 processes on 2 nodes, setting nnodes to 1",
        "srun: Job 1200 step creation temporarily disabled, retrying (Requested nodes are busy)",
        "srun: Step created for StepId=1200.1",
        "bash: warning: setlocale: LC_ALL: cannot change locale (en_US.UTF-8): No such file or directory",
        "slurmstepd-n3: error: common_file_write_content: unable to open '/sys/fs/cgroup/system.slice/cpuset.cpus' for writing: No such file or directory",
        labelled("0: ", titanSteps(1, 60)),
        "0: Training completed",
      ),
    },
  ],
  [
    "NCCL's information",
    "",
    {
      "rank0.log": lines(
        "n1:120:120 [0] NCCL INFO NET/Plugin: Could not find: libnccl-net.so. Using internal network plugin.",
        "n1:120:171 [0] NCCL INFO NET/Plugin: Plugin load (libnccl-net.so) returned 2 : libnccl-net.so: cannot open shared object file: No such file or directory",
        "n1:120:171 [0] NCCL INFO Failed to open libibverbs.so[.1]",
        "n1:120:171 [0] NCCL INFO NCCL_TIMEOUT set by environment to 23.",
        titanSteps(1, 60),
        "n1:120:988 [0] NCCL INFO [Service thread] Connection closed by localRank 0",
        "n1:120:988 [0] NCCL INFO comm 0x55d2a10 rank 0 nranks 2 cudaDev 0 busId 1a000 - Abort COMPLETE",
      ),
      "rank1.log": lines(
        "n1:121:989 [1] NCCL INFO [Service thread] Connection closed by localRank 1",
        "n1:121:989 [1] NCCL INFO comm 0x55d2a10 rank 1 nranks 2 cudaDev 1 busId 1b000 - Destroy COMPLETE",
      ),
    },
  ],
  [
    "DeepSpeed finds its loss scale",
    "",
    {
      "train.log": lines(
        ranksOf(9).map(
          (index) =>
            `[2026-11-21 22:16:0${index},018] [INFO] [loss_scaler.py:190:update_scale] [deepspeed] OVERFLOW! Rank 0 Skipping step. Attempted loss scale: ${2 ** (32 - index)}, but hysteresis is 2. Reducing hysteresis to 1`,
        ),
        hfSteps(1, 60),
        "[2026-11-21 23:11:31,114] [INFO] [launch.py:351:main] Process 5101 exits successfully.",
      ),
    },
  ],
  [
    "JAX compiles slowly and tries to allocate",
    "",
    {
      "worker-0.log": lines(
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
        "E0000 00:00:1795251610.890307    9276 slow_operation_alarm.cc:73] ********************************",
        "[Compiling module jit_train_step] Very slow compile? If you want to file a bug, run with envvar XLA_FLAGS=--xla_dump_to=/tmp/foo and attach the results.",
        "2026-11-21 10:00:26.833817: W external/xla/xla/tsl/framework/bfc_allocator.cc:299] Allocator (GPU_0_bfc) ran out of memory trying to allocate 2.10GiB with freed_by_count=0. The caller indicates that this is not a failure, but this may mean that there could be performance gains if more memory were available.",
        ranksOf(60).map(
          (step) =>
            `completed step: ${step}, seconds: 1.31${step % 10}, TFLOP/s/device: 201.4, loss: ${(9.1 - 0.05 * step).toFixed(3)}`,
        ),
      ),
    },
  ],
  [
    "bad samples are left out",
    "",
    {
      "train.log": lines(
        hfSteps(1, 20),
        "WARNING skipping sample 99121 of shard 7:",
        "Traceback (most recent call last):",
        '  File "/opt/job/data.py", line 88, in __getitem__',
        "    image = Image.open(path).convert('RGB')",
        "OSError: image file is truncated (11 bytes not processed)",
        hfSteps(20, 60),
        done,
      ),
    },
  ],
  [
    "Ray spills objects",
    "",
    {
      "driver.log": lines(
        "(TrainController pid=2100) [FailurePolicy] max_failures=0",
        "(raylet) Spilled 2048 MiB, 14 objects, write throughput 812 MiB/s. Set RAY_verbose_spill_logs=0 to disable this message.",
        "(RayTrainWorker pid=2210) [W1121 10:00:00 ProcessGroupGloo.cpp:712] Warning: Unable to resolve hostname to a (local) address. Using the loopback address as fallback. (function operator())",
        hfSteps(1, 60).map((text) => `(RayTrainWorker pid=2210) ${text}`),
        "2026-11-21 12:11:00,101 INFO tune.py:1047 -- Total run time: 412.20 seconds (0 trials errored)",
      ),
    },
  ],
  [
    "Kubernetes waits for a node",
    "",
    {
      "events.txt": lines(
        "LAST SEEN   TYPE      REASON              OBJECT               MESSAGE",
        "9m          Warning   FailedScheduling    pod/train-worker-1   0/4 nodes are available: 4 Insufficient nvidia.com/gpu. preemption: 0/4 nodes are available: 4 No preemption victims found for incoming pod.",
        '8m          Warning   BackOff             pod/train-worker-1   Back-off pulling image "registry/train:7"',
        "8m          Normal    Started             pod/train-worker-1   Started container pytorch",
        "1m          Normal    Completed           job/train            Job completed",
      ),
      "train-worker-0.log": lines(hfSteps(1, 60), done),
      "train-worker-1.log": lines(
        "waiting for train-worker-0:29500",
        "nc: connect to train-worker-0 port 29500 (tcp) failed: Connection refused",
        "train-worker-0:29500 is up",
      ),
    },
  ],
  [
    "downloads are retried",
    "",
    {
      "train.log": lines(
        "'(ReadTimeoutError(\"HTTPSConnectionPool(host='hub', port=443): Read timed out. (read timeout=10)\"), '(Request ID: 5f)')' thrown while requesting HEAD https://hub/model/config.json",
        "Retrying in 1s [Retry 1/5].",
        "Token indices sequence length is longer than the specified maximum sequence length for this model (1811 > 1024). Running this sequence through the model will result in indexing errors",
        "huggingface/tokenizers: The current process just got forked, after parallelism has already been used. Disabling parallelism to avoid deadlocks...",
        hfSteps(1, 60),
        done,
      ),
    },
  ],
  [
    "a class without samples",
    "",
    {
      "mmseg.log": lines(
        ranksOf(40).map(
          (step) =>
            `2026/11/21 14:01:${10 + step} - mmengine - INFO - Iter(train) [ ${step * 50}/4000]  base_lr: 9.9e-03 lr: 9.9e-03  time: 0.1405  data_time: 0.0025  memory: 1522  loss: ${(1.9 - step * 0.02).toFixed(4)}  decode.loss_ce: ${(1.4 - step * 0.02).toFixed(4)}  decode.acc_seg: 71.2`,
        ),
        "+------------+-------+-------+",
        "|   Class    |  IoU  |  Acc  |",
        "|   train    |  nan  |  nan  |",
        "|    road    | 97.21 | 98.62 |",
        "2026/11/21 14:03:01 - mmengine - INFO - Iter(val) [500/500]    aAcc: 95.1  mIoU: 71.3  mAcc: 80.2",
      ),
    },
  ],
  [
    "kernel lines without consequence",
    "",
    {
      "rank0.log": lines(titanSteps(1, 60)),
      "dmesg-n1.txt": lines(
        "[  112.000316] pcieport 0000:00:03.0: AER: Corrected error received: 0000:00:03.0",
        "[  112.000321] pcieport 0000:00:03.0: PCIe Bus Error: severity=Corrected, type=Data Link Layer, (Transmitter ID)",
        "[  112.000324] pcieport 0000:00:03.0:    [12] Timeout               ",
        "[  900.120000] mlx5_core 0000:ab:00.0 mlx5_5: Port: 1 Link ACTIVE",
        "[ 1300.410000] perf: interrupt took too long (2501 > 2500), lowering kernel.perf_event_max_sample_rate to 79750",
        "[ 1400.000000] EXT4-fs (md127p3): re-mounted 0f3cd65a r/w. Quota mode: none.",
        "[ 1500.000000] Memory failure: 0x0: recovery action for reserved page: Ignored",
      ),
    },
  ],
  [
    "options and samples that are texts about errors",
    "",
    {
      "train.log": lines(
        "Namespace(nccl_timeout=1800, on_oom='skip', kill_on_nan=True, max_failures=3, error_if_nonfinite=False, preemption_signal='SIGUSR1')",
        hfSteps(1, 30),
        "--- sample 1 ---",
        "Q: My script prints `RuntimeError: CUDA out of memory`. What can I do?",
        "A: Use a smaller batch. The process was killed by signal 9 because no space left on device is a different error.",
        "--- sample 2 ---",
        "def read(path):\n    try:\n        return open(path).read()\n    except FileNotFoundError:\n        raise SystemExit('not found')",
        hfSteps(30, 60),
        done,
      ),
    },
  ],
  [
    "a restart that torchrun made after a lost node comes back",
    "",
    {
      "torchrun.log": lines(
        labelled("[rank0]:", titanSteps(1, 10)),
        "[E1121 09:01:10.1 TCPStore.cpp:141] [c10d] recvValueWithTimeout failed on SocketImpl: Connection reset by peer",
        "W1121 09:01:11.0 3301 torch/distributed/elastic/agent/server/api.py:916] [default] Detected 1 new nodes from group_rank=0; will restart worker group",
        labelled("[rank0]:", titanSteps(10, 60)),
        "I1121 09:41:51.0 3301 torch/distributed/elastic/agent/server/api.py:879] [default] worker group successfully finished. Waiting 300 seconds for other agents to finish.",
      ),
    },
  ],
];
