// More programs' steps: fairseq, timm, nanoGPT, Composer, torchtune and t5x.
import { ranksOf } from "../fourth/folder-texts.js";
import { clock, falling } from "./printed.js";

const count = (from, to, lineOf) => ranksOf(to - from).map((index) => lineOf(from + index));

/** fairseq, one object of JSON in a line of a logger */
export const fairseq = (from, to) =>
  count(
    from,
    to,
    (i) =>
      `2026-12-01 ${clock(40 * i)} | INFO | train_inner | {"epoch": 1, "update": ${(i / 44.1).toFixed(3)}, "loss": "${falling(i).toFixed(3)}", "ppl": "${(2 ** falling(i)).toFixed(2)}", "wps": "411${i % 10}1.2", "ups": "2.4${i % 10}", "bsz": "256", "num_updates": "${100 * i}", "lr": "${(1e-6 * i).toPrecision(6)}", "gnorm": "1.1${i % 10}2", "loss_scale": "128", "train_wall": "41", "gb_free": "21.1", "wall": "${40 * i}"}`,
  );

/** timm */
export const timm = (from, to) =>
  count(
    from,
    to,
    (i) =>
      `Train: 0 [${String(50 * i).padStart(4)}/5004 (${String(i).padStart(3)}%)]  Loss: ${falling(i).toFixed(3)} (${falling(i / 2).toFixed(2)})  Time: 0.41${i % 10}s, 2480.1${i % 10}/s  (0.42${i % 10}s, 2411.2${i % 10}/s)  LR: 1.000e-06  Data: 0.011 (0.02${i % 10})`,
  );

/** nanoGPT */
export const nanoGpt = (from, to, { loss = (i) => falling(i).toFixed(4) } = {}) =>
  count(
    from,
    to,
    (i) => `iter ${10 * i}: loss ${loss(i)}, time 411.2${i % 10}ms, mfu 41.2${i % 10}%`,
  );

/** MosaicML Composer */
export const composer = (from, to) =>
  count(
    from,
    to,
    (i) =>
      `[batch=${10 * i}/19560]:\n\t Train time/epoch: 0\n\t Train time/batch: ${10 * i - 1}\n\t Train loss/train/total: ${falling(i).toFixed(4)}\n\t Train throughput/batches_per_sec: 0.41${i % 10}2`,
  );

/** t5x and seqio */
export const t5x = (from, to) =>
  count(
    from,
    to,
    (i) =>
      `I1201 ${clock(12 * i)}.447211 140470387673088 trainer.py:501] Training: step ${100 * i}, loss=${falling(i).toFixed(4)}`,
  );

/** Optimum Habana and other programs that print a dictionary of each step behind a rank */
export const torchtune = (from, to) =>
  count(
    from,
    to,
    (i) =>
      `Step ${i} | loss:${falling(i).toFixed(6)} lr:2e-05 tokens_per_second_per_gpu:41${i % 10}2.11 grad_norm:1.1${i % 10}`,
  );
