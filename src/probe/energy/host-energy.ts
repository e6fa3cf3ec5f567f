import type { PlacedAgentSample } from "../../schema/run/events/agent-sample.ts";

type Part = "processors" | "memory" | "accelerators";

/** Energy of one host from the samples of its agent: counters of the processors, and the power of GPUs over time. */
export class HostEnergy {
  readonly #joules = new Map<Part, number>();
  #last: PlacedAgentSample | undefined;
  #firstMs = 0;
  #gpuCount = 0;

  /** Time between the first and the last sample. */
  get intervalMs(): number {
    return this.#last === undefined ? 0 : this.#last.timeMs - this.#firstMs;
  }

  push(sample: PlacedAgentSample): void {
    const last = this.#last;
    this.#last = sample;
    if (last === undefined) {
      this.#firstMs = sample.timeMs;
      return;
    }
    const seconds = Math.max(0, sample.timeMs - last.timeMs) / 1000;
    for (const [zone, joules] of Object.entries(sample.joules)) {
      const before = last.joules[zone];
      // A counter that went down has wrapped around: its step is unknown and counts as nothing.
      if (before !== undefined) this.#add(partOf(zone), Math.max(0, joules - before));
    }
    const powers = sample.gpus.flatMap(({ powerWatts }) =>
      powerWatts === null ? [] : [powerWatts],
    );
    if (powers.length === 0) return;
    this.#gpuCount = powers.length;
    this.#add("accelerators", powers.reduce((sum, watts) => sum + watts, 0) * seconds);
  }

  joulesByMeter(): Record<string, number> {
    return Object.fromEntries(
      [...this.#joules].map(([part, joules]) => [`${meterOf(part)} ${part}`, joules]),
    );
  }

  /** What the meter of a part measured; undefined if it has none. */
  reading(part: Part): { joules: number; intervalMs: number; unitCount: number } | undefined {
    const joules = this.#joules.get(part);
    if (joules === undefined) return undefined;
    const unitCount = part === "accelerators" ? this.#gpuCount : 1;
    return { joules, intervalMs: this.intervalMs, unitCount };
  }

  #add(part: Part | undefined, joules: number): void {
    if (part !== undefined) this.#joules.set(part, (this.#joules.get(part) ?? 0) + joules);
  }
}

function meterOf(part: Part): string {
  return part === "accelerators" ? "nvml" : "rapl";
}

/** `intel-rapl:0 package-0`; parts inside a package are contained in it, except the memory. */
function partOf(zone: string): Part | undefined {
  if (/ package/u.test(zone)) return "processors";
  return zone.endsWith(" dram") ? "memory" : undefined;
}
