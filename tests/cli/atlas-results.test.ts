import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { h100Rod, resultOf } from "../support/result-rows.ts";
import { measureRow } from "../../src/atlas/rows/measures.ts";
import { resultTable } from "../../src/report/atlas/result-table.ts";
import { plainPaint } from "../../src/report/paint.ts";
import { visibleWidth } from "../../src/foundation/tables/text-table.ts";
import { unpackTable } from "../../src/store/results/parquet-file.ts";
import { rowColumns } from "../../src/store/results/result-tables.ts";
import { packResults } from "../../src/workflows/import/pack-results.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

const plain = (text: string): string => text.replaceAll(/ +$/gmu, "");

describe("pitwall results", () => {
  test("lists a round's results, fastest first, with their terms and prices", async () => {
    const words = ["results", "--benchmark", "gpt3", "--round", "v3.1", "--submitter", "nvidia"];
    const { stdout, exitCode } = await pitwall(words);
    expect(exitCode).toBe(0);
    expect(plain(stdout)).toMatchInlineSnapshot(`
      "gpt3   8 results

      minutes      $  chip-min     kWh   chips  kind      submitter     system                    round  terms            runs
        3.917  2,769    42,117  ~491.4  10,752  h100-sxm  NVIDIA        eos-dfw_n1344_ngc23.09_…  v3.1   closed, cloud       3
        4.008  2,834    43,099  ~502.8  10,752  h100-sxm  Azure+NVIDIA  ND_H100_v5_n1344_pytorch  v3.1   closed, cloud       3
        4.070  2,740    41,680  ~486.3  10,240  h100-sxm  NVIDIA        eos-dfw_n1280_ngc23.09_…  v3.1   closed, cloud       3
        4.866  2,621    39,860  ~465.0   8,192  h100-sxm  NVIDIA        eos-dfw_n1024_ngc23.09_…  v3.1   closed, cloud       3
        6.027  2,435    37,032  ~432.0   6,144  h100-sxm  NVIDIA        eos-dfw_n768_ngc23.09_n…  v3.1   closed, cloud       3
        8.574  2,309    35,121  ~409.7   4,096  h100-sxm  NVIDIA        eos-dfw_n512_ngc23.09_n…  v3.1   closed, cloud       3
       40.63   2,051    31,201  ~364.0     768  h100-sxm  NVIDIA        eos_n96_ngc23.09_nemo     v3.1   closed, on-prem     3
       58.30   1,963    29,851  ~348.3     512  h100-sxm  NVIDIA        eos_n64_ngc23.09_nemo     v3.1   closed, on-prem     3

      price h100-sxm $3.95/h on demand: median of 6 providers, $2.29 … $6.88, newest 2026-08
      ~ estimated: accelerators x power limit x time, without hosts, network and cooling

      next: pitwall compare v3.1/NVIDIA/eos-dfw_n1344_ngc23.09_nemo/gpt3 v3.1/Azure+NVIDIA/ND_H100_v5_n1344_pytorch/gpt3   shows what differs
      "
    `);
  });

  test("sorts by dollars with `--per dollar`, at the user's own price", async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, "my.yaml"),
      "h100-sxm: { usdPerHour: 2, source: our contract, date: 2026-03 }\n",
    );
    const words = [
      "results",
      "--benchmark",
      "gpt3",
      "--round",
      "v3.1",
      "--max-accelerators",
      "1000",
    ];
    const { stdout } = await pitwall([...words, "--per", "dollar", "--prices", "my.yaml"], { cwd });
    expect(plain(stdout)).toMatchInlineSnapshot(`
      "gpt3   4 results

             $  minutes  chip-min     kWh  chips  kind      submitter        system               round  terms            runs
        995.02    58.30    29,851  ~348.3    512  h100-sxm  NVIDIA           eos_n64_ngc23.09_n…  v3.1   closed, on-prem     3
      1,040       40.63    31,201  ~364.0    768  h100-sxm  NVIDIA           eos_n96_ngc23.09_n…  v3.1   closed, on-prem     3
          -      223.9     57,321  ~573.2    256  gaudi2    Intel-HabanaLa…  HLS-Gaudi2-N32-PT    v3.1   closed, on-prem     3
          -      153.6     58,975  ~589.8    384  gaudi2    Intel-HabanaLa…  HLS-Gaudi2-N48-PT    v3.1   closed, on-prem     3

      price h100-sxm $2.00/h: our contract, 2026-03
      ~ estimated: accelerators x power limit x time, without hosts, network and cooling
      no $ in 2 rows: no price for the accelerator (gaudi2)

      next: pitwall compare v3.1/NVIDIA/eos_n64_ngc23.09_nemo/gpt3 v3.1/NVIDIA/eos_n96_ngc23.09_nemo/gpt3
      "
    `);
  });

  test.each([
    {
      name: "benchmark",
      words: ["--benchmark", "restnet"],
      says: "no results for benchmark `restnet`",
      hint: "did you mean `resnet`?",
    },
    {
      name: "accelerator",
      words: ["--accelerator", "h10"],
      says: "no results for accelerator `h10`",
      hint: "did you mean",
    },
    {
      name: "round",
      words: ["--round", "v9.9"],
      says: "no results for round `v9.9`",
      hint: "known are",
    },
  ])("names the nearest $name it knows", async ({ words, says, hint }) => {
    const { exitCode, stderr, stdout } = await pitwall(["results", ...words]);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(says);
    expect(stderr).toContain(hint);
  });

  test("exits with 1 where filters leave nothing", async () => {
    const ran = await pitwall(["results", "--benchmark", "gpt3", "--round", "v0.5"]);
    expect(ran).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: "no result meets all of these filters\n",
    });
  });

  test("gives the same figures as JSON, CSV and Markdown", async () => {
    const words = ["results", "--benchmark", "gpt3", "--round", "v3.1", "--limit", "2"];
    const [json, csv, md] = await Promise.all(
      [["--json"], ["--format", "csv"], ["--format", "md"]].map(
        async (more) => (await pitwall([...words, ...more])).stdout,
      ),
    );
    const { result, ok } = JSON.parse(json ?? "");
    expect([ok, result.foundCount, result.rows.length]).toEqual([true, 11, 2]);
    const [head = "", first = ""] = (csv ?? "").split("\n");
    const at = head.split(",").indexOf("scoreMs");
    expect(Number(first.split(",")[at])).toBe(result.rows[0].figures.system.value);
    expect((md ?? "").split("\n")).toHaveLength(5);
    expect(md).toContain("| 3.917 |");
  });

  test("lists own runs with --own", async () => {
    const cwd = temporaryFolder();
    await pitwall(
      [
        "run",
        "--name",
        "toy",
        "--metric",
        "acc=([0-9.]+)",
        "--target",
        "acc>=0.5",
        "--",
        process.execPath,
        "-e",
        "console.log('acc=0.6')",
      ],
      { cwd },
    );
    const { stdout } = await pitwall(["results", "--own", "--suite", "own", "--json"], { cwd });
    expect(JSON.parse(stdout).result.rows).toMatchObject([
      {
        row: {
          suite: "own",
          benchmark: "toy",
          convergedRunCount: 1,
          note: "the median time: a score takes 3 runs",
        },
      },
    ]);
  });
});

const number = { type: "DOUBLE", isRequired: false } as const;
const word = { type: "STRING", isRequired: false } as const;

describe("the table of results", () => {
  const rows = [
    resultOf({
      submitter: "A submitter with a very long name indeed",
      system: "a-system-with-a-long-name",
    }),
    resultOf({
      benchmark: "stable_diffusion",
      accelerator: "tpu-v6e-trillium",
      scoreMs: 6e7,
      submitter: "B",
    }),
  ].map((row) => measureRow(row, h100Rod));

  test.each([80, 100, 120, 200])("is at most %i columns wide", (width) => {
    const lines = resultTable(rows, {
      per: "kwh",
      foundCount: 2,
      rates: [],
      mixedLabels: [],
      width,
      paint: plainPaint,
    }).split("\n");
    const table = lines.slice(2, 5);
    expect(Math.max(...table.map(visibleWidth))).toBeLessThanOrEqual(width);
    expect(table.join("\n")).toContain("closed, on-prem");
  });

  test("packs into Parquet with every figure, and reads back", async () => {
    const bytes = await packResults(rows, "a test");
    const added = {
      usdPerAcceleratorHour: number,
      acceleratorMs: number,
      trainingJoulesLabel: word,
    };
    const lines = await unpackTable(bytes, { columns: { ...rowColumns, ...added } });
    expect(lines).toMatchObject([
      {
        benchmark: "bert",
        scoreMs: 600_000,
        usdPerAcceleratorHour: 3,
        trainingJoulesLabel: "estimated",
      },
      { benchmark: "stable_diffusion", acceleratorMs: 4.8e8 },
    ]);
  });
});
