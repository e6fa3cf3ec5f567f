// Builds one measurement from what a table says, and checks that the layout divides.

/** A row that cannot be converted, with the reason. */
export class Refusal extends Error {}

export function refusalOf(error) {
  if (error instanceof Refusal) return error.message;
  throw error;
}

/**
 * Step time from tokens per second of one accelerator.
 *
 * @param layout `{ count, globalBatch, seq }`
 */
export function stepMsFromTokens(tokensPerSecondPerAccelerator, { count, globalBatch, seq }) {
  return ((globalBatch * seq) / (tokensPerSecondPerAccelerator * count)) * 1000;
}

/**
 * @param row `model` (a reference), `heldOutGroup`, `accelerator`, `count`, optional `perNode`,
 *   `interconnectGbps` and `memoryBytesPerSecond`,
 *   `layout` (fields of a training layout, without `dp`), `measured`, `source`, optional `note` and `status`
 */
export function buildMeasurement(row) {
  const { count, layout } = row;
  const { tp = 1, pp = 1, cp = 1, ep = 1, microBatch = 1, globalBatch } = layout;
  const dp = count / (tp * pp * cp);
  if (!Number.isInteger(dp))
    throw new Refusal(`${count} accelerators are not a multiple of tp ${tp} x pp ${pp} x cp ${cp}`);
  if (globalBatch % (dp * microBatch) !== 0)
    throw new Refusal(
      `batch ${globalBatch} is not a multiple of dp ${dp} x microbatch ${microBatch}`,
    );
  if ((dp * cp * tp) % ep !== 0) throw new Refusal(`ep ${ep} does not divide dp x cp x tp`);
  return prune({
    source: row.source,
    status: row.status ?? "listed",
    line: {
      model: row.model,
      hardware: prune({
        accelerator: row.accelerator,
        count,
        perNode: row.perNode,
        interconnectGbps: row.interconnectGbps,
        memoryBytesPerSecond: row.memoryBytesPerSecond,
      }),
      layout: prune({ ...layout, tp, pp, cp, ep, dp }),
    },
    measured: prune({
      ...row.measured,
      stepTimeMs: round(row.measured.stepTimeMs),
      tokensPerSecondPerAccelerator: round(row.measured.tokensPerSecondPerAccelerator),
    }),
    heldOutGroup: row.heldOutGroup,
    note: row.note,
  });
}

/** Six significant digits: more than any source has. */
function round(value) {
  return value === undefined ? undefined : Number(value.toPrecision(6));
}

export function prune(record) {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

/** The number in a cell; undefined for an empty cell and for `n/a`. */
export function numberIn(cell) {
  const text = (cell ?? "").trim().replaceAll(",", "");
  return /^(?:|n\/?a|none)$/i.test(text) ? undefined : Number(text);
}
