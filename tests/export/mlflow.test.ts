import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createSocket } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import { describe, expect, onTestFinished, test } from "vitest";
import { pitwall, temporaryFolder, transcript } from "../support/pitwall.ts";
import { exportedSeries } from "./exported-series.ts";
import { formatsPython, hasModules, pythonJson } from "./format-tools.ts";

const isAvailable = hasModules(["mlflow.server"]);

const readRuns = `
import json, sys
from mlflow.tracking import MlflowClient
client = MlflowClient(sys.argv[1])
experiment = client.get_experiment_by_name(sys.argv[2])
runs = client.search_runs([experiment.experiment_id], order_by=["attributes.start_time"])
print(json.dumps([{
    "name": run.info.run_name,
    "status": run.info.status,
    "start": run.info.start_time,
    "end": run.info.end_time,
    "params": run.data.params,
    "metrics": run.data.metrics,
    "tags": run.data.tags,
    "history": [[m.value, m.step, m.timestamp] for m in client.get_metric_history(run.info.run_id, "val_acc")],
} for run in runs]))
`;

/** What the client has to read of both runs. */
function expectedRuns(runIds: readonly string[]): object[] {
  return runIds.map((runId, index) => ({
    name: `train, seed ${index + 1}`,
    status: "FINISHED",
    params: { seed: String(index + 1), target: "val_acc >= 0.75", step_unit: "samples" },
    metrics: { val_acc: 0.75, reached_target: 1, time_to_train_seconds: expect.any(Number) },
    tags: {
      "pitwall.run_id": runId,
      "pitwall.outcome": "reached",
      "mlflow.note.content": expect.stringContaining("val_acc >= 0.75, reached"),
    },
    history: [
      [0.5, 100, expect.any(Number)],
      [0.75, 200, expect.any(Number)],
    ],
  }));
}

describe("pitwall export --format mlflow", () => {
  test.runIf(isAvailable)("writes a file store that the client reads", async () => {
    const { cwd, seriesId, runIds } = await exportedSeries(["--tag", "été:x=1"]);
    const ran = await pitwall(["export", seriesId, "--format", "mlflow", "--out", "my runs"], {
      cwd,
    });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(ran.stdout).toBe(`${join(cwd, "my runs")}\n`);
    const env = { MLFLOW_ALLOW_FILE_STORE: "true" };
    const read = await pythonJson(readRuns, [join(cwd, "my runs"), "train"], env);
    expect(read).toMatchObject(expectedRuns(runIds));
    const shown = JSON.parse((await pitwall(["show", runIds[0] ?? "", "--json"], { cwd })).stdout);
    const { clock } = shown.result.runs[0].result;
    expect(read).toMatchObject([{ tags: { _t__x: "1" }, params: { "tag._t__x": "1" } }, {}]);
    expect(read).toMatchObject([
      { start: Math.round(clock.launchedMs), end: Math.round(clock.endedMs) },
      {},
    ]);
  });

  test.runIf(isAvailable)(
    "sends runs to a server, and each only once",
    async () => {
      const url = await startMlflow();
      const { cwd, seriesId, runIds } = await exportedSeries();
      const words = ["export", seriesId, "--format", "mlflow", "--tracking-uri", url];
      const ran = await pitwall([...words, "--experiment", "it's mine", "--json"], { cwd });
      expect(ran.exitCode, ran.stderr).toBe(0);
      const uploaded = z
        .object({ result: z.object({ runs: z.array(z.object({ url: z.string() })) }) })
        .parse(JSON.parse(ran.stdout)).result.runs;
      expect(uploaded).toHaveLength(2);
      const read = await pythonJson(readRuns, [url, "it's mine"]);
      expect(read).toMatchObject(expectedRuns(runIds));
      const again = await pitwall([...words, "--experiment", "it's mine"], { cwd });
      const masked = transcript(again, cwd).replaceAll(url, "<url>");
      expect(masked.replaceAll(/\d+\/runs\/[\da-f]{32}/gu, "<run>")).toMatchInlineSnapshot(`
      "exit 2
      stderr:
      error[run-exists]: experiment \`it's mine\` already contains \`train-<id>-1\`
        at <url>/#/experiments/<run>

      hint: delete that run on the server, or choose another experiment with \`--experiment\`"
    `);
      expect(await pythonJson(readRuns, [url, "it's mine"])).toHaveLength(2);
    },
    240_000,
  );

  test("reports a server that does not answer", async () => {
    const { cwd, runIds } = await exportedSeries();
    const url = `http://127.0.0.1:${await freePort()}`;
    const words = ["export", runIds[0] ?? "", "--format", "mlflow", "--tracking-uri", url];
    const text = transcript(await pitwall(words, { cwd }), cwd);
    expect(text.replaceAll(/127\.0\.0\.1:\d+/gu, "<server>")).toMatchInlineSnapshot(`
      "exit 3
      stderr:
      error[server-unreachable]: cannot reach the MLflow server at http://<server>
        at --tracking-uri
        connect ECONNREFUSED <server>

      hint: check the address, and that the server is running: \`mlflow server --port 5000\`"
    `);
  });

  test.each([
    { name: "denies access", status: 401, headers: {}, code: "server-denied-access" },
    { name: "forbids access", status: 403, headers: {}, code: "server-denied-access" },
    { name: "is another program", status: 200, headers: {}, code: "not-an-mlflow-server" },
    { name: "has no such page", status: 404, headers: {}, code: "not-an-mlflow-server" },
    {
      name: "redirects to another address",
      status: 302,
      headers: { location: "http://192.0.2.1/login" },
      code: "server-redirects",
    },
    { name: "fails", status: 500, headers: {}, code: "server-failed" },
  ])("reports a server that $name", async ({ status, headers, code }) => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(status, headers).end("<html>");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = z.object({ port: z.number() }).parse(server.address());
    const { cwd, runIds } = await exportedSeries();
    const words = ["export", runIds[0] ?? "", "--format", "mlflow", "--json"];
    const ran = await pitwall([...words, "--tracking-uri", `http://127.0.0.1:${port}/`], {
      cwd,
      env: { MLFLOW_TRACKING_TOKEN: "secret" },
    });
    expect(JSON.parse(ran.stdout).error).toMatchObject({ code });
    expect(seen).toEqual(["Bearer secret"]);
    expect(ran.stdout + ran.stderr).not.toContain("secret");
  });

  test("refuses an invalid address, and `--out` together with a server", async () => {
    const { cwd, runIds } = await exportedSeries();
    const words = ["export", runIds[0] ?? "", "--format", "mlflow", "--tracking-uri"];
    const local = await pitwall([...words, "file:///tmp/mlruns"], { cwd });
    const both = await pitwall([...words, "http://localhost", "--out", "x"], { cwd });
    expect([transcript(local, cwd), transcript(both, cwd)].join("\n\n")).toMatchInlineSnapshot(`
      "exit 2
      stderr:
      error[tracking-uri-invalid]: invalid tracking URI \`file:///tmp/mlruns\`
        at --tracking-uri

      hint: use the address of an MLflow server, such as \`http://localhost:5000\`; without \`--tracking-uri\`, a file store is written

      exit 2
      stderr:
      error[option-unused]: \`--out\` has no effect with \`--tracking-uri\`
        at --out

      hint: omit one of them: \`--tracking-uri\` sends the runs to a server and writes no files"
    `);
  });
});

async function freePort(): Promise<number> {
  const server = createSocket().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = z.object({ port: z.number() }).parse(server.address());
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a real `mlflow server` with a database of its own; it is killed when the test ends. */
async function startMlflow(): Promise<string> {
  const folder = temporaryFolder();
  const port = await freePort();
  const words = ["-m", "mlflow", "server", "--host", "127.0.0.1", "--port", String(port)];
  const server = spawn(
    formatsPython,
    [...words, "--workers", "1", "--backend-store-uri", `sqlite:///${join(folder, "mlflow.db")}`],
    {
      cwd: folder,
      env: { PATH: process.env["PATH"] ?? "", HOME: folder },
      detached: true,
      stdio: "ignore",
    },
  );
  const { pid } = server;
  if (pid === undefined) throw new Error("mlflow did not start");
  onTestFinished(() => void process.kill(-pid, "SIGKILL"));
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(url, server);
  return url;
}

async function untilHealthy(url: string, server: { exitCode: number | null }): Promise<void> {
  const deadlineMs = Date.now() + 180_000;
  for (;;) {
    if (server.exitCode !== null) throw new Error(`mlflow server exited with ${server.exitCode}`);
    const response = await fetch(`${url}/health`).catch(() => undefined);
    if (response?.ok === true) return;
    if (Date.now() > deadlineMs) throw new Error("mlflow server did not become healthy");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
