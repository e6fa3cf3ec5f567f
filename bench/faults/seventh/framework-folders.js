// What frameworks print of numbers, memory and exceptions: Megatron, Lightning, Keras, JAX, TensorFlow, loggers of their own.
import {
  exponent,
  gloo,
  hfSteps,
  labelled,
  lines,
  megatronStep,
  ranksOf,
  traceback,
} from "../fourth/folder-texts.js";
import { inLoader, perRank, plain, steps, timm } from "../sixth/printed.js";
import { json, keras, maxText, mm } from "./printed.js";

const megatron = (from, to) =>
  ranksOf(to - from).map((index) =>
    megatronStep(from + index, { loss: exponent(3 - 0.01 * (from + index)) }),
  );
const rerun = (rank, iteration, message) =>
  `ERROR:megatron.core.rerun_state_machine:Unexpected result nan on rank ${rank} at iteration #${iteration} invocation #2 (message='${message}')`;
const rerunHead = (rank, iteration) =>
  `megatron.core.rerun_state_machine:Rank ${rank}, node h100-04, device ${rank % 8}, iteration #${iteration}:`;

export const frameworkFolders = [
  [
    // NVIDIA/Megatron-LM#5026
    "Megatron runs a step again, and it is NaN again",
    "not-a-number 3",
    {
      "pretrain.log": lines(
        megatron(1, 20),
        rerun(
          3,
          20,
          "found NaN in local grad norm for bucket #0 in backward pass before data-parallel communication collective",
        ),
        `ERROR:${rerunHead(3, 20)} First rerun: unexpected result is reproducible within the tolerance (nan = nan). Need to rerun on a different GPU to verify correctness`,
        "[rank3]: SystemExit: 16",
      ),
    },
  ],
  [
    "Megatron runs a step again, and it is right",
    "silent-corruption 5",
    {
      "pretrain.log": lines(
        megatron(1, 20),
        rerun(5, 20, "loss is NaN"),
        `WARNING:${rerunHead(5, 20)} First rerun: unexpected result is not reproducible within the tolerance (2.81 != nan)`,
        `ERROR:${rerunHead(5, 20)} Possible transient error!`,
      ),
    },
  ],
  [
    "Lightning refuses a loss",
    "not-a-number",
    {
      "lightning.log": lines(
        ranksOf(20).map(
          (step) =>
            `Epoch 0:   ${step}%|▏         | ${step}/1200 [00:1${step % 10}<10:12,  1.95it/s, loss=${(1.8 - step * 0.01).toFixed(2)}, v_num=3]`,
        ),
        traceback("ValueError: The loss returned in `training_step` is nan.", {
          call: "self._run_optimization(kwargs, batch_idx)",
        }),
      ),
    },
  ],
  [
    // leftthomas/CGD#12
    "autograd finds the function",
    "not-a-number 1",
    {
      "ddp.log": lines(
        timm(1, 20),
        labelled(
          "[rank1]: ",
          traceback(
            "RuntimeError: Function 'PowBackward0' returned nan values in its 0th output.",
            { call: "loss.backward()" },
          ),
        ),
        labelled("[rank0]: ", gloo(1)),
      ),
    },
  ],
  [
    "Keras stops at a loss",
    "not-a-number",
    {
      "keras.log": lines(
        keras(1, 37),
        keras(37, 38, { value: () => "nan" }),
        "Batch 37: Invalid loss, terminating training",
      ),
    },
  ],
  [
    "Keras goes on with a loss of NaN",
    "not-a-number",
    { "fit.log": lines(keras(1, 30), keras(30, 60, { value: () => "nan" })) },
  ],
  [
    "JAX's check of numbers",
    "not-a-number",
    {
      "jax.log": lines(
        maxText(1, 20),
        traceback(
          "FloatingPointError: invalid value (nan) encountered in jit(train_step). Because jax_config.debug_nans.value and/or config.jax_debug_infs is set, the de-optimized function (i.e., the function as if the `jit` decorator were removed) was called in an attempt to get a more precise error message.",
          { call: "state, metrics = p_train_step(state, batch)" },
        ),
      ),
    },
  ],
  [
    "a table of values ends in NaN",
    "not-a-number",
    {
      "metrics.csv": lines(
        "step,train_loss,lr,grad_norm",
        ranksOf(40).map(
          (step) =>
            `${step},${step < 31 ? (2.9 - step * 0.02).toFixed(4) : "nan"},0.0003,${step < 31 ? "1.21" : "nan"}`,
        ),
      ),
    },
  ],
  [
    "JSON lines with a loss that is null from a step on",
    "not-a-number",
    {
      "train.jsonl": lines(
        json(1, 30),
        json(30, 50).map((text) => text.replace(/"loss":[\d.]+/u, '"loss":NaN')),
      ),
    },
  ],
  [
    // EleutherAI and others: JAX on GPUs
    "JAX does not get memory on one host",
    "out-of-memory 1",
    perRank(
      4,
      (rank) => `host_${rank}.txt`,
      {
        1: traceback(
          "jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Failed to allocate request for 4.25GiB (4563402752B) on device ordinal 0",
          { call: "params = init(rng)" },
        ),
      },
      {
        before: maxText(1, 12),
        others: () => [
          "E1130 15:47:39.1 coordination_service_agent.cc:762] Polled an error from coordination service (this can be an error from this or another task).",
        ],
      },
    ),
  ],
  [
    "TensorFlow does not get memory",
    "out-of-memory",
    {
      "tf.log": lines(
        keras(1, 20),
        traceback(
          "tensorflow.python.framework.errors_impl.ResourceExhaustedError: OOM when allocating tensor with shape[64,512,128,128] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc [Op:Conv2D]",
          { call: "model.fit(ds)" },
        ),
      ),
    },
  ],
  [
    // Megvii-BaseDetection/YOLOX#1422
    "loguru's frames around an error of shared memory",
    "out-of-memory",
    {
      "train_log.txt": lines(
        ranksOf(20).map(
          (index) =>
            `2026-11-30 10:4${index % 10}:08 | INFO     | yolox.core.trainer:257 - epoch: 1/300, iter: ${10 * index}/1120, mem: 3104Mb, iter_time: 0.312s, data_time: 0.004s, total_loss: ${(9 - 0.05 * index).toFixed(1)}, iou_loss: 3.1, lr: 1.2e-04`,
        ),
        "ERROR: Unexpected bus error encountered in worker. This might be caused by insufficient shared memory (shm).",
        "2026-11-30 10:48:08 | ERROR    | yolox.core.launch:98 - An error has been caught in function 'launch', process 'MainProcess' (36), thread 'MainThread' (139940411148096):",
        "Traceback (most recent call last):",
        "",
        '  File "/opt/conda/lib/python3.10/site-packages/torch/utils/data/dataloader.py", line 1034, in _get_data',
        "    success, data = self._try_get_data()",
        "                    │    └ <function _MultiProcessingDataLoaderIter._try_get_data at 0x7f457ba1e7b8>",
        "                    └ <torch.utils.data.dataloader._MultiProcessingDataLoaderIter object at 0x7f4574422550>",
        "",
        "RuntimeError: DataLoader worker (pid(s) 197) exited unexpectedly",
      ),
    },
  ],
  [
    // ultralytics/ultralytics#1238
    "a file of shared memory that is full",
    "out-of-memory 2",
    {
      "ddp.txt": lines(
        steps(1, 20),
        labelled(
          "[rank2]: ",
          inLoader(
            "RuntimeError: unable to write to file </torch_722_783672312_1>: No space left on device (28)",
            0,
          ),
        ),
        labelled("[rank0]: ", gloo(2)),
        labelled("[rank1]: ", gloo(2)),
      ),
    },
  ],
  [
    "credentials that expire on one rank",
    "crash 2",
    perRank(
      4,
      (rank) => `gpu-${rank}/stderr.txt`,
      {
        2: inLoader(
          "botocore.exceptions.ClientError: An error occurred (ExpiredToken) when calling the GetObject operation: The provided token has expired.",
          3,
        ),
      },
      { before: mm(1, 20) },
    ),
  ],
  [
    "an exception below a logger's prefix on every line",
    "crash 1",
    perRank(3, (rank) => `app-${rank}.log`, {
      1: traceback("pyarrow.lib.ArrowInvalid: Corrupt snappy compressed data.").map(
        (text) => `2026-11-30 09:00:12,110 [ERROR] trainer.loop (loop.py:88): ${text}`,
      ),
    }),
  ],
  [
    "a killed process of a loader on one host of two",
    "killed 4",
    {
      "h1.log": lines(
        ranksOf(4).map((rank) => labelled(`[default${rank}]:`, rank === 0 ? plain(1, 20) : [])),
        labelled("[default2]:", gloo(4)),
      ),
      "all.log": lines(
        labelled(
          "4: ",
          traceback("RuntimeError: DataLoader worker (pid 41180) is killed by signal: Killed. ", {
            call: "batch = next(loader)",
          }),
        ),
        labelled("1: ", gloo(4)),
        "srun: error: gpu-2: task 4: Exited with exit code 1",
      ),
    },
  ],
  [
    "a host-to-device copy of labels outside of the classes",
    "crash 0",
    {
      "assert.log": lines(
        steps(1, 20),
        ranksOf(3).map(
          (index) =>
            `/pytorch/aten/src/ATen/native/cuda/Loss.cu:250: nll_loss_forward_reduce_cuda_kernel_2d: block: [0,0,0], thread: [${index},0,0] Assertion \`t >= 0 && t < n_classes\` failed.`,
        ),
        labelled(
          "[rank0]: ",
          traceback([
            "RuntimeError: CUDA error: device-side assert triggered",
            "CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.",
          ]),
        ),
        labelled("[rank1]: ", gloo(0)),
      ),
    },
  ],
  [
    "an interrupt from the keyboard",
    "killed",
    {
      "session.log": lines(
        hfSteps(1, 20),
        "^CTraceback (most recent call last):",
        '  File "/opt/job/train.py", line 388, in <module>',
        "    main()",
        "KeyboardInterrupt",
      ),
    },
  ],
];
