import { z } from "zod";
import { exportedRuns } from "./documents/run-documents.ts";
import { learnedRun } from "./plan/learned-run.ts";
import { layoutAnswer } from "./plan/step-prediction.ts";
import { layoutLine } from "./plan/training-layout.ts";
import { runRequest } from "./run/request/run-request.ts";
import { runResult } from "./run/outcome/run-result.ts";
import { workloadFile } from "./run/request/workload-file.ts";

const schemas = {
  workload: workloadFile,
  "run.json": runRequest,
  "result.json": runResult,
  "export.json": exportedRuns,
  layout: layoutLine,
  prediction: layoutAnswer,
  "plan-calibration": learnedRun,
} as const;

/** Files with a schema: workload files, the files of a record by name, what `pitwall export --format json` writes, and what `pitwall predict` reads and prints. */
export const fileSchemaNames: readonly string[] = Object.keys(schemas);

/** The JSON Schema of a file, for editors and other programs; `undefined` for other names. */
export function jsonSchema(name: string): object | undefined {
  const schema = Object.entries(schemas).find(([known]) => known === name)?.[1];
  return schema === undefined ? undefined : z.toJSONSchema(schema);
}
