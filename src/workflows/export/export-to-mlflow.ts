import { z } from "zod";
import { UserError } from "../../foundation/errors/user-error.ts";
import { logBatches } from "../../formats/mlflow/log-batches.ts";
import { defaultExperiment, mlflowRun, type MlflowRun } from "../../formats/mlflow/mlflow-run.ts";
import type { ExportedRun } from "../../schema/run/exported-run.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import { type MlflowAddress, MlflowServer } from "../../store/tracking/mlflow-server.ts";

/** A run on the server. */
export interface UploadedRun {
  runId: string;
  /** Its id on the server. */
  serverRunId: string;
  /** Its page. */
  url: string;
}

export interface MlflowUpload {
  server: string;
  experiment: string;
  runs: UploadedRun[];
}

interface UploadRequest {
  address: MlflowAddress;
  /** Default: the name of the runs. */
  experiment: string | undefined;
  cardOf: (run: RunPage) => string;
  signal: AbortSignal;
}

const emptyReply = z.object({});
const experimentReply = z.object({
  experiment: z.object({ experiment_id: z.string(), lifecycle_stage: z.string().optional() }),
});
const createdExperiment = z.object({ experiment_id: z.string() });
const foundRuns = z.object({
  runs: z.array(z.object({ info: z.object({ run_id: z.string() }) })).optional(),
});
const createdRun = z.object({ run: z.object({ info: z.object({ run_id: z.string() }) }) });

/**
 * Creates a run on an MLflow server for each run, in one experiment, which is created if it does not exist. If a run
 * cannot be uploaded completely, it is deleted again.
 *
 * @throws UserError `experiment-deleted`, `run-exists`, and what `MlflowServer` throws
 */
export async function exportToMlflow(
  pages: readonly ExportedRun[],
  { address, experiment = defaultExperiment(pages), cardOf, signal }: UploadRequest,
): Promise<MlflowUpload> {
  const server = new MlflowServer(address);
  const experimentId = await experimentNamed(server, experiment, signal);
  const runs = pages.map((page) => mlflowRun(page, cardOf(page)));
  for (const { runId } of runs)
    await requireNew(server, { experiment, experimentId, runId, signal });
  const uploaded: UploadedRun[] = [];
  for (const run of runs) {
    const serverRunId = await uploadRun(server, run, { experimentId, signal });
    const url = `${server.url}/#/experiments/${experimentId}/runs/${serverRunId}`;
    uploaded.push({ runId: run.runId, serverRunId, url });
  }
  return { server: server.url, experiment, runs: uploaded };
}

async function experimentNamed(
  server: MlflowServer,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const query = `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
  const found = await server.request(query, { shape: experimentReply, signal });
  if (found?.experiment.lifecycle_stage === "deleted") {
    throw new UserError("experiment-deleted", `the experiment \`${name}\` was deleted`, {
      at: server.url,
      hint: "restore it (`mlflow experiments restore`), or choose another with `--experiment`",
    });
  }
  if (found !== undefined) return found.experiment.experiment_id;
  const created = await post(server, "experiments/create", {
    body: { name },
    shape: createdExperiment,
    signal,
  });
  return created.experiment_id;
}

/** A second export would show the same run twice. */
async function requireNew(
  server: MlflowServer,
  {
    experiment,
    experimentId,
    runId,
    signal,
  }: { experiment: string; experimentId: string; runId: string; signal: AbortSignal },
): Promise<void> {
  const { runs = [] } = await post(server, "runs/search", {
    body: {
      experiment_ids: [experimentId],
      filter: `tags.\`pitwall.run_id\` = '${runId}'`,
      max_results: 1,
    },
    shape: foundRuns,
    signal,
  });
  const [found] = runs;
  if (found === undefined) return;
  throw new UserError("run-exists", `experiment \`${experiment}\` already contains \`${runId}\``, {
    at: `${server.url}/#/experiments/${experimentId}/runs/${found.info.run_id}`,
    hint: "delete that run on the server, or choose another experiment with `--experiment`",
  });
}

async function uploadRun(
  server: MlflowServer,
  run: MlflowRun,
  { experimentId, signal }: { experimentId: string; signal: AbortSignal },
): Promise<string> {
  const { runName, user, startTime, endTime, status } = run;
  const { run: created } = await post(server, "runs/create", {
    body: { experiment_id: experimentId, run_name: runName, user_id: user, start_time: startTime },
    shape: createdRun,
    signal,
  });
  const runId = created.info.run_id;
  try {
    for (const batch of logBatches(run))
      await post(server, "runs/log-batch", {
        body: { run_id: runId, ...batch },
        shape: emptyReply,
        signal,
      });
    await post(server, "runs/update", {
      body: { run_id: runId, status, end_time: endTime },
      shape: emptyReply,
      signal,
    });
  } catch (error) {
    // The first failure is the one to report.
    await server
      .request("runs/delete", { body: { run_id: runId }, shape: emptyReply })
      .catch(() => undefined);
    throw error;
  }
  return runId;
}

/** A request for something that has to exist. */
async function post<Shape extends z.ZodType>(
  server: MlflowServer,
  path: string,
  request: { body: unknown; shape: Shape; signal: AbortSignal },
): Promise<z.output<Shape>> {
  const reply = await server.request(path, request);
  if (reply !== undefined) return reply;
  throw new UserError("not-an-mlflow-server", `${server.url} does not support \`${path}\``, {
    at: "--tracking-uri",
  });
}
