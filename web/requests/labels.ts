import { labelDocument, type LabelRequest } from "../../src/schema/dashboard/label-request.ts";
import { postDocument, runPath } from "../api.ts";

/** Changes tags, the note, or whether a run is archived. */
export async function changeLabels(runId: string, change: LabelRequest): Promise<void> {
  await postDocument(labelDocument, `${runPath(runId)}/labels`, change);
}
