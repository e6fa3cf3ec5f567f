import {
  referencesDocument,
  referencesFile,
  type ReferencesDocument,
} from "../../src/schema/dashboard/references-page.ts";
import { fetchDocument, type QueryParameters } from "../api.ts";
import { isStaticSite } from "../router.ts";

export function fetchReferences(
  parameters: QueryParameters,
  signal: AbortSignal,
): Promise<ReferencesDocument> {
  const { benchmark, edition } = parameters;
  if (isStaticSite) {
    const path = referencesFile(textOf(benchmark), textOf(edition));
    return fetchDocument(referencesDocument, path, { signal });
  }
  return fetchDocument(referencesDocument, "api/references", { parameters, signal });
}

function textOf(value: QueryParameters[string]): string | undefined {
  return value === undefined ? undefined : encodeURIComponent(value);
}
