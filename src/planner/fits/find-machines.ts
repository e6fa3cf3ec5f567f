import type { AcceleratorPrice } from "../../schema/atlas/answers/figures.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { FittingMachine } from "../../schema/plan/fit-answer.ts";
import type { Precision } from "../../schema/plan/training-layout.ts";
import { fewestAccelerators } from "./fit-on-machine.ts";
import { capacityBytes } from "../memory/capacity-bytes.ts";
import { type FitRequest, requestBytes } from "./fit-request.ts";

/** The machines of a catalogue on which a training fits. */
export interface FittingMachines {
  /** With the least memory of all; the cheaper one of equally small ones. */
  smallest?: FittingMachine;
  /** With the lowest price per hour, among those that have a price of the last two years. */
  cheapest?: FittingMachine;
}

/** Vendors whose accelerators run the programs in question: PyTorch with CUDA or ROCm. */
const vendors = new Set(["NVIDIA", "AMD"]);

/** Finds the smallest and the cheapest machine on which a training fits as it is. */
export function findMachines(
  request: FitRequest,
  accelerators: readonly Accelerator[],
  prices: ReadonlyMap<string, AcceleratorPrice>,
): FittingMachines {
  const machines = accelerators
    .filter((one) => vendors.has(one.vendor) && computesIn(one, request.layout.precision))
    .flatMap((one) => fittingMachine(request, one, prices.get(one.name)) ?? []);
  const smallest = machines.toSorted((a, b) => sizeOf(a) - sizeOf(b) || priceOf(a) - priceOf(b))[0];
  const newest = Math.max(...[...prices.values()].map(({ date }) => yearOf(date)));
  const cheapest = machines
    .filter(({ priceDate }) => priceDate !== undefined && newest - yearOf(priceDate) <= 1)
    .toSorted((a, b) => priceOf(a) - priceOf(b) || sizeOf(a) - sizeOf(b))[0];
  return {
    ...(smallest === undefined ? {} : { smallest }),
    ...(cheapest === undefined ? {} : { cheapest }),
  };
}

function fittingMachine(
  request: FitRequest,
  accelerator: Accelerator,
  price: AcceleratorPrice | undefined,
): FittingMachine | undefined {
  const capacity = capacityBytes(accelerator);
  const { tp, pp, cp } = request.layout;
  const count = fewestAccelerators(request, capacity, tp * pp * cp);
  if (count === undefined) return undefined;
  const sharding = request.layout.sharding ?? (count > 1 ? "fsdp" : "none");
  const layout = { ...request.layout, sharding };
  return {
    accelerator: accelerator.name,
    count,
    capacityBytes: capacity,
    memoryBytes: requestBytes({ ...request, layout }, count),
    ...(price === undefined
      ? {}
      : {
          usdPerHour: price.usdPerHour * count,
          priceDate: price.date,
          priceProviders: [...price.providers],
        }),
  };
}

function computesIn({ peakFlopPerSecond }: Accelerator, precision: Precision): boolean {
  switch (precision) {
    case "mxfp8":
      return peakFlopPerSecond.fp4 !== undefined;
    case "nvfp4":
      return peakFlopPerSecond.fp4 !== undefined;
    case "bf16":
    case "fp16":
    case "fp8":
    case "tf32":
    case "fp32":
      return peakFlopPerSecond[precision] !== undefined;
  }
}

/** `2025-12`, `2025-03-07`, `2023`. */
function yearOf(date: string): number {
  return Number(date.slice(0, 4));
}

function sizeOf({ count, capacityBytes }: FittingMachine): number {
  return count * capacityBytes;
}

function priceOf({ usdPerHour }: FittingMachine): number {
  return usdPerHour ?? Number.POSITIVE_INFINITY;
}
