import type { RunPage } from "./run-page.ts";
import type { TelemetrySeries } from "./measured/telemetry-series.ts";

/** A run with all that formats write of it. */
export interface ExportedRun extends RunPage {
  /** Empty in formats without telemetry. */
  telemetry: readonly TelemetrySeries[];
}
