import { describe, expect, test } from "vitest";
import { compareResults } from "../../../src/atlas/compare/compare-results.ts";
import type { MeasuredRow } from "../../../src/schema/atlas/answers/figures.ts";
import type { AtlasRowDocument } from "../../../src/schema/dashboard/atlas-document.ts";
import { measured } from "../atlas/sample-results.ts";
import {
  curvesChart,
  factTable,
  findSubjects,
  pairSentences,
  readCompareView,
  subjectsOf,
  suggest,
} from "./view-model.ts";

function documentOf({ row }: MeasuredRow, samples?: number[]): AtlasRowDocument {
  const { rowId } = row;
  return {
    row,
    runs: [{ rowId, run: "result_0", fate: "counted", timeToTrainMs: 600_000 }],
    curves: [
      {
        rowId,
        run: "result_0",
        series: "quality",
        metricName: "eval_accuracy",
        clockMs: [0, 300_000, 600_000],
        value: [0.1, 0.5, 0.75],
        pointCount: 3,
        ...(samples === undefined ? {} : { samples }),
      },
    ],
  };
}

const dell = measured("Dell", { samplesUnit: "epochs" });
const nvidia = measured("NVIDIA", { samplesUnit: "epochs", scoreMs: 300_000 });
const pair = subjectsOf([
  { measured: dell, document: documentOf(dell, [0, 1, 2]) },
  { measured: nvidia, document: documentOf(nvidia) },
]);

describe("readCompareView", () => {
  test("reads at most twenty distinct ids, and only known axes", () => {
    const ids = Array.from({ length: 30 }, (_, index) => `r${index}`).join(",");
    expect(readCompareView({ ids }).ids).toHaveLength(20);
    expect(readCompareView({ ids: "a,a", axis: "moon", anyway: "yes" })).toMatchObject({
      ids: ["a"],
      axis: "clock",
      isAnyway: true,
      showsAll: false,
    });
  });
});

describe("findSubjects", () => {
  const rows = [dell, nvidia, measured("NVIDIA", { benchmark: "resnet" })];
  test("finds results like the command line: by id, by path, by words", () => {
    const found = findSubjects(["mlperf-training/v5.0/Dell/bert", "NVIDIA/bert"], rows);
    expect(found.map((one) => one.kind === "found" && one.measured)).toEqual([dell, nvidia]);
  });

  test("suggests similar results", () => {
    const [several, none] = findSubjects(["NVIDIA", "Del/bert"], rows);
    expect(several).toMatchObject({ kind: "not-found", message: "`NVIDIA` matches 2 results" });
    expect(none).toMatchObject({
      kind: "not-found",
      hint: "did you mean mlperf-training/v5.0/Dell/bert?",
    });
  });
});

describe("curvesChart", () => {
  test("keeps the points of each curve", () => {
    const { spec, absent } = curvesChart(pair, "clock");
    expect(spec.marks).toMatchObject([
      { label: "Dell (result_0)", x: [0, 300_000, 600_000], y: [0.1, 0.5, 0.75] },
      { label: "NVIDIA (result_0)" },
    ]);
    expect(absent).toEqual([]);
  });

  test("has a line for each target of the shown results", () => {
    const quality = { metric: "accuracy", target: ">= 0.72" };
    const own = { target: "eval_accuracy >= 0.7" };
    const targets = [{ quality }, { quality }, own, { target: "a >= 0.7, b >= 1" }];
    const subjects = targets.map((each, index) => {
      const one = measured(`S${index}`);
      return { measured: one, document: { ...documentOf(one), ...each } };
    });
    const { marks, title } = curvesChart(subjectsOf(subjects), "clock").spec;
    expect(title).toBe("accuracy of the median runs");
    expect(marks.filter(({ kind }) => kind === "level")).toEqual([
      { kind: "level", label: "target ≥ 0.72", y: 0.72 },
      { kind: "level", label: "target ≥ 0.7", y: 0.7 },
    ]);
  });

  test("labels epochs as epochs, and lists results without them", () => {
    const { spec, absent } = curvesChart(pair, "samples");
    expect(spec.x).toEqual({ label: "epochs", unit: "epochs" });
    expect(spec.marks).toHaveLength(1);
    expect(absent).toEqual(["NVIDIA"]);
  });

  test("distinguishes twenty curves by color or stroke", () => {
    const many = subjectsOf(
      Array.from({ length: 20 }, (_, index) => {
        const one = measured(`S${index}`);
        return { measured: one, document: documentOf(one) };
      }),
    );
    const looks = curvesChart(many, "clock").spec.marks.map((mark) =>
      mark.kind === "line" ? `${mark.tone} ${mark.stroke}` : "",
    );
    expect(new Set(looks).size).toBe(20);
  });
});

describe("factTable", () => {
  test("shows only differences, or all known fields", () => {
    const comparison = compareResults(pair, []);
    const heads = (showsAll: boolean): string[] =>
      factTable(comparison, showsAll).rows.map(({ head }) => head);
    expect(heads(false)).toContain("submitter");
    expect(heads(false)).not.toContain("benchmark");
    expect(heads(true)).toContain("benchmark");
    expect(heads(true)).not.toContain("precision");
    const benchmark = factTable(comparison, true).rows.find(({ head }) => head === "benchmark");
    expect(benchmark).toEqual({ head: "benchmark", cells: ["bert", "bert"], differs: false });
  });
});

describe("pairSentences", () => {
  test("are the same as in the terminal", () => {
    const [first] = compareResults(pair, []).pairs;
    if (first === undefined) throw new Error("two results make a pair");
    expect(pairSentences(first)[0]).toBe("NVIDIA is 2.00x as fast as Dell");
    expect(pairSentences(first)[1]).toMatch(/^1 run against 1: too few/u);
  });
});

describe("suggest", () => {
  const rows = [
    measured("NVIDIA", { benchmark: "resnet" }),
    nvidia,
    dell,
    measured("Mine", { suite: "own", round: "own" }),
  ];
  test("match all words, list the same benchmark first, and omit selected results", () => {
    const ids = (text: string, chosen: MeasuredRow[]): string[] =>
      suggest(rows, text, chosen).map(({ rowId }) => rowId);
    expect(ids("nvidia", [dell])).toEqual([
      "mlperf-training/v5.0/NVIDIA/bert",
      "mlperf-training/v5.0/NVIDIA/resnet",
    ]);
    expect(ids("DELL h100 v5.0", [])).toEqual(["mlperf-training/v5.0/Dell/bert"]);
    expect(ids("dell", [dell])).toEqual([]);
    expect(ids("  ", [])).toEqual([]);
  });

  test("have a title and details", () => {
    expect(suggest(rows, "dell", [])[0]).toMatchObject({
      title: ["bert v5.0", "Dell", "Dell-box"],
      detail: "8 x h100-sxm, 10.00 min",
    });
  });
});
