import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { PlacedReading } from "../../read-run/reader/file-values.ts";
import { MetricFiles } from "./metric-files.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-metric-files-"));
  folders.push(folder);
  return folder;
}

/** The values of `acc` in the files of a folder, while a test writes them. */
class Followed {
  readonly folder = newFolder();
  readonly read: PlacedReading[] = [];
  #files: MetricFiles | undefined;
  #nowMs = Date.now() + 1e6;

  readonly #paths: readonly string[];
  readonly #metrics: readonly string[];

  constructor(paths: readonly string[] = ["metrics.csv"], metrics: readonly string[] = ["acc"]) {
    this.#paths = paths;
    this.#metrics = metrics;
  }

  write(name: string, content: string | Uint8Array): void {
    mkdirSync(join(this.folder, name, ".."), { recursive: true });
    writeFileSync(join(this.folder, name), content);
  }

  append(name: string, content: string | Uint8Array): void {
    appendFileSync(join(this.folder, name), content);
  }

  launch(): this {
    this.#files = MetricFiles.beforeLaunch({
      paths: this.#paths,
      folder: this.folder,
      wanted: { metrics: this.#metrics.map((metric) => ({ kind: "name", metric })) },
      targetMetrics: ["acc"],
      nowMs: () => 0,
    });
    this.#files.launched(this.#nowMs);
    return this;
  }

  poll(): this {
    this.#nowMs += 10_000;
    this.read.push(...[...(this.#files?.poll(this.#nowMs) ?? [])].flat());
    return this;
  }

  finish(): this {
    this.#nowMs += 10_000;
    this.read.push(...[...(this.#files?.finish(this.#nowMs) ?? [])].flat());
    this.#files?.close();
    return this;
  }

  values(wanted = "acc"): number[] {
    return this.read.flatMap(({ metrics }) =>
      metrics.flatMap(({ metric, value }) => (metric === wanted ? [value] : [])),
    );
  }

  rules(): string[] {
    return this.findings().map(({ rule }) => rule);
  }

  findings() {
    return this.#files?.findings({ isOver: true }) ?? [];
  }
}

const rows = Array.from({ length: 12 }, (_, index) => [index + 1, (index + 1) / 20] as const);
const accuracies = rows.map(([, acc]) => acc);
const formats = [
  {
    name: "metrics.csv",
    text: `step,loss,acc\n${rows.map(([step, acc]) => `${step},1,\n${step},,${acc}\n`).join("")}`,
  },
  {
    name: "train.jsonl",
    text: rows.map(([step, acc]) => `{"step": ${step}, "acc": ${acc}}\n`).join(""),
  },
  { name: "train.log", text: rows.map(([step, acc]) => `step ${step} acc=${acc}\n`).join("") },
  {
    name: "trainer_state.json",
    text: JSON.stringify({ log_history: rows.map(([step, acc]) => ({ step, acc })) }, null, 1),
  },
];

describe.each(formats)("$name", ({ name, text }) => {
  test("gives the same values if it grows in pieces that are cut anywhere", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), (cuts) => {
        const run = new Followed([name]).launch();
        const edges = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        run.poll().write(name, "");
        for (const [index, end] of edges.slice(1).entries()) {
          run.append(name, text.slice(edges[index], end));
          run.poll();
        }
        expect(run.finish().values()).toEqual(accuracies);
      }),
      { numRuns: 40 },
    );
  });

  test("gives each value once if it is written anew each time, in place or by renaming", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(text.length), { maxLength: 6 }),
        fc.boolean(),
        (cuts, renames) => {
          const run = new Followed([name]).launch();
          for (const end of [...cuts.toSorted((a, b) => a - b), text.length]) {
            const lineEnd = text.lastIndexOf("\n", end) + 1;
            const content = end === text.length ? text : text.slice(0, lineEnd);
            run.write(renames ? "temporary" : name, content);
            if (renames) renameSync(join(run.folder, "temporary"), join(run.folder, name));
            run.poll();
          }
          expect(run.finish().values()).toEqual(accuracies);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("does not count what it held before the launch", () => {
    const run = new Followed([name]);
    run.write(name, text);
    run.launch().poll().finish();
    expect(run.values()).toEqual([]);
    expect(run.rules()).toEqual(["metrics-file-unchanged"]);
  });

  test("counts all values of a file that the run writes anew, even if they are the same", () => {
    const run = new Followed([name]);
    run.write(name, text);
    run.launch().poll();
    run.write(name, text);
    utimesSync(join(run.folder, name), 1, 1);
    expect(run.poll().finish().values()).toEqual(accuracies);
  });

  test("keeps its last values if it is deleted", () => {
    const run = new Followed([name]).launch();
    run.write(name, text);
    run.poll();
    rmSync(join(run.folder, name));
    expect(run.poll().finish().values()).toEqual(accuracies);
  });
});

describe("a file that existed before the launch", () => {
  test.each(formats.slice(0, 3))("$name: only what the run appends counts", ({ name, text }) => {
    const run = new Followed([name]);
    run.write(name, text);
    run.launch().poll();
    const addition = text.split("\n").at(-2)?.replaceAll("0.6", "0.9") ?? "";
    run.append(name, `${addition}\n`);
    expect(run.poll().finish().values()).toEqual([0.9]);
    expect(run.findings()).toContainEqual(
      expect.objectContaining({ rule: "metrics-file-continued", path: name }),
    );
  });

  test("does not count when a resumed run repeats it in a new checkpoint", () => {
    const history = rows.map(([step, acc]) => ({ step, acc }));
    const stateOf = (count: number) => JSON.stringify({ log_history: history.slice(0, count) });
    const run = new Followed(["out"]);
    run.write("out/checkpoint-4/trainer_state.json", stateOf(4));
    run.launch().poll();
    run.write("out/checkpoint-8/trainer_state.json", stateOf(8));
    run.poll();
    run.write("out/checkpoint-12/trainer_state.json", stateOf(12));
    expect(run.poll().finish().values()).toEqual(accuracies.slice(4));
    expect(run.findings()).toContainEqual({
      rule: "metrics-file-continued",
      path: "out/checkpoint-8/trainer_state.json",
      count: 4,
    });
  });

  test("counts where a run with other values replaces it", () => {
    const run = new Followed();
    run.write("metrics.csv", "step,acc\n1,0.1\n2,0.2\n3,0.3\n");
    run.launch().poll();
    run.write("metrics.csv", "step,acc\n1,0.5\n");
    run.poll().append("metrics.csv", "2,0.2\n");
    expect(run.poll().finish().values()).toEqual([0.5, 0.2]);
    expect(run.rules()).toEqual([]);
  });
});

describe("a file that changes in other ways", () => {
  test("is read with its new header, which is reported", () => {
    const run = new Followed().launch();
    run.write("metrics.csv", "step,loss\n1,2.5\n2,1.5\n");
    run.poll().write("metrics.csv", "step,loss,acc\n1,2.5,\n2,1.5,\n2,,0.7\n");
    run.poll().append("metrics.csv", "step,acc\n3,0.8\n");
    expect(run.poll().finish().values()).toEqual([0.7, 0.8]);
    expect(run.findings()).toContainEqual({
      rule: "metrics-header-changed",
      path: "metrics.csv",
      added: [],
      removed: ["loss"],
    });
  });

  test("is read on after it was rotated, without losing or repeating values", () => {
    const run = new Followed(["train.jsonl"]).launch();
    const path = join(run.folder, "train.jsonl");
    run.write("train.jsonl", '{"acc": 0.1}\n');
    run.poll().append("train.jsonl", '{"acc": 0.2}\n');
    renameSync(path, `${path}.1`);
    run.write("train.jsonl", '{"acc": 0.1}\n{"acc": 0.3}\n');
    expect(run.poll().finish().values()).toEqual([0.1, 0.2, 0.1, 0.3]);
  });

  test("counts again after a restart with other values, which is reported", () => {
    const run = new Followed().launch();
    run.write("metrics.csv", "step,acc\n1,0.1\n2,0.2\n");
    run.poll();
    truncateSync(join(run.folder, "metrics.csv"));
    run.poll().write("metrics.csv", "step,acc\n1,0.4\n");
    expect(run.poll().finish().values()).toEqual([0.1, 0.2, 0.4]);
    expect(run.findings()).toContainEqual({
      rule: "metric-steps-went-back",
      metric: "acc",
      path: "metrics.csv",
      fromStep: 2,
      toStep: 1,
      count: 1,
    });
  });

  test("gives its last row even without a line end, but not before the program has ended", () => {
    const run = new Followed().launch();
    run.write("metrics.csv", "step,acc\n1,0.9");
    expect(run.poll().values()).toEqual([]);
    expect(run.finish().values()).toEqual([0.9]);
  });

  test("is reported if it stays an incomplete document", () => {
    const run = new Followed(["state.json"]).launch();
    run.write("state.json", '{"log_history": [{"acc": 0.5}');
    expect(run.poll().finish().rules()).toEqual(["metrics-file-unreadable"]);
  });
});

describe("folders and several files", () => {
  test("are searched for files that appear late", () => {
    const run = new Followed(["runs"]).launch().poll();
    run.write("runs/version_0/metrics.csv", "step,acc\n1,0.5\n");
    run.poll().write("runs/a.txt", "acc=0.9\n");
    expect(run.poll().finish().values()).toEqual([0.5]);
    expect(run.read[0]?.path).toBe("runs/version_0/metrics.csv");
  });

  test("use the first file that has a metric, and report another that disagrees", () => {
    const run = new Followed(["a.csv", "b.csv"]).launch();
    run.write("a.csv", "step,acc\n1,0.5\n2,0.6\n");
    run.write("b.csv", "step,acc,loss\n1,0.5,3\n2,0.9,2\n");
    expect(run.poll().finish().values()).toEqual([0.5, 0.6]);
    expect(run.findings()).toContainEqual({
      rule: "metrics-files-disagree",
      metric: "acc",
      used: "a.csv",
      other: "b.csv",
      step: 2,
      usedValue: 0.6,
      otherValue: 0.9,
    });
  });

  test("do not take a training value for one without a qualifier", () => {
    const run = new Followed(["logs"]).launch();
    run.write("logs/train/metrics.csv", "step,acc\n1,0.99\n");
    run.write("logs/validation/metrics.csv", "step,acc\n1,0.5\n");
    expect(run.poll().finish().values()).toEqual([]);
    expect(run.findings()).toContainEqual({
      rule: "metric-not-in-files",
      metric: "acc",
      names: ["step", "acc"],
      longerNames: ["train/acc", "validation/acc"],
    });
    const named = new Followed(["logs"], ["validation/acc"]).launch();
    named.write("logs/train/metrics.csv", "step,acc\n1,0.99\n");
    named.write("logs/validation/metrics.csv", "step,acc\n1,0.5\n");
    expect(named.poll().finish().values("validation/acc")).toEqual([0.5]);
  });

  test("report a path that never appears, and the nearest name of a metric", () => {
    const run = new Followed(["metrics.csv", "other.csv"]).launch();
    run.write("metrics.csv", "step,val/acc_top\n1,0.5\n");
    expect(run.poll().finish().findings()).toEqual([
      { rule: "metrics-file-missing", path: "other.csv" },
      {
        rule: "metric-not-in-files",
        metric: "acc",
        names: ["step", "val/acc_top"],
        suggestion: "val/acc_top",
      },
    ]);
  });
});
