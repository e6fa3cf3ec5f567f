import { describe, expect, test } from "vitest";
import type { ResultContents } from "../schema/atlas/rounds/round-contents.ts";
import { resultRow } from "../schema/atlas/results/result-row.ts";
import { dawnbenchColumns } from "./dawnbench/dawnbench-columns.ts";
import { dawnbenchReader } from "./dawnbench/read-dawnbench.ts";
import type { ResultsReader } from "./format.ts";
import { speedrunReader } from "./speedrun/read-speedrun.ts";

function read(format: ResultsReader, text: string): ResultContents[] {
  const reader = format.open("table.csv");
  return [...reader.push(new TextEncoder().encode(text)), ...reader.end()];
}

describe("speedrunReader", () => {
  const table = `record,minutes,description,date
1,45,llm.c baseline,05/28/24
2,31.4,"Tuned, again",06/06/24
1,348,Baseline,
1,340,Repeated,
`;

  test("begins a second track if record numbers restart, and tells repeated numbers apart", () => {
    expect(
      read(speedrunReader, table).map(({ row }) => row.rowId.split("/").slice(2).join("/")),
    ).toEqual(["track-1/1", "track-1/2", "track-2/1", "track-2/1-2"]);
  });

  test("converts minutes and dates", () => {
    const [, second] = read(speedrunReader, table);
    expect(second?.row).toMatchObject({
      scoreMs: 1_884_000,
      publishedOn: "2024-06-06",
      note: "Tuned, again",
    });
    expect(second?.runs).toEqual([
      { rowId: second?.row.rowId, run: "entry", fate: "counted", timeToTrainMs: 1_884_000 },
    ]);
    expect(resultRow.parse(second?.row)).toEqual(second?.row);
  });
});

describe("dawnbenchReader", () => {
  const entry = (cost: { total_cost_usd: string; computed_cost_usd: string }) => {
    const cells: Record<string, string> = {
      task: "ImageNet",
      file: "a/b.json",
      date: "2018-04-21",
      author: "A",
      model: "ResNet",
      framework: "",
      hardware: "1 TPUv2",
      hours_to_target: "0.5",
      ...cost,
    };
    const line = dawnbenchColumns.map((column) => cells[column]).join(",");
    return read(dawnbenchReader, `${dawnbenchColumns.join(",")}\n${line}\n`)[0]?.row;
  };

  test("prefers the stated cost, and notes a computed one", () => {
    expect(entry({ total_cost_usd: "2", computed_cost_usd: "3" })).toMatchObject({
      statedCostUsd: 2,
      note: undefined,
      scoreMs: 1_800_000,
    });
    expect(entry({ total_cost_usd: "", computed_cost_usd: "3" })).toMatchObject({
      statedCostUsd: 3,
      note: expect.stringContaining("price per hour"),
    });
  });
});
