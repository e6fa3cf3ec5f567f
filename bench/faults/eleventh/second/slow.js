// Second half: steps that are slow, and a loss that leaps.
import { lines, ranksOf } from "../../fourth/folder-texts.js";
import { torchtune } from "../printed-more.js";
import { falling, nemo, perRank } from "../printed.js";

export const secondSlow = [
  [
    // HW slowdown of one of eight
    "nvidia-smi -q: one device is slowed by its heat",
    "thermal-throttle 4",
    {
      "nvidia-smi-q.txt": lines(
        ranksOf(8).map((index) => [
          `GPU 00000000:${["1B", "29", "43", "5D", "9C", "A3", "BE", "DB"][index]}:00.0`,
          `    Minor Number                          : ${index}`,
          "    Clocks Event Reasons",
          "        Idle                              : Not Active",
          "        SW Power Cap                      : Not Active",
          `        HW Slowdown                       : ${index === 4 ? "Active" : "Not Active"}`,
          `            HW Thermal Slowdown           : ${index === 4 ? "Active" : "Not Active"}`,
          "            HW Power Brake Slowdown       : Not Active",
          `        SW Thermal Slowdown               : ${index === 4 ? "Active" : "Not Active"}`,
          "    Temperature",
          `        GPU Current Temp                  : ${index === 4 ? 92 : 61 + (index % 3)} C`,
          "        GPU Slowdown Temp                 : 90 C",
          "    Clocks",
          `        SM                                : ${index === 4 ? 645 : 1980} MHz`,
        ]),
      ),
      "train.log": lines(
        ranksOf(8).map((rank) => `rank ${rank}: device cuda:${rank}`),
        ranksOf(60).map(
          (step) =>
            `step ${step} | loss ${falling(step).toFixed(4)} | ${step < 30 ? `0.41${step % 10}` : `1.22${step % 10}`} s/step`,
        ),
      ),
    },
  ],
  [
    // NVIDIA/nvidia-resiliency-ext: the report of its callback
    "NVRx reports a rank that is slow, day after day",
    "compute-straggler 13",
    {
      "nemo.log": lines(
        nemo(1, 40),
        "GPU relative performance:",
        " Worst performing 3/16 ranks:",
        "  Rank=13 Node=h100-02 Score=0.58",
        "  Rank=4 Node=h100-01 Score=0.97",
        "  Rank=9 Node=h100-02 Score=0.98",
        " Best performing 3/16 ranks:",
        "  Rank=2 Node=h100-01 Score=1.00",
        "  Rank=7 Node=h100-01 Score=1.00",
        "  Rank=11 Node=h100-02 Score=0.99",
        "",
        " Straggler report processing time: 0.042 sec.",
        "[NeMo W 2026-12-01 10:12:11 straggler_det_callback:141] STRAGGLER DETECTION WARNING: Some GPUs have worse relative performance. Affected ranks: {StragglerId(rank=13, node='h100-02')}",
        nemo(40, 80),
        "[NeMo W 2026-12-01 10:22:11 straggler_det_callback:141] STRAGGLER DETECTION WARNING: Some GPUs have worse relative performance. Affected ranks: {StragglerId(rank=13, node='h100-02')}",
      ),
    },
  ],
  [
    // parts of a step as each rank prints them: who computes longest is who the others wait for
    "one rank computes twice as long in every step",
    "compute-straggler 2",
    perRank(
      4,
      (rank) => `logs/${rank}.log`,
      (rank) =>
        lines(
          ranksOf(40).map(
            (step) =>
              `INFO:trainer:step=${step} loss=${falling(step).toFixed(4)} data_ms=${8 + (step % 3)} forward_ms=${(rank === 2 ? 410 : 205) + (step % 7)} backward_ms=${(rank === 2 ? 822 : 409) + (step % 5)} allreduce_ms=${(rank === 2 ? 21 : 639) + (step % 4)} step_ms=${1272 + (step % 9)}`,
          ),
        ),
    ),
  ],
  [
    // a step's loss that goes up and comes down
    "torchtune: the loss leaps for some steps",
    "loss-spike",
    {
      "log_1796119200.txt": lines(
        torchtune(1, 120),
        ranksOf(8).map(
          (index) =>
            `Step ${120 + index} | loss:${(11.4 - 0.9 * index).toFixed(6)} lr:2e-05 tokens_per_second_per_gpu:41${index}2.11 grad_norm:${(41 - 4 * index).toFixed(2)}`,
        ),
        torchtune(128, 180),
      ),
    },
  ],
];
