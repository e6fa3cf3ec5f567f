import { z } from "zod";
import { nearestWord } from "../foundation/nearest-word.ts";
import { UserError } from "../foundation/user-error.ts";
import { runRequest } from "./run/run-request.ts";
import { runResult } from "./run/run-result.ts";
import { workloadFile } from "./run/workload-file.ts";

const schemas = { workload: workloadFile, run: runRequest, result: runResult } as const;

export const schemaNames: readonly string[] = Object.keys(schemas);

/**
 * A file's schema, for editors and other programs.
 *
 * @throws UserError `unknown-schema`
 */
export function jsonSchema(name: string): object {
  const schema = Object.entries(schemas).find(([known]) => known === name)?.[1];
  if (schema !== undefined) return z.toJSONSchema(schema);
  const nearest = nearestWord(name, schemaNames);
  throw new UserError("unknown-schema", `unknown schema \`${name}\``, {
    hint:
      nearest === undefined ? `schemas: ${schemaNames.join(", ")}` : `did you mean \`${nearest}\`?`,
  });
}
