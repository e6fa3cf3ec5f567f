import { describe, expect, test } from "vitest";
import { openMetricFile } from "./metric-file-reader.ts";

const rows = [
  { epoch: 1, split: "train", acc: 0.91, samples: 100 },
  { epoch: 1, split: "val", acc: 0.61, samples: 100 },
  { epoch: 2, split: "train", acc: 0.92, samples: 200 },
  { epoch: 2, split: "val", acc: 0.62, samples: 200 },
];
const names = Object.keys(rows[0] ?? {});
const files = [
  { name: "log.jsonl", text: rows.map((row) => JSON.stringify(row)).join("\n") },
  { name: "log.json", text: JSON.stringify(rows) },
  { name: "log.csv", text: [names, ...rows.map((row) => Object.values(row))].join("\n") },
];
const long =
  "step,metric,value\n1,train_acc,0.91\n1,val_acc,0.61\n2,train_acc,0.92\n2,val_acc,0.62\n";

function read({ name, text }: { name: string; text: string }, metric: string) {
  const bytes = Buffer.from(text);
  const reader = openMetricFile({ name, folder: undefined }, bytes, {
    metrics: [{ kind: "name", metric }],
    samples: { kind: "name", metric: "samples" },
  });
  const readings = [...reader.push(bytes), ...reader.finish()];
  return {
    values: readings.flatMap(({ metrics }) => metrics.map(({ value }) => value)),
    samples: readings.flatMap(({ samplesCount }) => samplesCount ?? []),
    rules: reader.findings(name).map(({ rule }) => rule),
    longer: [...(reader.longerNames.get(metric) ?? [])],
  };
}

describe.each(files)("rows of $name that say which data they are about", (file) => {
  test("count for the plain name only if they are of an evaluation", () => {
    const { values, rules, longer } = read(file, "acc");
    expect(values).toEqual([0.61, 0.62]);
    expect(rules).toEqual(["metric-in-several-sections"]);
    expect(longer).toEqual(["train_acc"]);
  });

  test.each([
    { metric: "val_acc", values: [0.61, 0.62] },
    { metric: "valid/acc", values: [0.61, 0.62] },
    { metric: "train_acc", values: [0.91, 0.92] },
    { metric: "test_acc", values: [] },
  ])("are found as $metric", ({ metric, values }) => {
    expect(read(file, metric)).toMatchObject({ values, rules: [] });
  });

  test("count samples whatever their data is", () => {
    expect(new Set(read(file, "acc").samples)).toEqual(new Set([100, 200]));
  });
});

test.each([
  { name: "long.csv", text: long },
  {
    name: "long.json",
    text: JSON.stringify([
      { step: 1, metric: "train_acc", value: 0.91 },
      { step: 1, metric: "val_acc", value: 0.61 },
      { step: 2, metric: "val_acc", value: 0.62 },
    ]),
  },
])("rows of $name that name their metric are read by that name", (file) => {
  expect(read(file, "val_acc").values).toEqual([0.61, 0.62]);
});
