// How the programs of the sixth set print their steps.
import { gloo, labelled, lines, ranksOf, traceback } from "../fourth/folder-texts.js";

const count = (from, to, lineOf) => ranksOf(to - from).map((index) => lineOf(from + index));

/** detectron2 */
export const d2 = (from, to) =>
  count(
    from,
    to,
    (index) =>
      `[11/24 20:1${index % 10}:15 d2.utils.events]: eta: 5:41:49  iter: ${20 * index - 1}  total_loss: ${(1.9 - 0.004 * index).toFixed(3)}  loss_cls: 1.1${index % 10}4  loss_box_reg: 0.475  time: 0.2293  data_time: 0.0033  lr: 0.003796  max_mem: 3782M`,
  );

/** fairseq with --log-format json */
export const fairseq = (from, to, { loss = (index) => (7 - 0.02 * index).toFixed(3) } = {}) =>
  count(
    from,
    to,
    (index) =>
      `2026-11-24 10:2${index % 10}:50 | INFO | train_inner | {"epoch": 3, "update": 2.${100 + index}, "loss": "${loss(index)}", "ppl": "141.2", "wps": "24431", "ups": "0.16", "num_updates": "${100 * index}", "lr": "1e-05", "gnorm": "0.8", "wall": "0"}`,
  );

/** The bar of ultralytics, one line per state. */
export const yolo = (from, to) =>
  count(
    from,
    to,
    (index) =>
      `      ${1 + Math.floor(index / 50)}/300      7.91G     ${(1.7 - 0.003 * index).toFixed(3)}      2.214      1.402        189        640:  ${String(2 * (index % 50)).padStart(2)}%|█▏        | ${index % 50}/50 [00:21<01:10,  4.3it/s]`,
  );

/** accelerate with tqdm's postfix */
export const steps = (from, to, { loss = (index) => (0.21 - 0.0004 * index).toFixed(4) } = {}) =>
  count(
    from,
    to,
    (index) =>
      `Steps:  ${Math.floor(index / 20)}%|▋         | ${index}/2000 [00:${String(10 + (index % 50))}<1:02:00,  1.87s/it, lr=0.0001, step_loss=${loss(index)}]`,
  );

/** timm */
export const timm = (from, to) =>
  count(
    from,
    to,
    (index) =>
      `Train: 4 [${String(50 * index).padStart(4)}/5004 ( ${index}%)]  Loss: ${(4.4 - 0.01 * index).toFixed(3)} (4.31)  Time: 0.412s, 2485.44/s  (0.415s, 2467.47/s)  LR: 9.900e-04  Data: 0.011 (0.014)`,
  );

/** A table of a loop of one's own. */
export const plain = (from, to, head = "") =>
  count(
    from,
    to,
    (index) =>
      `${head}step=${index} loss=${(7.37 - 0.01 * index).toFixed(4)} time=16.11s tokens/s=31145.12 norm=2.${index % 10} ETA=18h 14m`,
  );

/** A file per rank; the ranks without a fault lose their connection to another. */
export const perRank = (world, nameOf, own, { before = plain(1, 20), others } = {}) =>
  Object.fromEntries(
    ranksOf(world).map((rank) => [
      nameOf(rank),
      lines(before, own[rank] ?? others?.(rank) ?? gloo(9, 40_000 + rank)),
    ]),
  );

/** The end of each rank in one output, with the labels of PyTorch; victims print first. */
export const together = (world, own, { victim = (rank) => gloo(9, 40_000 + rank) } = {}) => [
  ...ranksOf(world)
    .filter((rank) => own[rank] === undefined)
    .map((rank) => labelled(`[rank${rank}]: `, victim(rank))),
  ...Object.entries(own).map(([rank, text]) => labelled(`[rank${rank}]: `, text)),
];

/** An exception in a process of a data loader, as the rank raises it again. */
export const inLoader = (last, worker) => [
  ...traceback(
    `${last.split(":")[0]}: Caught ${last.split(":")[0]} in DataLoader worker process ${worker}.`,
  ),
  "Original Traceback (most recent call last):",
  '  File "/opt/env/lib/python3.11/site-packages/torch/utils/data/_utils/worker.py", line 349, in _worker_loop',
  "    data = fetcher.fetch(index)",
  '  File "/opt/job/data/captions.py", line 88, in __getitem__',
  "    return self.index[name]",
  last,
];
