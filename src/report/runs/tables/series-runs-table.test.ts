import { expect, test } from "vitest";
import { exits, played, prints } from "../../../../tests/support/played-series.ts";
import { plainPaint } from "../../paint.ts";
import { seriesRunsTable } from "./series-runs-table.ts";

test("the times of a table have the same number of decimals", async () => {
  const scripts = [2853, 728].map((ms) => ({ steps: [prints("val_acc=0.95\n", ms), exits] }));
  const { runs, summary } = await played(scripts, { runs: 2 });
  const [, ...lines] = seriesRunsTable(summary, runs, plainPaint);
  expect(lines.map((line) => /\d+\.\d+/u.exec(line)?.[0])).toEqual(["2.853", "0.728"]);
});
