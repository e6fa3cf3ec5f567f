// Folders of jobs without a fault, most of them with alarming lines.
import { hfSteps, labelled, lines, ranksOf, traceback } from "../fourth/folder-texts.js";
import { plain, steps, timm } from "../sixth/printed.js";
import { bar, json, keras, maxText, mm, ncclInfo, ncclWarn, nemo, olmo } from "./printed.js";

const done = "Training completed.";
const hfDone =
  "{'train_runtime': 8123.11, 'train_samples_per_second': 12.1, 'train_steps_per_second': 0.4, 'train_loss': 1.81, 'epoch': 1.0}";

export const healthyFolders = [
  [
    "NCCL without InfiniBand and plugins",
    "",
    {
      "out.txt": lines(
        ncclInfo(
          "n1",
          0,
          "NET/Plugin: Could not find: libnccl-net.so. Using internal network plugin.",
        ),
        ncclWarn("n1", 0, "NET/IB : No device found.", "transport/net_ib.cc:250"),
        ncclWarn("n1", 0, "Failed to open libibverbs.so[.1]", "misc/ibvwrap.cc:63"),
        plain(1, 40),
        done,
      ),
    },
  ],
  [
    "loaders complain at the exit",
    "",
    {
      "train.log": lines(
        hfSteps(1, 40),
        hfDone,
        "Exception ignored in: <function _MultiProcessingDataLoaderIter.__del__ at 0x7f3c5c0e5b80>",
        "Traceback (most recent call last):",
        '  File "/opt/env/lib/python3.11/site-packages/torch/utils/data/dataloader.py", line 1478, in __del__',
        "    self._shutdown_workers()",
        "AssertionError: can only test a child process",
      ),
    },
  ],
  [
    "the store is gone when ranks ask it at the end",
    "",
    {
      "rank0.log": lines(steps(1, 40), "Saved final model to out/final.pt", done),
      "rank1.log": lines(
        steps(1, 40),
        done,
        "[rank1]:[W1130 05:20:03.601 TCPStore.cpp:125] [c10d] recvValue failed on SocketImpl(fd=63, addr=[n1]:41022, remote=[n0]:29500): Connection reset by peer",
        '[rank1]:[W1130 05:20:04.601 ProcessGroupNCCL.cpp:1662] [PG ID 0 PG GUID 0 Rank 1] Failed to check the "should dump" flag on TCPStore, (maybe TCPStore server has shut down too early), with error: Broken pipe',
      ),
    },
  ],
  [
    "a metric without positives, a perplexity that overflows",
    "",
    {
      "eval.log": lines(
        timm(1, 30),
        "eval: {'f1': nan, 'auc': nan, 'perplexity': inf, 'loss': 2.31}",
        timm(30, 50),
        "eval: {'f1': 0.11, 'auc': nan, 'perplexity': 811.2, 'loss': 2.11}",
        done,
      ),
    },
  ],
  [
    "corrected errors and a throttled clock in the kernel's log",
    "",
    {
      "kern.log": lines(
        "Nov 30 01:00:11 n7 kernel: EDAC MC0: 1 CE memory read error on CPU_SrcID#0_MC#0_Chan#1_DIMM#0",
        "Nov 30 01:00:12 n7 kernel: mce: [Hardware Error]: Machine check events logged",
        "Nov 30 01:00:12 n7 kernel: mce: CPU12: Core temperature above threshold, cpu clock throttled (total events = 31)",
        "Nov 30 01:05:09 n7 kernel: perf: interrupt took too long (2503 > 2500), lowering kernel.perf_event_max_sample_rate to 79000",
      ),
      "train.log": lines(mm(1, 40), done),
    },
  ],
  [
    "the compiler tries kernels that do not fit",
    "",
    {
      "compile.log": lines(
        "W1130 10:10:10.101 123 torch/_inductor/utils.py:1137] Not enough SMs to use max_autotune_gemm mode",
        "Runtime error during autotuning: ",
        "out of resource: shared memory, Required: 147456, Hardware limit: 101376. Reducing block sizes or `num_stages` may help..",
        "Ignoring this choice.",
        "W1130 10:11:10.101 123 torch/_dynamo/convert_frame.py:906] torch._dynamo hit config.recompile_limit (8)",
        olmo(1, 20),
        done,
      ),
    },
  ],
  [
    "TensorFlow's messages at the start and at the end of data",
    "",
    {
      "tf.log": lines(
        "2026-11-30 11:00:01.110: E external/local_xla/xla/stream_executor/cuda/cuda_fft.cc:485] Unable to register cuFFT factory: Attempting to register factory for plugin cuFFT when one has already been registered",
        "2026-11-30 11:00:02.110: E tensorflow/compiler/xla/stream_executor/cuda/cuda_driver.cc:268] failed call to cuInit: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected",
        "2026-11-30 11:00:03.110: W tensorflow/tsl/framework/cpu_allocator_impl.cc:83] Allocation of 154140672 exceeds 10% of free system memory.",
        keras(1, 40),
        "2026-11-30 11:09:03.110: W tensorflow/core/framework/local_rendezvous.cc:404] Local rendezvous is aborting with status: OUT_OF_RANGE: End of sequence",
        keras(41, 60),
      ),
    },
  ],
  [
    "Ray scales down after the end",
    "",
    {
      "ray.log": lines(
        ranksOf(40).map(
          (step) => `(RayTrainWorker pid=811) step ${step} loss ${(2 - step * 0.01).toFixed(3)}`,
        ),
        "Training finished iteration 1 at 2026-11-30 10:10:10. Total running time: 2hr 1min",
        "(autoscaler +2h1m3s) Removing 2 nodes of type gpu_worker (idle).",
        "(raylet) The node with node id: 9287903437a2cae5bac8 and address: 10.7.34.2 and node name: 10.7.34.2 has been marked dead because the detector has missed too many heartbeats from it.",
        "Training completed after 1 iterations at 2026-11-30 10:10:12.",
      ),
    },
  ],
  [
    "events of a pod that needed two attempts to pull",
    "",
    {
      "events.txt": lines(
        "  Warning  FailedScheduling  9m    default-scheduler  0/12 nodes are available: 12 Insufficient nvidia.com/gpu. preemption: 0/12 nodes are available: 12 No preemption victims found for incoming pod.",
        "  Warning  Failed            8m    kubelet            Error: ErrImagePull",
        '  Normal   BackOff           8m    kubelet            Back-off pulling image "registry/train:7"',
        "  Warning  Unhealthy         7m    kubelet            Readiness probe failed: dial tcp 10.0.0.3:8080: connect: connection refused",
        "  Normal   Completed         1m    job-controller     Job completed",
      ),
      "pod.log": lines(
        json(1, 40),
        JSON.stringify({ level: "INFO", msg: "training complete", step: 40 }),
      ),
    },
  ],
  [
    "a model that writes programs shows what it writes",
    "",
    {
      "sft.log": lines(
        hfSteps(1, 20),
        "----- sample at step 20 -----",
        traceback("RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB"),
        "Killed",
        "----- end of sample -----",
        hfSteps(20, 40),
        hfDone,
      ),
    },
  ],
  [
    "a game with crashes and kills",
    "",
    {
      "rl.log": lines(
        ranksOf(40).map(
          (update) =>
            `update ${update} | reward -${(31 - update * 0.2).toFixed(2)} | episodes crashed 12 | agents killed 3 | timeouts 4 | policy loss ${(0.4 - update * 0.004).toFixed(4)} | value loss 1.21`,
        ),
        "env 3 died (collision), resetting",
        "training finished",
      ),
    },
  ],
  [
    "an image that cannot be read is replaced",
    "",
    {
      "rank_0.out": lines(
        plain(1, 20),
        "PIL.UnidentifiedImageError: cannot identify image file <_io.BytesIO object at 0x7f12>, using the next sample",
        "WARNING: OSError: image file is truncated (11 bytes not processed); sample skipped",
        plain(20, 50),
        done,
      ),
      "rank_1.out": lines(plain(1, 50), done),
    },
  ],
  [
    "a job that goes on, with a slow evaluation",
    "",
    {
      "live.log": lines(
        nemo(1, 20),
        "Validation: 100%|██████████| 400/400 [31:12<00:00,  4.68s/it]",
        nemo(20, 41),
      ),
    },
  ],
  [
    "a preemptible machine that is not taken back",
    "",
    {
      "setup.log": lines(
        "provisioning model: SPOT, preemptible: true, on host maintenance: TERMINATE",
        "watching http://metadata/computeMetadata/v1/instance/preempted: FALSE",
      ),
      "train.log": lines(maxText(1, 40), "checkpoint saved at step 40", done),
    },
  ],
  [
    "memory is watched closely",
    "",
    {
      "mem.log": lines(
        "Set oom_score_adj of pid 811 to -500",
        "host memory 97.1 % used, 12.1 GiB of 512 GiB free",
        "CUDA memory: 78.1 GiB reserved, 0.9 GiB free; expandable_segments: True; oom retries so far: 0",
        bar(1, 40),
        "num_ooms: 0, num_alloc_retries: 3",
        done,
      ),
    },
  ],
  [
    "old checkpoints cannot be removed at once",
    "",
    {
      "ckpt.log": lines(
        hfSteps(1, 20),
        "Deleting older checkpoint [out/checkpoint-500] due to args.save_total_limit",
        "OSError: [Errno 39] Directory not empty: 'out/checkpoint-500' (will be retried)",
        hfSteps(20, 40),
        hfDone,
      ),
    },
  ],
  [
    "a logger that loses its server",
    "",
    {
      "wandb.log": lines(
        steps(1, 15),
        "wandb: Network error (ConnectionError), entering retry loop.",
        "wandb: ERROR Error while calling W&B API: context deadline exceeded (<Response [500]>)",
        steps(15, 40),
        "wandb: Synced 5 W&B file(s), 0 media file(s), 0 artifact file(s) and 0 other file(s)",
        done,
      ),
    },
  ],
  [
    "ranks that are numbered in odd names",
    "",
    Object.fromEntries(
      ranksOf(4).map((rank) => [
        `h${Math.floor(rank / 2)}-g${rank % 2}.of4.log`,
        lines(labelled(`(${rank}) `, plain(1, 30 + rank)), "bye"),
      ]),
    ),
  ],
];
