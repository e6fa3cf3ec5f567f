import { expect, test } from "vitest";
import { exits, played, prints } from "../../../tests/support/played-series.ts";
import { plainPaint } from "../paint.ts";
import { seriesTable } from "./series-table.ts";

test("counts only the runs that are scored as reached or not", async () => {
  const reaches = { steps: [prints("val_acc=0.95\n"), exits] };
  const dies = { steps: [{ kind: "exit", exit: { kind: "exited", exitCode: 3 } }] } as const;
  const { runs, summary } = await played([reaches, dies, reaches, reaches], {
    runs: 2,
    warmup: 1,
    retries: 1,
  });
  const row = {
    seriesId: summary.seriesId,
    name: summary.name,
    tags: {},
    createdMs: 0,
    runIds: runs.map(({ result }) => result.runId),
    runningCount: 0,
    summary,
  };
  const table = seriesTable([row], { nowMs: 0, width: 200, paint: plainPaint });
  expect(table).toContain("2 of 2");
});
