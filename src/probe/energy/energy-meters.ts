import { startNvidiaMeter, type NvidiaMeter } from "./nvidia-meter.ts";
import type { GpuRow } from "./parse-nvidia-smi.ts";
import { openRaplMeter } from "./rapl-meter.ts";

/** Energy of one part of the machine since the meters were opened. */
export interface MeteredEnergy {
  part: "processors" | "memory" | "accelerators";
  meter: "rapl" | "nvml";
  joules: number;
  covers: string;
  /** The measured interval, if shorter than the time the meters were open. */
  intervalMs: number | undefined;
}

export interface EnergyMeters {
  /** Only meters that exist; parts do not overlap. */
  read(): readonly MeteredEnergy[];
  gpus(): readonly GpuRow[];
  /** Why a meter is missing. */
  reasons(): readonly string[];
  stop(): void;
}

/** Opens every meter this machine has. */
export function openEnergyMeters(options: {
  powercap?: string | undefined;
  nvidiaSmi?: string | undefined;
  gpuUuids: readonly string[] | undefined;
  intervalMs: number;
}): EnergyMeters {
  const rapl = openRaplMeter(options.powercap);
  const nvidia = startNvidiaMeter({
    program: options.nvidiaSmi,
    intervalMs: options.intervalMs,
    gpuUuids: options.gpuUuids,
  });

  function read(): readonly MeteredEnergy[] {
    const readings: MeteredEnergy[] = [];
    if (rapl.kind === "open") {
      const joules = rapl.read();
      const whole = `of the whole machine, ${rapl.packageCount} packages`;
      const common = { meter: "rapl", intervalMs: undefined } as const;
      readings.push({
        ...common,
        part: "processors",
        joules: joules.package,
        covers: `processors ${whole}`,
      });
      if (joules.dram !== undefined) {
        readings.push({
          ...common,
          part: "memory",
          joules: joules.dram,
          covers: `memory ${whole}`,
        });
      }
    }
    const gpus = nvidia.energy();
    if (gpus !== undefined) {
      readings.push({
        part: "accelerators",
        meter: "nvml",
        joules: gpus.joules,
        covers: `${gpus.gpuCount} GPUs, by ${gpus.from}`,
        intervalMs: gpus.intervalMs,
      });
    }
    return readings;
  }

  return {
    read,
    gpus: () => nvidia.latest(),
    reasons: () => [
      ...(rapl.kind === "absent" ? [`no processor meter: ${rapl.reason}`] : []),
      ...(nvidia.energy() === undefined && options.gpuUuids?.length !== 0
        ? [missingGpuEnergy(nvidia)]
        : []),
    ],
    stop: () => nvidia.stop(),
  };
}

function missingGpuEnergy(nvidia: NvidiaMeter): string {
  const gpus = nvidia.latest();
  if (gpus.length === 0) return `no GPU meter: ${nvidia.reason() ?? "no reading came"}`;
  const which = gpus.length === 1 ? "this GPU reports" : "these GPUs report";
  const isSilent = gpus.every(
    ({ powerWatts, totalJoules }) => powerWatts === undefined && totalJoules === undefined,
  );
  const why = isSilent ? `${which} no power` : "the run ended before a second reading";
  return `GPU energy is not included: ${why}`;
}
