import { gatherTimeMs } from "./collective-time.ts";
import { noTime } from "./layer-time.ts";
import type { LayerLayout, LayerTime, StepContext } from "./step-context.ts";

/** Share of element-wise traffic that belongs to the forward pass. */
const forwardTraffic = 0.4;

/** Forward, gradient of the input, gradient of the weights, and what is repeated. */
export function passes(context: StepContext, layout: LayerLayout): number {
  const repeated =
    layout.recomputed * context.constants.recomputeShare +
    layout.productsRecomputed * context.sizes.everySecondProduct;
  return (context.adapterRank > 0 ? 2 : 3) + repeated;
}

/** Time of `passes` products of [rows, inner] by [inner, columns], with their conversions. */
export function productMs(
  context: StepContext,
  shape: { rows: number; inner: number; columns: number; repeats: number },
): number {
  const { hardware, constants } = context;
  const { rows, inner, columns, repeats } = shape;
  const flop = 2 * rows * inner * columns;
  const bytes = context.operandBytes * (rows * inner + inner * columns) + 2 * rows * columns;
  const narrowest = Math.min(inner, columns);
  const ramp = (narrowest + constants.gemmRampWidth) / narrowest;
  return (
    repeats *
    ((flop * ramp) / (hardware.peakFlopPerMs * constants.gemmPeak * constants.acceleratorRate) +
      (constants.gemmTraffic * bytes) / hardware.memoryBytesPerMs)
  );
}

/** Time to convert the operands of a product: its input forward, the gradient of its output backward. */
export function conversionMs(
  context: StepContext,
  rows: number,
  inner: number,
  columns: number,
): number {
  if (!context.convertsOperands) return 0;
  const bytes = 4 * rows * (inner + columns);
  return (context.constants.quantizeTraffic * bytes) / context.hardware.memoryBytesPerMs;
}

export function trafficMs(context: StepContext, elements: number, layout: LayerLayout): number {
  const repeats = 1 + forwardTraffic * (layout.recomputed + layout.productsRecomputed);
  return (
    (context.constants.elementwiseTraffic * 2 * elements * repeats) /
    context.hardware.memoryBytesPerMs
  );
}

/** A feed-forward layer, or `groups` of them side by side. */
export function ffnTime(
  context: StepContext,
  layout: LayerLayout,
  work: { rows: number; ffn: number; groups: number; tokens: number },
): LayerTime {
  const { sizes } = context;
  const repeats = passes(context, layout);
  const { rows, ffn, groups } = work;
  const inner = sizes.hidden;
  const columns = sizes.inputMatrices * ffn;
  const gemm =
    groups *
    (productMs(context, { rows, inner, columns, repeats }) +
      productMs(context, { rows, inner: ffn, columns: inner, repeats }));
  const conversion =
    groups *
    (conversionMs(context, rows, inner, columns) + conversionMs(context, rows, ffn, inner));
  const activation = rows * groups * ffn * (sizes.inputMatrices === 2 ? 8 : 5);
  return {
    ...noTime,
    gemm,
    elementwise: trafficMs(context, activation, layout) + conversion,
    tensorParallel: work.tokens > 0 ? tensorParallelMs(context, layout, work.tokens) / 2 : 0,
  };
}

/** Two all-gathers and two reduce-scatters forward, the same backward (or as many all-reduces), for a whole layer. */
export function tensorParallelMs(
  context: StepContext,
  layout: LayerLayout,
  tokens: number,
): number {
  const { tp } = layout;
  if (tp <= 1) return 0;
  const bytes = tokens * context.sizes.hidden * 2;
  const count = 8 + 4 * layout.recomputed;
  return count * gatherTimeMs(context, bytes, tp, 1) * context.constants.tpExposed;
}
