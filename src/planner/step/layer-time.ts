import type { LayerTime } from "./step-context.ts";

/** What takes no time. */
export const noTime: LayerTime = {
  gemm: 0,
  attention: 0,
  elementwise: 0,
  tensorParallel: 0,
  contextParallel: 0,
  expertParallel: 0,
  gap: 0,
};

/** The times of two parts of a layer together. */
export function addTimes(a: LayerTime, b: LayerTime): LayerTime {
  return {
    gemm: a.gemm + b.gemm,
    attention: a.attention + b.attention,
    elementwise: a.elementwise + b.elementwise,
    tensorParallel: a.tensorParallel + b.tensorParallel,
    contextParallel: a.contextParallel + b.contextParallel,
    expertParallel: a.expertParallel + b.expertParallel,
    gap: a.gap + b.gap,
  };
}

/** Each time, multiplied by a factor. */
export function scaleTime(time: LayerTime, by: number): LayerTime {
  return {
    gemm: time.gemm * by,
    attention: time.attention * by,
    elementwise: time.elementwise * by,
    tensorParallel: time.tensorParallel * by,
    contextParallel: time.contextParallel * by,
    expertParallel: time.expertParallel * by,
    gap: time.gap * by,
  };
}
