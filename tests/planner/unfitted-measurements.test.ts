import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { convertLayoutRow } from "../../scripts/measurements/convert-layout-row.js";
import { readCsv } from "../../scripts/measurements/read-csv.js";
import { layoutLine } from "../../src/schema/plan/training-layout.ts";
import { loadPlannerData } from "../../src/workflows/plan/load-planner-data.ts";
import { predictLine } from "../../src/workflows/plan/predict-layouts.ts";

const folder = new URL("../../scripts/measurements/unfitted/", import.meta.url);

test("every published layout that nothing was fitted to is predicted, and fits", async () => {
  const data = await loadPlannerData();
  const rows = readdirSync(folder).flatMap((name) =>
    readCsv(readFileSync(new URL(name, folder), "utf8")),
  );
  const described = rows.filter((row) => row["refused"] === "");
  expect(described.length).toBeGreaterThan(50);
  const refused = described.filter((row) => {
    const answer = predictLine(layoutLine.parse(convertLayoutRow(row).line), data);
    return answer.kind !== "predicted" || !answer.fits;
  });
  expect(refused).toEqual([]);
});
