import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ScriptedLauncher, type ScriptStep } from "../../src/launch/scripted-launcher.ts";
import { memoryProbe } from "../../src/probe/memory-probe.ts";
import { resultCard } from "../../src/report/runs/card/result-card.ts";
import { runPage } from "../../src/report/runs/page/run-page.ts";
import { plainPaint } from "../../src/report/paint.ts";
import { runDetail } from "../../src/schema/dashboard/run-detail.ts";
import { heatmapDocument, seriesDocument } from "../../src/schema/dashboard/run-series.ts";
import type { HostSample } from "../../src/schema/run/measured/telemetry-sample.ts";
import type { RunEvent } from "../../src/schema/run/events/run-event.ts";
import { diskRunStore } from "../../src/store/records/disk-run-store.ts";
import { currentOwner } from "../../src/store/records/write/process-owner.ts";
import { showRun } from "../../src/workflows/read-run/show-run.ts";
import { planSeries } from "../../src/workflows/launch/prepare/plan-series.ts";
import { runSeries } from "../../src/workflows/launch/running/run-series.ts";
import type { RunWorld } from "../../src/workflows/launch/targets/run-world.ts";
import { startServer } from "./start-server.ts";

const hosts = ["node-a", "node-b", "node-c"];
const isClean = { kind: "exited", exitCode: 0 } as const;

/** Three samples of each host, one a second, a tenth of a second apart from those of the other hosts. */
function hostSamples(launchedMs: number): HostSample[] {
  return hosts.flatMap((host, index) =>
    [1, 2, 3].map((second): HostSample => ({
      kind: "host",
      host,
      timeMs: launchedMs + second * 1000 + index * 100,
      cpuSeconds: second * 4,
      memoryBytes: (index + 1) * second * 1e9,
      processCount: 4,
      measuredJoules: { "rapl processors": second * 100 * (index + 1) },
      accelerators: [{ index: 0, name: "GPU", powerWatts: 300 + index }],
    })),
  );
}

/** Runs one job of three hosts with four ranks each, as a record on disk. */
async function runJob(steps: readonly ScriptStep[]) {
  const home = mkdtempSync(join(tmpdir(), "pitwall-ranks-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const launcher = new ScriptedLauncher([{ hosts, ranksPerHost: 4, steps }], Date.now());
  const probe = memoryProbe();
  for (const sample of hostSamples(launcher.nowMs())) probe.emit(sample);
  const owner = await currentOwner();
  const world: RunWorld = {
    store: diskRunStore(home),
    openTarget: () => ({
      launcher,
      startProbe: () => Promise.resolve(probe),
      describeSystem: () =>
        Promise.resolve({ system_name: "cluster", number_of_nodes: 3, accelerators_per_node: 0 }),
    }),
    nowMs: () => launcher.nowMs(),
    random: () => 0.5,
    self: ["node", "bin.js"],
    env: { PATH: "/bin:/usr/bin" },
    describe: () =>
      Promise.resolve({
        environment: { pitwallVersion: "0", nodeVersion: "20", platform: "linux" },
        owner,
      }),
  };
  const plan = planSeries(
    {
      metrics: ["val_acc=(\\S+)"],
      target: "val_acc>=0.9",
      stopAtTarget: false,
      runs: 1,
      seed: 1,
    },
    { kind: "command", name: "toy", command: ["sh"], cwd: "/", env: {} },
    undefined,
  );
  const events: RunEvent[] = [];
  for await (const event of runSeries(plan, world, new AbortController().signal))
    events.push(event);
  const end = events.at(-1);
  if (end?.kind !== "series-finished") throw new Error("the series did not end");
  const shown = await showRun(world.store, "last");
  if (shown.kind !== "run") throw new Error(shown.kind);
  const card = resultCard(end.summary, end.runs, plainPaint);
  const page = runPage(shown.page, plainPaint, { isVerbose: false, width: 120 });
  return { home, events, result: shown.page.result, shown, card, page };
}

test("a job of 3 hosts and 12 ranks is timed over all of them, and each rank's exit is recorded", async () => {
  const { shown, result, card, page, home } = await runJob([
    { kind: "print", text: "half a line, ", rank: 11, afterMs: 1000 },
    { kind: "print", text: "val_acc=0.5\n", rank: 0, afterMs: 1000 },
    { kind: "print", text: "and its end\n", rank: 11 },
    { kind: "print", text: "val_acc=0.95\n", rank: 5, afterMs: 2000 },
    { kind: "exit", rank: 0, exit: isClean, afterMs: 1000 },
    { kind: "exit", exit: isClean, afterMs: 3000 },
  ]);
  expect(result?.outcome).toEqual({ kind: "reached", timeToTrainMs: 4000, quality: 0.95 });
  expect(result?.clock.billedMs).toBe(8000);
  expect(result?.job).toEqual({ hosts, rankCount: 12 });
  expect(card.split("\n")[0]).toBe("toy   3 hosts, 12 ranks   1 run");
  expect(page).toContain("3 hosts, 12 ranks: node-a, node-b, node-c");
  expect(page).toContain("12 ranks on 3 hosts exited with code 0");
  expect(shown.page.integrity.kind).toBe("intact");
  const { hosts: listed, ranks } = shown.page.job;
  expect(listed).toEqual(hosts);
  expect(ranks.map(({ host, localRank }) => `${host} ${localRank}`)).toEqual(
    hosts.flatMap((host) => [0, 1, 2, 3].map((localRank) => `${host} ${localRank}`)),
  );
  expect(ranks.map(({ state }) => state.kind)).toEqual(ranks.map(() => "exited"));
  expect(Object.keys(result?.files ?? {})).toEqual([
    "events.jsonl",
    "log-ranks.jsonl",
    "log.txt",
    "run.json",
    ...hosts.map((host) => `samples/host-${host}.jsonl`),
  ]);

  const server = await startServer(home);
  const answer = await fetch(`http://127.0.0.1:${server.port}/api/runs/${result?.runId}`);
  const detail = runDetail.parse(await answer.json());
  expect(detail.job).toEqual(shown.page.job);
});

test("the dashboard adds up energy, power, processor time and memory of all hosts", async () => {
  const { home, result } = await runJob([
    { kind: "print", text: "val_acc=0.95\n", afterMs: 4000 },
    { kind: "exit", exit: isClean, afterMs: 1000 },
  ]);
  const server = await startServer(home);
  const address = `http://127.0.0.1:${server.port}/api/runs/${result?.runId}`;
  const names = "energyJoules,powerWatts,cpuCores,memoryBytes";
  const answer = await fetch(`${address}/series?x=wall&names=${names}`);
  const { series } = seriesDocument.parse(await answer.json());
  const valuesOf = (name: string) => series.find((each) => each.name === name)?.last;
  // One moment for each sample: the first, second and third host in turn, three times.
  expect(valuesOf("memoryBytes")).toEqual([1, 3, 6, 7, 9, 12, 13, 15, 18].map((gb) => gb * 1e9));
  expect(valuesOf("energyJoules")).toEqual([1, 3, 6, 7, 9, 12, 13, 15, 18].map((one) => one * 100));
  expect(valuesOf("powerWatts")).toEqual([100, 300, 600, 600, 600, 600]);
  expect(valuesOf("cpuCores")).toEqual([4, 8, 12, 12, 12, 12]);

  const heatmap = await fetch(`${address}/heatmap?metric=powerWatts&columns=1`);
  const { ranksPerRow, values } = heatmapDocument.parse(await heatmap.json());
  expect([ranksPerRow, values]).toEqual([
    [[0], [1], [2]],
    [300, 301, 302],
  ]);
  expect(server.bugs).toEqual([]);
});

test("lines of ranks are whole in the log, and the record says which rank printed each", async () => {
  const { shown } = await runJob([
    { kind: "print", text: "half a line, ", rank: 11 },
    { kind: "print", text: "from zero ü\n", rank: 0 },
    { kind: "print", text: "from zero, to stderr\n", rank: 0, stream: "stderr" },
    { kind: "print", text: "and its end\n", rank: 11 },
    { kind: "print", text: "val_acc=0.95\n", rank: 11 },
    { kind: "print", text: "without a line end", rank: 7 },
  ]);
  if (shown.kind !== "run") throw new Error(shown.kind);
  const log = readFileSync(shown.record.logPath, "utf8");
  expect(log.split("\n").filter((line) => !line.startsWith(":::MLLOG"))).toEqual([
    "from zero ü",
    "from zero, to stderr",
    "half a line, and its end",
    "val_acc=0.95",
    "without a line end",
    "",
  ]);
  const printedBy = async (rank: number): Promise<string> => {
    const parts: Uint8Array[] = [];
    for await (const bytes of shown.record.readLogOfRank(rank)) parts.push(bytes);
    return Buffer.concat(parts).toString();
  };
  expect(await printedBy(0)).toBe("from zero ü\nfrom zero, to stderr\n");
  expect(await printedBy(11)).toBe("half a line, and its end\nval_acc=0.95\n");
  expect(await printedBy(7)).toBe("without a line end");
  expect(await printedBy(3)).toBe("");
});

test("a lost host ends the job, and the result names it", async () => {
  const { result, events, page, shown } = await runJob([
    { kind: "print", text: "val_acc=0.5\n", afterMs: 1000 },
    { kind: "lose-host", host: "node-b", reason: "no answer for 30 s", afterMs: 30_000 },
    { kind: "hang" },
  ]);
  expect(result?.outcome).toEqual({ kind: "died", bestQuality: 0.5 });
  expect(result?.findings).toEqual([
    { rule: "host-lost", host: "node-b", reason: "no answer for 30 s" },
  ]);
  expect(events.flatMap((event) => (event.kind === "stopping" ? [event.reason] : []))).toEqual([
    "failure",
  ]);
  expect(page).toContain("host `node-b` lost: no answer for 30 s");
  expect(shown.page.job.ranks.map(({ state }) => state.kind)).toEqual(
    hosts.flatMap((host) => Array(4).fill(host === "node-b" ? "host-lost" : "exited")),
  );
});

test("a failed rank ends the others, and the result names the first that failed", async () => {
  const { result } = await runJob([
    { kind: "print", text: "val_acc=0.5\n", afterMs: 1000 },
    { kind: "exit", rank: 6, exit: { kind: "signalled", signal: "SIGKILL" }, afterMs: 1000 },
    { kind: "hang" },
  ]);
  expect(result?.outcome).toEqual({ kind: "died", signal: "SIGKILL", bestQuality: 0.5 });
  expect(result?.findings).toEqual([
    { rule: "rank-failed", host: "node-b", rank: 6, signal: "SIGKILL" },
  ]);
});
