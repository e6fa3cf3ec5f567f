import { formatDuration } from "../../foundation/units.ts";
import { type Seen, valueText } from "./describe-value.ts";

/**
 * What is wrong with a line's place among the others, in words. Rules notice such things in a state of their own, so
 * that the formula says nothing to whoever wrote the log. Undefined for a formula that is about something else.
 *
 * @param expected the formula that did not hold, in the notation of `RuleFinding`
 */
export function describeSequence(key: string, expected: string, seen: Seen): string | undefined {
  const fixed = fixedWords[`${key} ${expected}`] ?? fixedWords[expected];
  if (fixed !== undefined) return fixed;
  const counted = countedWords[`${key} ${expected}`] ?? countedWords[expected];
  if (counted !== undefined) return counted(seen);
  return expected.startsWith("(time - state.first_init_start) < ")
    ? describeInitialisation(expected, seen)
    : undefined;
}

const noRunStart = "comes before any `run_start`";
const noInitStop = "comes before any `init_stop`";

/** By formula, or by key and formula where the same formula means another thing. */
const fixedWords: Readonly<Record<string, string>> = {
  "state.init_started": "comes before any `init_start`",
  "not state.init_stopped": "comes after `init_stop`, when initialisation was over",
  "state.init_stopped": noInitStop,
  "state.init_stopped = true": noInitStop,
  "state.run_started": noRunStart,
  "not state.run_started": "comes after `run_start`, when the clock was running",
  "not state.run_stopped": "comes after `run_stop`, when the clock had stopped",
  "state.staging_started": "comes before any `staging_start`",
  "state.in_block": "ends a block, and none is open: no `block_start` before it, or already ended",
  "not state.in_block": "comes before the `block_stop` of the block that was open",
  "state.in_epoch": "belongs in an epoch, and none is open: no `epoch_start` before it",
  "epoch_stop state.in_epoch":
    "ends an epoch, and none is open: no `epoch_start` before it, or already ended",
  "not state.in_epoch": "comes before the `epoch_stop` of the epoch that was open",
  "state.in_eval":
    "ends an evaluation, and none is open: no `eval_start` before it, or already ended",
  "not state.in_eval": "comes before the `eval_stop` of the evaluation that was open",
  "cache_clear state.init_started = false":
    "comes after `init_start`; caches are cleared before initialisation",
  "not state.init_started": "comes after `init_start`, and belongs before it",
  "state.cache_clear": "comes before any `cache_clear`",
  "not state.model_saved": "is the second of its epoch; a model is saved once in each",
  "eval_start state.accuracy_printed":
    "comes before the `eval_accuracy` of the evaluation before it",
  "block_stop state.accuracy_printed":
    "comes before the `eval_accuracy` of the block's last evaluation",
};

type Words = (seen: Seen) => string;

/** The same, for words that need the numbers seen. */
const countedWords: Readonly<Record<string, Words>> = {
  "metadata.epoch_num = (state.last_epoch + 1)": (seen) =>
    `is of epoch ${at(seen, "metadata.epoch_num")}, and ${next(seen, "state.last_epoch")} comes next`,
  "metadata.epoch_num = state.last_epoch": (seen) =>
    `is of epoch ${at(seen, "metadata.epoch_num")}, and the last \`epoch_start\` was of ${at(seen, "state.last_epoch")}`,
  "metadata.epoch_num <= state.last_epoch": (seen) =>
    `is of epoch ${at(seen, "metadata.epoch_num")}, which has not begun: ${lastEpoch(seen)}`,
  "metadata.epoch_num = (state.last_eval + 1)": (seen) =>
    `is of epoch ${at(seen, "metadata.epoch_num")}, and ${next(seen, "state.last_eval")} is to be evaluated next`,
  "metadata.epoch_num > state.last_eval": (seen) =>
    `is of epoch ${at(seen, "metadata.epoch_num")}, and ${at(seen, "state.last_eval")} was evaluated already`,
  "metadata.epoch_num = state.last_eval": (seen) =>
    `is of epoch ${at(seen, "metadata.epoch_num")}, and ${lastEvaluation(seen)}`,
  "state.block_first_epoch = metadata.first_epoch_num": (seen) =>
    `ends a block that begins with epoch ${at(seen, "metadata.first_epoch_num")}, and ${openBlock(seen)}`,
  "metadata.first_epoch_num = (if state.in_epoch then state.last_eval else (state.last_epoch + 1))":
    blockOutOfTurn,
  "(state.in_epoch and metadata.first_epoch_num = state.last_eval) or (not state.in_epoch and metadata.first_epoch_num = (state.last_epoch + 1))":
    blockOutOfTurn,
  "metadata.iteration <= state.last_eval": (seen) =>
    `is of iteration ${at(seen, "metadata.iteration")}, and ${lastEvaluation(seen)}`,
  "value.iteration = state.last_epoch": (seen) =>
    `is of iteration ${at(seen, "value.iteration")}, and the last \`epoch_start\` was of ${at(seen, "state.last_epoch")}`,
  "(metadata.timestamp - (item(state.save_model_ts, (metadata.iteration - 1)) - state.run_start_ts)) < 0.0015":
    (seen) =>
      `its \`timestamp\`, ${at(seen, "metadata.timestamp")} s, is later than the model of its iteration was saved`,
  "metadata.samples_count = state.next_validation_samples": (seen) =>
    `evaluates after ${at(seen, "metadata.samples_count")} samples, and was due after ${at(seen, "state.next_validation_samples")}`,
  "toInt(metadata.samples_count) = (state.global_batch_size * floor((42 + (24576 / state.global_batch_size))))":
    (seen) =>
      `evaluates after ${at(seen, "metadata.samples_count")} samples; the first evaluation is due after 42 batches and 24,576 samples, in whole batches of ${at(seen, "state.global_batch_size")}`,
};

function blockOutOfTurn(seen: Seen): string {
  const begins = `begins with epoch ${at(seen, "metadata.first_epoch_num")}`;
  return seen["state.in_epoch"] === true
    ? `${begins}, and the evaluation before it was of epoch ${at(seen, "state.last_eval")}`
    : `${begins}, and ${next(seen, "state.last_epoch")} comes next (the rules count an epoch at its \`epoch_start\`)`;
}

/** Zero stands for none, and for an epoch 0. */
function lastEpoch(seen: Seen): string {
  const last = seen["state.last_epoch"];
  return last === 0
    ? "no `epoch_start` of it before this line"
    : `the last \`epoch_start\` was of ${at(seen, "state.last_epoch")}`;
}

function lastEvaluation(seen: Seen): string {
  const last = seen["state.last_eval"];
  return last === 0
    ? "no `eval_start` before it is of that one"
    : `the last \`eval_start\` was of ${at(seen, "state.last_eval")}`;
}

function openBlock(seen: Seen): string {
  const first = seen["state.block_first_epoch"];
  return first === -1
    ? "no `block_start` before it names an epoch"
    : `the last \`block_start\` was of ${at(seen, "state.block_first_epoch")}`;
}

/** Initialisation has a limit; edition 0.6 counts it in seconds, the others in milliseconds. */
function describeInitialisation(expected: string, seen: Seen): string | undefined {
  const started = seen["state.first_init_start"];
  const ended = seen["time"];
  if (typeof started !== "number" || typeof ended !== "number") return undefined;
  const minutes = seen["state.compile_time_mins"];
  if (minutes === 0) {
    return "comes before `submission_division`, which decides how long initialisation may take";
  }
  const limit =
    typeof minutes === "number" ? minutes * 60_000 : Number(/< (\d+)$/.exec(expected)?.[1]);
  const msPerUnit = limit < 10_000 ? 1000 : 1;
  return `initialisation took ${formatDuration((ended - started) * msPerUnit)}, and ${(limit * msPerUnit) / 60_000} min are allowed`;
}

function at(seen: Seen, place: string): string {
  return valueText(seen[place] ?? null);
}

function next(seen: Seen, place: string): string {
  const last = seen[place];
  return typeof last === "number" ? String(last + 1) : `the one after ${at(seen, place)}`;
}
