import type { StepData } from "../../planner/step/predict-step.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { Calibration, StepEvidenceList } from "../../schema/plan/calibration.ts";
import type { LayerCalibration, LayerModelFit } from "../../schema/plan/layer-calibration.ts";
import type { PlannerModel, PlannerModelList } from "../../schema/plan/planner-models.ts";
import { readAccelerators } from "../../store/catalogue/catalogue.ts";
import { readShippedTable } from "../../store/catalogue/read-shipped-table.ts";

/** Everything that ships for predictions of step times. */
export interface PlannerData extends StepData {
  accelerators: readonly Accelerator[];
  models: readonly PlannerModel[];
  layerFits: readonly LayerModelFit[];
}

export async function loadPlannerData(): Promise<PlannerData> {
  const [accelerators, models, calibration, evidence, layers] = await Promise.all([
    readAccelerators(),
    readShippedTable<PlannerModelList>("planner/models.json"),
    readShippedTable<Calibration>("planner/calibration.json"),
    readShippedTable<StepEvidenceList>("planner/step-evidence.json"),
    readShippedTable<LayerCalibration>("planner/layer-models.json"),
  ]);
  return {
    accelerators,
    models: models.entries,
    calibration,
    evidence: evidence.entries,
    layerFits: layers.entries,
  };
}
