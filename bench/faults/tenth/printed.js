// How the programs of the tenth set print their steps: tracing of Rust, Determined, NVRx, Paddle, MindSpore, PyTorch examples in other languages and metrics alone.
import { ranksOf } from "../fourth/folder-texts.js";

const count = (from, to, lineOf) => ranksOf(to - from).map((index) => lineOf(from + index));
const two = (value) => String(value).padStart(2, "0");
const fall = (index, digits = 4) => (4.1 * Math.exp(-index / 400)).toFixed(digits);

/** tracing-subscriber, as burn and candle use it */
export const rust = (from, to, { loss = fall } = {}) =>
  count(
    from,
    to,
    (index) =>
      `2026-12-01T10:${two(index % 60)}:12.204118Z  INFO train::learner: step{rank=0 epoch=2}: step=${index} loss=${loss(index)} lr=0.0003 items_per_second=811.${index % 10}`,
  );

/** determined.core, one line of each rank in one log */
export const determined = (from, to) =>
  count(
    from,
    to,
    (index) =>
      `[2026-12-01T10:${two(index % 60)}:06.552162Z] 5c902731 [rank=0] || INFO: [62] determined.core: report_training_metrics(steps_completed=${100 * index}, metrics={'loss': ${fall(index, 8)}})`,
  );

/** MindSpore */
export const mindspore = (from, to, { loss = fall } = {}) =>
  count(from, to, (index) => `epoch: 1 step: ${index}, loss is ${loss(index, 6)}`);

/** PaddleNLP */
export const paddle = (from, to) =>
  count(
    from,
    to,
    (index) =>
      `[2026-12-01 10:${two(index % 60)}:41,114] [    INFO] - loss: ${fall(index, 6)}, learning_rate: 1.2e-05, global_step: ${index}, interval_runtime: 4.11, interval_samples_per_second: 62.2, progress_or_epoch: 0.${two(index % 100)}`,
  );

/** llm.c */
export const llmc = (from, to, { loss = (index) => fall(index, 6) } = {}) =>
  count(
    from,
    to,
    (index) =>
      `step ${String(index).padStart(4)}/19560 | loss ${loss(index)} (+nanz)| norm 0.4${index % 10}12 (+0.01z)| lr 6.00e-04 | 412.1${index % 10} ms | 52.1% bf16 MFU | 1272100 tok/s`,
  );

/** clu and flax, with values of arrays */
export const flax = (from, to, { loss = fall } = {}) =>
  count(
    from,
    to,
    (index) =>
      `I1201 10:${two(index % 60)}:12.204118 140221 logging_writer.py:48] [${100 * index}] learning_rate=0.0003, loss=${loss(index)}, steps_per_sec=4.1${index % 10}`,
  );

/** A loop that prints a rank, an epoch and a batch in brackets, as the example of ImageNet does */
export const imagenet = (
  from,
  to,
  { time = () => "0.412 ( 0.431)", data = () => "0.004 ( 0.011)" } = {},
) =>
  count(
    from,
    to,
    (index) =>
      `Epoch: [3][${String(10 * index).padStart(4)}/5005]\tTime ${time(index)}\tData ${data(index)}\tLoss ${fall(index, 4)}e+00 (4.0112e+00)\tAcc@1  21.0${index % 10} ( 20.11)`,
  );

export const raised = (last, file = "/srv/job/main.py", call = "state = step(state, batch)") => [
  "Traceback (most recent call last):",
  `  File "${file}", line 91, in <module>`,
  "    main()",
  `  File "${file}", line 64, in main`,
  `    ${call}`,
  ...[last].flat(),
];

/** What a rank prints after another one is gone, over TCP. */
export const lost = (rank, port = 50_000) =>
  raised(
    `RuntimeError: [/pytorch/third_party/gloo/gloo/transport/tcp/pair.cc:553] Connection closed by peer [192.168.4.${10 + rank}]:${port + rank}`,
    "/srv/job/main.py",
    "dist.all_reduce(total)",
  );
