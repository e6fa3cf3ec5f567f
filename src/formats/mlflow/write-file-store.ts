import type { ExportedRun } from "../../schema/run/exported-run.ts";
import type { FolderContext, FormatFile, WriterOptionValues } from "../format.ts";
import { defaultExperiment, mlflowRun, type MlflowMetric, type MlflowRun } from "./mlflow-run.ts";

/** Writes runs as one experiment of an MLflow file store (`mlruns`). */
export function writeFileStore(
  pages: readonly ExportedRun[],
  { experiment = defaultExperiment(pages) }: WriterOptionValues,
  { folder, cardOf }: FolderContext,
): FormatFile[] {
  const runs = pages.map((page) => mlflowRun(page, cardOf(page)));
  const createdMs = Math.min(...runs.map(({ startTime }) => startTime));
  // MLflow's own ids are numbers of 18 digits; any number but 0, the default experiment, is valid.
  const experimentId = String(createdMs);
  const location = `${fileUrl(folder)}/${experimentId}`;
  const meta = {
    artifact_location: location,
    creation_time: createdMs,
    experiment_id: experimentId,
    last_update_time: createdMs,
    lifecycle_stage: "active",
    name: experiment,
  };
  return [
    textFile(`${experimentId}/meta.yaml`, yamlText(meta)),
    ...runs.flatMap((run) => runFiles(run, { experimentId, location })),
  ];
}

function runFiles(
  run: MlflowRun,
  { experimentId, location }: { experimentId: string; location: string },
): FormatFile[] {
  const { uuid, runName, startTime, endTime, status, user, params, tags, metrics } = run;
  const meta = {
    artifact_uri: `${location}/${uuid}/artifacts`,
    end_time: endTime ?? null,
    entry_point_name: "",
    experiment_id: experimentId,
    lifecycle_stage: "active",
    run_id: uuid,
    run_name: runName,
    run_uuid: uuid,
    source_name: "",
    source_type: localSource,
    source_version: "",
    start_time: startTime,
    status: statusCodes[status],
    tags: [],
    user_id: user,
  };
  const folder = `${experimentId}/${uuid}`;
  return [
    textFile(`${folder}/meta.yaml`, yamlText(meta)),
    ...requiredFolders.map((name): FormatFile => {
      return { path: `${folder}/${name}`, content: { kind: "folder" } };
    }),
    ...params.map(({ key, value }) => textFile(`${folder}/params/${key}`, value)),
    ...tags.map(({ key, value }) => textFile(`${folder}/tags/${key}`, value)),
    textFile(`${folder}/tags/mlflow.runName`, runName),
    ...[...pointsByKey(metrics)].map(([key, points]) =>
      textFile(`${folder}/metrics/${key}`, points.map(pointLine).join("")),
    ),
  ];
}

/** MLflow ignores a run without them. */
const requiredFolders = ["metrics", "params", "artifacts"] as const;
const localSource = 4;
const statusCodes = { RUNNING: 1, FINISHED: 3, FAILED: 4, KILLED: 5 } as const;

function pointsByKey(metrics: readonly MlflowMetric[]): Map<string, MlflowMetric[]> {
  const groups = new Map<string, MlflowMetric[]>();
  for (const metric of metrics) {
    const group = groups.get(metric.key);
    if (group === undefined) groups.set(metric.key, [metric]);
    else group.push(metric);
  }
  return groups;
}

function pointLine({ timestamp, value, step }: MlflowMetric): string {
  return `${timestamp} ${value} ${step}\n`;
}

function textFile(path: string, text: string): FormatFile {
  return { path, content: { kind: "text", text } };
}

/** One line per field; a JSON value is also a YAML value. */
function yamlText(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    .join("");
}

function fileUrl(folder: string): string {
  const path = folder.replaceAll("\\", "/").replace(/^(?!\/)/u, "/");
  return `file://${path.split("/").map(encodeURIComponent).join("/")}`;
}
