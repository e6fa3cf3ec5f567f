// Second half: jobs that ended well, with lines that look bad.
import { lines, ranksOf } from "../../fourth/folder-texts.js";
import { fairseq, nanoGpt, t5x, timm } from "../printed-more.js";
import { clock, deepspeed, hfTrainer, perRank, titan } from "../printed.js";

export const secondHealthy = [
  [
    "a loss that rises at the stages of a curriculum",
    "",
    {
      "metrics.csv": lines(
        "step,stage,seq_len,train_loss,val_loss",
        ranksOf(180).map((step) => {
          const stage = Math.floor(step / 60);
          const loss =
            2.2 + 0.35 * stage + 1.1 * Math.exp(-(step % 60) / 18) + 0.03 * Math.sin(2.3 * step);
          return `${step},${stage},${[512, 2048, 8192][stage]},${loss.toFixed(4)},`;
        }),
      ),
      "train.log": lines(
        "curriculum: stage 0 (seq_len 512)",
        "curriculum: stage 1 (seq_len 2048)",
        "curriculum: stage 2 (seq_len 8192)",
        "training finished after 180 steps",
      ),
    },
  ],
  [
    "words about NaN where no loss is NaN",
    "",
    {
      "prepare.log": lines(
        "Loading /data/tabular/train.parquet: 4,411,204 rows",
        "column 'age': found 4412 NaN values, filled with median",
        "column 'income': found 0 NaN values",
        "RuntimeWarning: invalid value encountered in divide (ignored by nan_to_num)",
      ),
      "train.log": lines(
        "UserWarning: Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.",
        nanoGpt(1, 90),
        "step 1000: train loss 1.9102, val loss nan (no validation split given)",
        "saving checkpoint to out/ckpt.pt",
        "training complete",
      ),
    },
  ],
  [
    "NCCL without a card for InfiniBand, and without a plugin",
    "",
    {
      ...perRank(
        2,
        (rank) => `nccl_debug.host${rank}.log`,
        (rank) =>
          lines(
            `host${rank}:4411:4411 [0] NCCL INFO NET/Plugin: Could not find: libnccl-net.so. Using internal network plugin.`,
            `host${rank}:4411:4502 [0] NCCL INFO NET/IB : No device found.`,
            `host${rank}:4411:4502 [0] NCCL INFO NET/Socket : Using [0]ens5:10.2.0.1${rank}<0>`,
            `host${rank}:4411:4502 [0] NCCL INFO comm 0x55d0c8f3a1b0 rank ${rank} nranks 2 cudaDev 0 nvmlDev 0 busId 1b000 commId 0x41b07e15 - Init COMPLETE`,
            `host${rank}:4411:4510 [0] NCCL INFO misc/socket.cc:46 -> 3`,
            `host${rank}:4411:4510 [0] NCCL INFO misc/socket.cc:752 -> 3`,
            `host${rank}:4411:4411 [0] NCCL INFO comm 0x55d0c8f3a1b0 rank ${rank} nranks 2 cudaDev 0 busId 1b000 - Destroy COMPLETE`,
          ),
      ),
      "train.log": lines(timm(1, 100), "*** Best metric: 71.204 (epoch 0)"),
    },
  ],
  [
    "the first steps of a scaled loss overflow, as they should",
    "",
    {
      "ds.log": lines(
        ranksOf(5).map(
          (index) =>
            `[2026-12-01 ${clock(index)},204] [INFO] [loss_scaler.py:190:update_scale] [deepspeed] OVERFLOW! Rank 0 Skipping step. Attempted loss scale: ${65_536 / 2 ** index}, reducing to ${32_768 / 2 ** index}`,
        ),
        deepspeed(1, 40),
        "[2026-12-01 10:41:02,118] [INFO] [launch.py:350:main] Process 9111 exits successfully.",
        "[2026-12-01 10:41:02,118] [INFO] [launch.py:350:main] Process 9112 exits successfully.",
      ),
    },
  ],
  [
    "devices at their cap of power, all alike",
    "",
    {
      "nvidia-smi-q.txt": lines(
        ranksOf(4).map((index) => [
          `GPU 00000000:${["1B", "29", "43", "5D"][index]}:00.0`,
          "    Clocks Event Reasons",
          "        SW Power Cap                      : Active",
          "        HW Slowdown                       : Not Active",
          "            HW Thermal Slowdown           : Not Active",
          "        SW Thermal Slowdown               : Not Active",
          "    ECC Errors",
          "        Volatile",
          "            SRAM Uncorrectable            : 0",
          `            DRAM Correctable              : ${index}`,
          "            DRAM Uncorrectable            : 0",
          "    Temperature",
          `        GPU Current Temp                  : ${70 + index} C`,
          "        GPU Slowdown Temp                 : 90 C",
        ]),
      ),
      "train.log": lines(
        titan(1, 100),
        "[titan] 2026-12-01 10:06:03,114 - root - INFO - Training completed",
      ),
    },
  ],
  [
    "accounting with a step that was cancelled beside the work",
    "",
    {
      "sacct.txt": lines(
        "JobID           JobName      State ExitCode    Elapsed",
        "------------ ---------- ---------- -------- ----------",
        "7301             llama3  COMPLETED      0:0   03:11:02",
        "7301.batch        batch  COMPLETED      0:0   03:11:02",
        "7301.extern      extern  COMPLETED      0:0   03:11:02",
        "7301.0         pretrain  COMPLETED      0:0   03:10:44",
        "7301.1          monitor  CANCELLED     0:15   03:10:50",
      ),
      "slurm-7301.out": lines(
        "slurmstepd: error: couldn't chdir to `/local/scratch': No such file or directory: going to /tmp instead",
        fairseq(1, 60),
        "2026-12-01 13:11:00 | INFO | fairseq_cli.train | done training in 11402.1 seconds",
        "srun: Job step aborted: Waiting up to 32 seconds for job step to finish.",
        "slurmstepd: error: *** STEP 7301.1 ON cn31 CANCELLED AT 2026-12-01T13:11:02 ***",
      ),
    },
  ],
  [
    "samples of a model that writes about failures",
    "",
    {
      "train.log": lines(
        hfTrainer(1, 40),
        "***** Sample 1 (temperature 0.8) *****",
        'User: my job says "RuntimeError: CUDA out of memory" and then "Killed". What can I do?',
        "Assistant: The kernel's OOM killer may have ended your process. Run dmesg | grep -i 'out of memory' ...",
        "***** Sample 2 (temperature 0.8) *****",
        "User: Segmentation fault (core dumped) in my C program",
        "Assistant: Traceback (most recent call last) is Python's, a core dump is read with gdb.",
        hfTrainer(40, 90),
        "{'train_runtime': 1711.2041, 'train_samples_per_second': 41.2, 'train_steps_per_second': 0.64, 'train_loss': 2.4411, 'epoch': 0.22}",
        "***** train metrics *****",
      ),
      "eval_samples.txt": lines(
        "prompt: NCCL timeout",
        "answer: Watchdog caught collective operation timeout means that a rank did not come.",
      ),
    },
  ],
  [
    "XLA's and TensorFlow's errors at start that mean nothing",
    "",
    {
      "t5x.log": lines(
        "E0000 00:00:1796119200.118204    4411 cuda_dnn.cc:8310] Unable to register cuDNN factory: Attempting to register factory for plugin cuDNN when one has already been registered",
        "E0000 00:00:1796119200.121204    4411 cuda_blas.cc:1418] Unable to register cuBLAS factory: Attempting to register factory for plugin cuBLAS when one has already been registered",
        "W1201 10:00:04.118204 4411 xla_bridge.py:987] Unable to initialize backend 'tpu': UNIMPLEMENTED: LoadPjrtPlugin is not implemented on windows yet.",
        "W1201 10:00:41.118204 4590 hlo_rematerialization.cc:3005] Can't reduce memory use below 61.11GiB (65618412204 bytes) by rematerialization; only reduced to 66.04GiB (70911204118 bytes), down from 71.20GiB (76451204118 bytes) originally",
        "I1201 10:01:02.447211 140470387673088 trainer.py:489] Training: 100 steps",
        t5x(1, 90),
        "I1201 10:18:40.447211 140470387673088 train.py:611] Finished.",
        "W1201 10:18:40.594192 4501 coordination_service_agent.cc:472] Coordination agent has initiated Shutdown().",
      ),
    },
  ],
];
