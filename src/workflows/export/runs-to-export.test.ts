import { expect, test } from "vitest";
import { exits, played, prints } from "../../../tests/support/played-series.ts";
import type { Script } from "../../launch/scripted-launcher.ts";
import { showRun } from "../read-run/show-run.ts";
import { runsWithScore } from "./runs-to-export.ts";

const reaches: Script = { steps: [prints("val_acc=0.95\n"), exits] };
const dies: Script = { steps: [{ kind: "exit", exit: { kind: "exited", exitCode: 3 } }] };

test("leaves out warm-ups and attempts that were retried", async () => {
  const requested = { runs: 2, warmup: 1, retries: 1 };
  const { store, runs } = await played([reaches, dies, reaches, reaches], requested);
  const shown = await showRun(store, runs[0]?.request.series.id ?? "");
  const pages = shown.kind === "series" ? shown.pages : [shown.page];
  const { runs: kept, skipped } = runsWithScore(pages);
  expect(kept.map(({ request }) => request.series.index)).toEqual([3, 4]);
  expect(skipped.map(({ reason }) => reason)).toEqual([
    "is a warm-up, which is not counted",
    "died and was started again",
  ]);
});

test("leaves out a run whose log has only the last part of a training", async () => {
  const { store, runs } = await played([dies]);
  const continues = runs[0]?.request.runId ?? "";
  const later = await played([reaches], {}, { store, continues, startMs: 1_900_000_000_000 });
  const shown = await showRun(store, later.runs[0]?.request.runId ?? "");
  if (shown.kind !== "run") throw new Error(shown.kind);
  expect(runsWithScore([shown.page])).toMatchObject({
    runs: [],
    skipped: [{ reason: "continues another run; its log has only the last part" }],
  });
});
