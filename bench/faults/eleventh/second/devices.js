// Second half: devices, disks and links.
import { labelled, lines, ranksOf } from "../../fourth/folder-texts.js";
import { composer, fairseq, nanoGpt } from "../printed-more.js";
import { hfTrainer, keras, maxtext, megatron, peerGone, perRank, raised } from "../printed.js";

const packages = "/opt/env/lib/python3.11/site-packages";

export const secondDevices = [
  [
    // CUDA's words about a link between devices, and the kernel's
    "NVLink errors of one device",
    "accelerator-error 2",
    {
      ...perRank(
        8,
        (rank) => `attempt_0/${rank}/stderr.log`,
        (rank) =>
          lines(
            megatron(1, 12),
            rank === 2
              ? raised(
                  [
                    "torch.AcceleratorError: CUDA error: uncorrectable NVLink error detected during the execution",
                    "Search for `cudaErrorNvlinkUncorrectable' in https://docs.nvidia.com/cuda/cuda-runtime-api/group__CUDART__TYPES.html for more information.",
                    "CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.",
                  ],
                  [["/workspace/pretrain_gpt.py", 301, "torch.cuda.synchronize()"]],
                )
              : raised(
                  [
                    "torch.distributed.DistBackendError: NCCL error in: /pytorch/torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp:2251, unhandled cuda error (run with NCCL_DEBUG=INFO for details), NCCL version 2.26.2",
                    "ncclUnhandledCudaError: Call to CUDA function failed.",
                    "Last error:",
                    "Cuda failure 'an illegal memory access was encountered by a peer'",
                  ],
                  [
                    [
                      "/workspace/megatron/core/distributed/param_and_grad_buffer.py",
                      302,
                      "torch.distributed.reduce_scatter_tensor(",
                    ],
                  ],
                ),
          ),
      ),
      "dmesg.txt": lines(
        "[441204.114204] NVRM: Xid (PCI:0000:5d:00): 74, pid='<unknown>', name=<unknown>, NVLink: fatal error detected on link 11(0x0, 0x10000, 0x0, 0x0, 0x0, 0x0, 0x0)",
        "[441204.118204] NVRM: Xid (PCI:0000:5d:00): 45, pid=4412, name=python, Ch 00000011",
      ),
    },
  ],
  [
    // libtpu: a chip that stops
    "TPU: a chip halts under one worker",
    "accelerator-error 1",
    perRank(
      4,
      (rank) => `tpu-logs/worker-${rank}.txt`,
      (rank) =>
        lines(
          maxtext(1, 50),
          rank === 1
            ? [
                "E1201 10:04:44.118204 4599 tpu_hal.cc:211] chip 2: uncorrectable HBM ECC error, interrupt status 0x41b07e15",
                raised(
                  "jaxlib.xla_extension.XlaRuntimeError: INTERNAL: Accelerator device halted prematurely, perhaps due to an on-device check-failure. Node 0 halted unexpectedly at tag:pc TensorCoreSequencer:1:0x175 (from TensorCoreSequencer:1:0x213): no debugging message found for this tag:pc. HLO: all-reduce.411",
                  [["/workspace/MaxText/train.py", 842, "metrics = jax.device_get(metrics)"]],
                ),
              ]
            : raised(
                "jaxlib.xla_extension.XlaRuntimeError: UNAVAILABLE: TPU slice is unhealthy: a peer has closed its connection. Another worker of this slice may have failed.",
                [["/workspace/MaxText/train.py", 842, "metrics = jax.device_get(metrics)"]],
              ),
        ),
    ),
  ],
  [
    // NVRM: a device that is gone; nvidia-smi's list of buses and ranks
    "a device has fallen off the bus",
    "accelerator-error 5",
    {
      "var-log-messages": lines(
        "Dec  1 10:31:40 gpu-3 kernel: pcieport 0000:a0:01.0: AER: Uncorrected (Fatal) error message received from 0000:a3:00.0",
        "Dec  1 10:31:41 gpu-3 kernel: NVRM: GPU at PCI:0000:a3:00: GPU-41b07e15-9f31-c2aa-0e7d-8c2e1f0a9a0b",
        "Dec  1 10:31:41 gpu-3 kernel: NVRM: Xid (PCI:0000:a3:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.",
        "Dec  1 10:31:41 gpu-3 kernel: NVRM: GPU 0000:a3:00.0: GPU has fallen off the bus.",
      ),
      "nvidia-smi-L-before.txt": lines(
        "index, pci.bus_id, uuid",
        ranksOf(8).map(
          (index) =>
            `${index}, 00000000:${["1B", "29", "43", "5D", "9C", "A3", "BE", "DB"][index]}:00.0, GPU-${index}1b07e15-9f31-c2aa`,
        ),
      ),
      "train.log": lines(
        ranksOf(8).map((rank) => `[rank ${rank}] local_rank ${rank} -> cuda:${rank}`),
        nanoGpt(1, 80),
        labelled(
          "[rank5]: ",
          raised("RuntimeError: CUDA error: unspecified launch failure", [
            ["/workspace/train.py", 301, "lossf = loss.item()"],
          ]),
        ),
        labelled("[rank1]: ", peerGone("10.2.0.3")),
      ),
    },
  ],
  [
    // two hosts that live, and a network between them that does not
    "gloo over TCP: the two halves of a job do not hear each other",
    "connection-lost",
    {
      ...perRank(
        4,
        (rank) => `mpi/rank.${rank}.out`,
        (rank) =>
          lines(
            fairseq(1, 12),
            raised(
              `RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:553] Read error [10.${rank < 2 ? 5 : 4}.0.1${rank % 2}]:${41_000 + rank}: Connection timed out`,
              [["/workspace/train.py", 211, "dist.all_reduce(grad, group=cpu_group)"]],
            ),
          ),
      ),
      "switch.log": lines(
        "Dec  1 10:08:11.204: %LINK-3-UPDOWN: Interface Port-channel11, changed state to down",
        "Dec  1 10:08:12.204: %LINEPROTO-5-UPDOWN: Line protocol on Interface Port-channel11, changed state to down",
        "Dec  1 10:41:02.118: %LINK-3-UPDOWN: Interface Port-channel11, changed state to up",
      ),
      "uptime.txt": lines(
        "rack4-n0:  11:02:11 up 41 days,  2:11,  0 users,  load average: 0.11, 0.20, 4.11",
        "rack5-n0:  11:02:11 up 41 days,  2:14,  0 users,  load average: 0.10, 0.22, 4.01",
      ),
    },
  ],
  [
    // kubernetes/kubernetes pkg/kubelet/eviction
    "the kubelet evicts a pod for the files it has written",
    "disk-full 2",
    {
      "describe-pods.txt": lines(
        ranksOf(4).map((rank) => [
          `Name:             llm-worker-${rank}`,
          `Labels:           training.kubeflow.org/replica-index=${rank}`,
          `Status:           Failed`,
          ...(rank === 2
            ? [
                "Reason:           Evicted",
                "Message:          Pod ephemeral local storage usage exceeds the total limit of containers 200Gi. ",
              ]
            : ["Reason:           Error", "    Exit Code:    1"]),
          `    Environment:`,
          `      RANK:         ${rank}`,
          "",
        ]),
      ),
      ...perRank(
        4,
        (rank) => `llm-worker-${rank}.log`,
        (rank) =>
          lines(
            composer(1, 20),
            rank === 2
              ? "Saving checkpoint to /tmp/ckpt/ba200-rank2.pt"
              : ["Saving checkpoint to /tmp/ckpt", peerGone("10.8.3.11")],
          ),
      ),
    },
  ],
  [
    // Hugging Face Trainer on a file system with quotas
    "a quota is used up as the first rank saves",
    "disk-full 0",
    {
      "train.log": lines(
        hfTrainer(1, 50),
        "Saving model checkpoint to /home/ana/out/checkpoint-500",
        labelled(
          "[rank0]: ",
          raised(
            "OSError: [Errno 122] Disk quota exceeded: '/home/ana/out/checkpoint-500/optimizer.pt'",
            [
              ["/workspace/run_clm.py", 640, "train_result = trainer.train()"],
              [
                `${packages}/transformers/trainer.py`,
                3211,
                "torch.save(self.optimizer.state_dict(), os.path.join(output_dir, OPTIMIZER_NAME))",
              ],
            ],
          ),
        ),
        labelled("[rank2]: ", peerGone("10.2.0.3")),
      ),
      "quota.txt": lines(
        "Disk quotas for user ana (uid 1002): ",
        "     Filesystem   space   quota   limit   grace   files   quota   limit   grace",
        "nfs01:/export/home",
        "                   500G*   480G    500G   6days    411k       0       0        ",
      ),
    },
  ],
  [
    // tensorflow: one word for memory and disks
    "TensorFlow: resources are exhausted, but not those of memory",
    "disk-full",
    {
      "keras.log": lines(
        keras(1, 100),
        raised(
          [
            "tensorflow.python.framework.errors_impl.ResourceExhaustedError: {{function_node __wrapped__SaveV2_dtypes_411_device_/job:localhost/replica:0/task:0/device:CPU:0}} /data/ckpt/ckpt-41_temp/part-00000-of-00001.data-00000-of-00001.tempstate4411; No space left on device [Op:SaveV2]",
          ],
          [["/workspace/main.py", 118, "manager.save()"]],
        ),
      ),
    },
  ],
];
