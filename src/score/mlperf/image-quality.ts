import { isJsonObject } from "../../foundation/json.ts";
import type { LogEvent } from "../../schema/logs/log-event.ts";
import type { LoggedConvergence } from "../../schema/logs/submission.ts";

/** Stable Diffusion logs its two metrics on separate lines, in any order. */
export interface ImageQuality {
  push(event: LogEvent): void;
  /** Returns the earliest point where both metrics meet their targets. */
  converged(): LoggedConvergence;
}

/** Quality targets of stable_diffusion, rounds 3.1 to 5.0 (mlcommons/logging, rcp_checker). */
const highestFid = 90;
const lowestClip = 0.15;

/** @param field the metadata field with the training progress */
export function createImageQuality(field: "step_num" | "samples_count"): ImageQuality {
  const seen = new Map<number, Map<string, number>>();
  return {
    push({ value, metadata }) {
      if (!isJsonObject(metadata) || typeof value !== "number") return;
      const { [field]: at, metric } = metadata;
      if (typeof at !== "number" || typeof metric !== "string") return;
      const metrics = seen.get(at) ?? new Map<string, number>();
      seen.set(at, metrics.set(metric, value));
    },
    converged() {
      const passing = [...seen]
        .filter(
          ([, metrics]) =>
            (metrics.get("FID") ?? Number.POSITIVE_INFINITY) <= highestFid &&
            (metrics.get("CLIP") ?? 0) >= lowestClip,
        )
        .map(([at]) => at);
      return passing.length === 0
        ? { kind: "not-stated", field }
        : { kind: "converged", amount: Math.min(...passing) };
    },
  };
}
