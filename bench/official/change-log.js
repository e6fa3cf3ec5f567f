// Changes logs at random: the kinds of mistakes that logs contain, and absurd values.
import { raw } from "./made-logs.js";

const oddValues = [
  null,
  true,
  false,
  "",
  "4",
  "adamw",
  "closed",
  [],
  [1],
  {},
  { FID: 1 },
  0,
  -1,
  0.5,
  1,
  2,
  16,
  100_000_000,
  raw("1.0"),
  raw("1e400"),
  raw("NaN"),
  raw("-Infinity"),
];
const names = [
  "flux1",
  "llama31_8b",
  "llama2_70b_lora",
  "gpt_oss_20b",
  "deepseekv3_671b",
  "qwen35_397b_grpo",
  "dlrmv4",
  "dlrm_dcnv2",
  "llama31_405b",
  "bert",
  "FLUX1",
];
const precisions = ["fp8", "mxfp6", "mxfp4", "nvfp4", "fp6", "bf16", "bfloat16", "int8"];
const metadataNames = ["samples_count", "epoch_num", "status", "epoch_count", "first_epoch_num"];

const changes = {
  drop: (lines, random) => without(lines, [pick(lines, random)]),
  "drop-key": (lines, random) => {
    const { key } = pick(lines, random);
    return lines.filter((line) => line.key !== key);
  },
  duplicate: (lines, random) => insertCopy(lines, random, (line) => line),
  "duplicate-with-value": (lines, random) =>
    insertCopy(lines, random, (line) => ({ ...line, value: pick(oddValues, random) })),
  value: (lines, random) =>
    change(lines, random, (line) => ({ ...line, value: pick(oddValues, random) })),
  scale: (lines, random) =>
    change(lines, random, (line) => ({ ...line, value: scaled(line.value, random) })),
  samples: (lines, random) =>
    change(lines, random, (line) => ({
      ...line,
      metadata: mapNumbers(line.metadata, (value) => scaled(value, random)),
    })),
  "unset-metadata": (lines, random) =>
    change(lines, random, (line) => {
      const { [pick(metadataNames, random)]: _, ...metadata } = Object(line.metadata);
      return { ...line, metadata };
    }),
  metadata: (lines, random) =>
    change(lines, random, (line) => ({ ...line, metadata: pick([...oddValues, {}], random) })),
  "unset-field": (lines, random) =>
    change(lines, random, (line) => {
      const { [pick(["value", "key", "metadata", "time_ms", "namespace"], random)]: _, ...rest } =
        line;
      return rest;
    }),
  time: (lines, random) =>
    change(lines, random, (line) => ({
      ...line,
      time_ms: line.time_ms + (random.below(2) === 0 ? 1 : -1) * random.below(20_000_000),
    })),
  truncate: (lines, random) => {
    const line = pick(lines, random);
    const text = `:::MLLOG ${JSON.stringify(line)}`;
    return lines.map((each) => (each === line ? text.slice(0, random.below(text.length)) : each));
  },
  move: (lines, random) => {
    const line = pick(lines, random);
    const rest = without(lines, [line]);
    const at = random.below(rest.length + 1);
    return [...rest.slice(0, at), line, ...rest.slice(at)];
  },
  benchmark: (lines, random) => setKey(lines, "submission_benchmark", () => pick(names, random)),
  division: (lines, random) =>
    setKey(lines, "submission_division", () =>
      pick(["closed", "open", "Closed", "network"], random),
    ),
  precision: (lines, random) =>
    setKey(lines, `lowest_numerical_precision_in_${pick(["linear", "attn", "comm"], random)}`, () =>
      pick(precisions, random),
    ),
  batch: (lines, random) =>
    setKey(lines, "global_batch_size", () =>
      pick([0, 1, 256, 512, 1000, 1024, 1152, 1536, 8192, 16384, 16385, 32768, -256], random),
    ),
  shuffle: (lines, random) => {
    const [from, to] = [random.below(lines.length), random.below(lines.length)].toSorted(
      (a, b) => a - b,
    );
    const part = lines.slice(from, to).map((line) => ({ line, at: random.uniform() }));
    const shuffled = part.toSorted((a, b) => a.at - b.at).map(({ line }) => line);
    return [...lines.slice(0, from), ...shuffled, ...lines.slice(to)];
  },
};

/** The names of the changes, in the order in which they are drawn. */
export const changeNames = Object.keys(changes);

/** Changes lines once, in a way that is drawn at random or named. */
export function changeLog(lines, random, name = pick(changeNames, random)) {
  const events = lines.filter((line) => typeof line === "object");
  return events.length === 0 ? lines : changes[name](lines, random);
}

function pick(list, random) {
  const usable = list.some((each) => each?.key !== undefined)
    ? list.filter((each) => typeof each === "object")
    : list;
  return usable[random.below(usable.length)];
}

function without(lines, dropped) {
  return lines.filter((line) => !dropped.includes(line));
}

function change(lines, random, edit) {
  const line = pick(lines, random);
  return lines.map((each) => (each === line ? edit(each) : each));
}

function insertCopy(lines, random, edit) {
  const line = pick(lines, random);
  return lines.flatMap((each) => (each === line ? [each, edit({ ...each })] : [each]));
}

function setKey(lines, key, value) {
  return lines.map((line) => (line.key === key ? { ...line, value: value() } : line));
}

function scaled(value, random) {
  if (typeof value !== "number") return value;
  const factors = [0, -1, 0.5, 0.999, 1.001, 1.5, 2, 10];
  return random.below(3) === 0 ? value + random.below(3) - 1 : value * pick(factors, random);
}

function mapNumbers(metadata, edit) {
  const members = Object.entries(Object(metadata)).map(([name, value]) => [name, edit(value)]);
  return Object.fromEntries(members);
}
