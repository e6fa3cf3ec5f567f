import { expect, test } from "vitest";
import { exits, played, prints } from "../../../../tests/support/played-series.ts";
import { plainPaint } from "../../paint.ts";
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

test("a narrow terminal shows the end of an id, by which the series can be found", () => {
  const row = { name: "", tags: {}, createdMs: 0, runIds: [], runningCount: 0, summary: undefined };
  const rows = [
    { ...row, seriesId: "train-20261129-194418-ggn5" },
    { ...row, seriesId: "train-20261129-194427-mnhc" },
  ];
  const table = seriesTable(rows, { nowMs: 0, width: 44, paint: plainPaint });
  expect(table).toMatch(/^….*-ggn5 .*\n….*-mnhc /mu);
});
