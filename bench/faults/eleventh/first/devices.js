// First half: devices and checkpoints.
import { labelled, lines, ranksOf } from "../../fourth/folder-texts.js";
import { hfTrainer, megatron, peerGone, perRank, raised, titan } from "../printed.js";

const packages = "/opt/env/lib/python3.11/site-packages";

export const firstDevices = [
  [
    // torch_npu and npu-smi
    "an Ascend device with bits of its memory lost",
    "accelerator-error 3",
    {
      ...perRank(
        8,
        (rank) => `log/worker_${rank}.log`,
        (rank) =>
          lines(
            hfTrainer(1, 30),
            rank === 3
              ? [
                  raised(
                    [
                      "RuntimeError: operator():build/CMakeFiles/torch_npu.dir/compiler_depend.ts:1124 NPU function error: c10_npu::acl::AclrtSynchronizeStreamWithTimeout(stream), error code is 507053",
                      "[ERROR] 2026-12-01-10:31:44 (PID:4413, Device:3, RankID:3) ERR00100 PTA call acl api failed",
                      "[Error]: A memory error (UCE) occurs on the device.",
                      "        Rectify the fault based on the error information in the ascend log.",
                      "EE9999: Inner Error! The error from device(chipId:3, dieId:0), HBM multi-bit ECC error.",
                    ],
                    [["/workspace/pretrain_gpt.py", 241, "torch.npu.synchronize()"]],
                  ),
                ]
              : raised(
                  [
                    "RuntimeError: ACL stream synchronize failed, error code:507011",
                    `[ERROR] 2026-12-01-10:36:4${rank} (PID:${4_410 + rank}, Device:${rank}, RankID:${rank}) ERR02200 DIST call hccl api failed.`,
                    "EI0002: The wait execution of the Notify register times out. Reason: The Notify register has not received the Notify record from remote rank [unknown].",
                  ],
                  [["/workspace/pretrain_gpt.py", 241, "torch.npu.synchronize()"]],
                ),
          ),
      ),
      "npu-smi-ecc.txt": lines(
        ranksOf(8).map((chip) => [
          `        NPU ID                           : ${chip}`,
          "        HBM Single Bit Error Count       : 0",
          `        HBM Double Bit Error Count       : ${chip === 3 ? 2 : 0}`,
          `        HBM Multi Bit Isolated Pages Count : ${chip === 3 ? 1 : 0}`,
        ]),
      ),
    },
  ],
  [
    // ROCm: the kernel's driver, and the runtime's words
    "an MI300X whose memory has errors that cannot be corrected",
    "accelerator-error 6",
    {
      "dmesg.txt": lines(
        "[1204118.114204] amdgpu 0000:c5:00.0: amdgpu: poison is consumed by client 12, kick off gpu reset flow",
        "[1204118.114221] amdgpu 0000:c5:00.0: amdgpu: {12}[Hardware Error]: socket: 6, die: 0 1 new uncorrectable hardware errors detected in umc block",
        "[1204118.204118] amdgpu 0000:c5:00.0: amdgpu: GPU reset begin!",
        "[1204133.918204] amdgpu 0000:c5:00.0: amdgpu: GPU reset(2) succeeded!",
      ),
      "train.log": lines(
        ranksOf(8).map(
          (rank) =>
            `[rank${rank}] AMD Instinct MI300X cuda:${rank} pci 0000:${["0c", "22", "38", "5d", "9f", "af", "c5", "df"][rank]}:00.0`,
        ),
        titan(1, 60),
        "HW Exception by GPU node-8 (Agent handle: 0x55d0c8f3a1b0) reason :GPU Hang",
        labelled("[rank2]: ", peerGone("10.2.0.5")),
        labelled("[rank7]: ", peerGone("10.2.0.5")),
        "E1201 10:31:48.204118 4402 torch/distributed/elastic/multiprocessing/api.py:869] failed (exitcode: -6) local_rank: 6 (pid: 4416) of binary: /opt/env/bin/python",
      ),
    },
  ],
  [
    // google/orbax and tensorstore
    "Orbax: a chunk of a parameter has another checksum",
    "bad-checkpoint",
    perRank(
      4,
      (rank) => `maxtext/host-${rank}.log`,
      (rank) =>
        lines(
          "I1201 10:00:44.118204 4411 checkpointer.py:304] Restoring checkpoint from gs://ana-ckpt/llama/checkpoints/12000/items.",
          raised(
            [
              "ValueError: DATA_LOSS: Error reading \"params.params.decoder.layers.mlp.wi_0.kernel/c/0/3\" in OCDBT database at gs://ana-ckpt/llama/checkpoints/12000/items/: CRC32C checksum mismatch: expected 0x9f31c2aa, got 0x41b07e15 [source locations='tensorstore/kvstore/ocdbt/io/indirect_data_kvstore_driver.cc:118']",
            ],
            [
              [
                "/workspace/MaxText/train.py",
                702,
                "state, _, _, data_iterator = setup_training_state(",
              ],
              [
                `${packages}/orbax/checkpoint/_src/checkpointers/checkpointer.py`,
                304,
                "restored = self._restore(",
              ],
            ],
          ),
          rank === 0
            ? "W1201 10:00:51.118204 4411 distributed.py:201] jax.distributed.shutdown called while other tasks are connected"
            : [],
        ),
    ),
  ],
  [
    // huggingface/safetensors: a file that was not written to its end
    "safetensors: the header names more bytes than the file has",
    "bad-checkpoint",
    {
      "accelerate.log": lines(
        "Loading checkpoint shards:   0%|          | 0/4 [00:00<?, ?it/s]",
        "Loading checkpoint shards:  50%|█████     | 2/4 [00:07<00:07,  3.61s/it]",
        ranksOf(4).map((rank) =>
          labelled(
            `[rank${rank}]: `,
            raised(
              "safetensors_rust.SafetensorError: Error while deserializing header: MetadataIncompleteBuffer",
              [
                [
                  "/workspace/sft.py",
                  77,
                  "model = AutoModelForCausalLM.from_pretrained(args.resume)",
                ],
                [
                  `${packages}/transformers/modeling_utils.py`,
                  528,
                  'with safe_open(checkpoint_file, framework="pt") as f:',
                ],
              ],
            ),
          ),
        ),
        "E1201 10:01:12.204118 4402 torch/distributed/elastic/multiprocessing/api.py:869] failed (exitcode: 1) local_rank: 0 (pid: 4410) of binary: /opt/env/bin/python",
      ),
      "ls-resume.txt": lines(
        "total 14G",
        "-rw-r--r-- 1 ana ml 4.6G Nov 30 22:10 model-00001-of-00004.safetensors",
        "-rw-r--r-- 1 ana ml 4.6G Nov 30 22:11 model-00002-of-00004.safetensors",
        "-rw-r--r-- 1 ana ml 1.9G Nov 30 22:11 model-00003-of-00004.safetensors",
        "-rw-r--r-- 1 ana ml 1.1G Nov 30 22:10 model-00004-of-00004.safetensors",
      ),
    },
  ],
  [
    // NVIDIA/Megatron-LM: a shard for each rank of a model
    "the shard of one rank is no archive",
    "bad-checkpoint 6",
    perRank(
      8,
      (rank) => `logs/rank-${rank}.err`,
      (rank) =>
        lines(
          " loading distributed checkpoint from /ckpt/gpt at iteration 41000",
          rank === 6
            ? raised(
                "RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory",
                [
                  ["/workspace/pretrain_gpt.py", 301, "pretrain("],
                  [
                    "/workspace/megatron/training/checkpointing.py",
                    1121,
                    "state_dict = torch.load('/ckpt/gpt/iter_0041000/mp_rank_06/model_optim_rng.pt')",
                  ],
                ],
              )
            : [
                `[rank${rank}]:[E1201 10:12:02.114204118 socket.cpp:1019] [c10d] The client socket has timed out`,
                raised(
                  `torch.distributed.DistBackendError: [${rank}] is setting up NCCL communicator and retrieving ncclUniqueId from [0] via c10d key-value store by key '0', but store->get('0') got error: Connection reset by peer`,
                  [
                    [
                      "/workspace/megatron/training/checkpointing.py",
                      1180,
                      "torch.distributed.barrier()",
                    ],
                  ],
                ),
              ],
        ),
    ),
  ],
];
