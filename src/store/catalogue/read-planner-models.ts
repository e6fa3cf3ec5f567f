import type { PlannerModel, PlannerModelList } from "../../schema/plan/planner-models.ts";
import { readShippedTable } from "./read-shipped-table.ts";

const noExperts = { experts: 0, topK: 0, expertFfn: 0, sharedExperts: 0, denseLayers: 0 };
const plainShape = {
  gated: false,
  ...noExperts,
  mtpLayers: 0,
  tiedEmbeddings: false,
  parallelBlock: false,
  bidirectional: false,
};

/** Models that can be named, with their sizes. */
export async function readPlannerModels(): Promise<readonly PlannerModel[]> {
  const { entries } = await readShippedTable<PlannerModelList>("planner/models.json");
  // The file leaves out what most models lack; the schema's defaults are not applied here.
  return entries.map((entry) =>
    Object.assign(entry, { shape: Object.assign({}, plainShape, entry.shape) }),
  );
}
