import { basename, dirname } from "node:path";
import { utf8Decoder } from "../../foundation/bytes/utf8.ts";
import { namesMetric } from "../../formats/text/names/match-name.ts";
import { MetricReader } from "../../formats/text/metrics/metric-reader.ts";
import type { MetricReading } from "../../formats/text/metrics/metric-reading.ts";
import { isProgressName } from "../../formats/training-log/part-signs.ts";
import type { Finding } from "../../schema/run/findings/finding.ts";
import type { LoadedTraining } from "./loaded-training.ts";

type SameTraining = Extract<Finding, { rule: "training-in-two-files" }>;

/** Further metrics and values of large files are not compared. */
const maximumMetrics = 20;
const maximumValues = 10_000;
/** Fewer common values do not show that two files are of one training. */
const minimumCommon = 2;

/**
 * Keeps one of two files of the same training: a log, and a table beside it with the same metrics at the same steps. Files
 * of one kind, such as the logs of several seeds, are different trainings.
 */
export async function withoutSecondFiles<Item extends { training: LoadedTraining }>(
  items: readonly Item[],
): Promise<Item[]> {
  const kept: Item[] = [];
  const left = new Set<Item>();
  for (const item of items) {
    if (left.has(item)) continue;
    const other = otherFileOf(item, items);
    const pair = other === undefined ? undefined : inOrderOfUse(item, other);
    const finding = pair === undefined ? undefined : await compareFiles(pair);
    if (pair === undefined || finding === undefined) kept.push(item);
    else {
      for (const each of pair) left.add(each);
      const [{ training }] = pair;
      kept.push({
        ...pair[0],
        training: { ...training, findings: [...training.findings, finding] },
      });
    }
  }
  return kept;
}

/** The table beside a log, or the reverse: of the same name, or the only one of its kind in the folder. */
function otherFileOf<Item extends { training: LoadedTraining }>(
  item: Item,
  items: readonly Item[],
): Item | undefined {
  const path = pathOf(item);
  if (path === undefined) return undefined;
  const beside = items.filter((each) => {
    const other = pathOf(each);
    return other !== undefined && dirname(other) === dirname(path);
  });
  const others = beside.filter((each) => isTable(pathOf(each)) !== isTable(path));
  const named = others.find((each) => stemOf(pathOf(each)) === stemOf(path));
  return named ?? (beside.length === 2 ? others[0] : undefined);
}

/** Undefined for trackers, MLLOG lines, and logs that contain several trainings. */
function pathOf({ training }: { training: LoadedTraining }): string | undefined {
  return training.isMllog || training.part !== undefined ? undefined : training.textFile;
}

function isTable(path = ""): boolean {
  return /\.(?:csv|tsv|jsonl)$/iu.test(path);
}

function stemOf(path = ""): string {
  return basename(path).replace(/\.[^.]+$/u, "");
}

/** The file with times is used; if both have times or none has, the table, because logs round their values. */
function inOrderOfUse<Item extends { training: LoadedTraining }>(
  left: Item,
  right: Item,
): [used: Item, unused: Item] {
  const rank = (item: Item): number =>
    (item.training.times.source === "none" ? 0 : 2) + (isTable(pathOf(item)) ? 1 : 0);
  return rank(left) >= rank(right) ? [left, right] : [right, left];
}

async function compareFiles(
  pair: readonly [{ training: LoadedTraining }, { training: LoadedTraining }],
): Promise<SameTraining | undefined> {
  const [{ training: used }, { training: unused }] = pair;
  const metrics = commonMetrics(used, unused);
  const [usedValues, unusedValues] = [
    await valuesOf(used, metrics),
    await valuesOf(unused, metrics),
  ];
  const compared = metrics.flatMap((metric) =>
    pairsOf(usedValues.get(metric) ?? [], unusedValues.get(metric) ?? []),
  );
  if (compared.length < minimumCommon) return undefined;
  const different = compared.filter(([left, right]) => !areEqual(left, right));
  const [first] = different;
  return {
    rule: "training-in-two-files",
    used: basename(used.textFile ?? used.path),
    unused: basename(unused.textFile ?? unused.path),
    comparedCount: compared.length,
    differentCount: different.length,
    ...(first === undefined
      ? {}
      : {
          example: {
            metric: first[0].metric,
            usedValue: first[0].text,
            unusedValue: first[1].text,
          },
        }),
  };
}

function commonMetrics(left: LoadedTraining, right: LoadedTraining): string[] {
  return left.metrics
    .filter(
      (name) => isProgressName(name) && right.metrics.some((other) => namesMetric(other, name)),
    )
    .slice(0, maximumMetrics);
}

async function valuesOf(
  training: LoadedTraining,
  metrics: readonly string[],
): Promise<Map<string, MetricReading[]>> {
  const reader = new MetricReader({
    metrics: metrics.map((metric) => ({ metric, kind: "name" as const })),
    readsSteps: true,
  });
  const decoder = utf8Decoder();
  const values = new Map<string, MetricReading[]>();
  for await (const { bytes } of training.pieces())
    for (const line of decoder.decode(bytes, { stream: true }).split(/\r\n|\n|\r/u))
      for (const reading of reader.read(line).metrics) {
        const known = values.get(reading.metric) ?? [];
        if (known.length < maximumValues) known.push(reading);
        values.set(reading.metric, known);
      }
  return values;
}

/** Values of one metric at equal steps; without steps, the values in order, if there are equally many. */
function pairsOf(
  left: readonly MetricReading[],
  right: readonly MetricReading[],
): [MetricReading, MetricReading][] {
  const bySteps = new Map(
    right.flatMap((each) => (each.step === undefined ? [] : [[each.step, each]])),
  );
  const haveSteps = left.every(({ step }) => step !== undefined) && bySteps.size === right.length;
  const otherOf = (reading: MetricReading, index: number): MetricReading | undefined => {
    if (haveSteps) return bySteps.get(reading.step ?? Number.NaN);
    return left.length === right.length ? right[index] : undefined;
  };
  return left.flatMap((reading, index): [MetricReading, MetricReading][] => {
    const other = otherOf(reading, index);
    return other === undefined ? [] : [[reading, other]];
  });
}

/** Equal to the last digit of the shorter number. */
function areEqual(left: MetricReading, right: MetricReading): boolean {
  if (Object.is(left.value, right.value)) return true;
  const tolerance = Math.max(lastDigitOf(left), lastDigitOf(right)) * 1.001;
  return Math.abs(fractionOf(left) - fractionOf(right)) <= tolerance;
}

function fractionOf({ value, isPercent }: MetricReading): number {
  return isPercent ? value / 100 : value;
}

/** The value of one unit of the last digit: 0.001 for `0.912`. */
function lastDigitOf({ text, isPercent }: MetricReading): number {
  const found = /^[+-]?\d*(?:\.(\d*))?(?:e([+-]?\d+))?/iu.exec(text);
  const digit = 10 ** (Number(found?.[2] ?? 0) - (found?.[1] ?? "").length);
  return isPercent ? digit / 100 : digit;
}
