import type { Accelerator } from "../../schema/catalogue.ts";
import type { MachineFit } from "../../schema/plan/fit-answer.ts";
import { memoryOfLayout, sumOfParts } from "../memory/memory-of-layout.ts";
import { findSavings } from "./find-savings.ts";
import { capacityBytes } from "../memory/capacity-bytes.ts";
import { type FitRequest, layoutOn, requestBytes } from "./fit-request.ts";

/** Largest number of sequences that is tried. */
const mostSequences = 2 ** 16;
/** Sequences are tried in steps of this many tokens, up to 16 million. */
const sequenceStep = 128;
const mostSteps = 2 ** 17;
/** Most accelerators of one kind that are tried. */
export const mostAccelerators = 16_384;

/** Whether a training fits on accelerators of one kind, and what would make it fit. */
export function fitOnMachine(
  request: FitRequest,
  accelerator: Accelerator,
  count: number,
): MachineFit {
  const capacity = capacityBytes(accelerator);
  const parts = memoryOfLayout(request.shape, layoutOn(request.layout, count), { count });
  const memoryBytes = sumOfParts(parts);
  const fits = memoryBytes <= capacity;
  const fittingCount = fits ? undefined : fewestAccelerators(request, capacity, count);
  return {
    accelerator: accelerator.name,
    count,
    capacityBytes: capacity,
    fits,
    memoryBytes,
    memoryBytesPerAccelerator: parts,
    largestMicroBatch: largestMicroBatch(request, count, capacity),
    longestSequence: longestSequence(request, count, capacity),
    savings: fits ? [] : findSavings(request, count, capacity),
    ...(fittingCount === undefined ? {} : { fittingCount }),
  };
}

/** Fewest accelerators, in steps of a factor of 2, on which a training fits. */
export function fewestAccelerators(
  request: FitRequest,
  capacity: number,
  from: number,
): number | undefined {
  for (let count = from; count <= mostAccelerators; count *= 2) {
    if (requestBytes(sharedRequest(request, count), count) <= capacity) return count;
  }
  return undefined;
}

/** Several accelerators share the states of a training, unless the request says how. */
function sharedRequest(request: FitRequest, count: number): FitRequest {
  if (count === 1 || request.layout.sharding !== undefined) return request;
  return { ...request, layout: { ...request.layout, sharding: "fsdp" } };
}

function largestMicroBatch(request: FitRequest, count: number, capacity: number): number {
  return largestThat(mostSequences, (microBatch) => {
    const layout = { ...request.layout, microBatch };
    return requestBytes({ ...request, layout }, count) <= capacity;
  });
}

function longestSequence(request: FitRequest, count: number, capacity: number): number {
  const steps = largestThat(mostSteps, (step) => {
    const shape = { ...request.shape, seq: step * sequenceStep };
    return requestBytes({ ...request, shape }, count) <= capacity;
  });
  return steps * sequenceStep;
}

/** Largest whole number from 1 to `most` that fits, 0 if not even 1 does; what is larger than one that does not, does not. */
function largestThat(most: number, fits: (value: number) => boolean): number {
  let good = 0;
  let bad = most + 1;
  for (let step = 1; step <= most && fits(step); step *= 2) good = step;
  if (good === 0) return 0;
  bad = Math.min(bad, good * 2);
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
