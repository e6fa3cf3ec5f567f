import {
  diagnosisDocument,
  type DiagnosisDocument,
} from "../../src/schema/dashboard/diagnosis-page.ts";
import { fetchDocument, runPath } from "../api.ts";

export function fetchDiagnosis(runId: string, signal: AbortSignal): Promise<DiagnosisDocument> {
  return fetchDocument(diagnosisDocument, `${runPath(runId)}/diagnosis`, { signal });
}
