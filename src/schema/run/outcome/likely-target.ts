const heldOut = /(?:^|[^\p{L}])(?:val|valid|validation|eval|test|dev)(?=[^\p{L}]|$)/iu;
const highIsGood =
  /(?:^|[^\p{L}])(?:acc|accuracy|auc|f1|bleu|map|ap|iou|dice|top[ -]?\d)(?=[^\p{L}]|$)/iu;
const lowIsGood =
  /(?:^|[^\p{L}])(?:loss|ppl|perplexity|error|err|wer|mae|rmse|mse|logloss)(?=[^\p{L}]|$)/iu;

/**
 * An example of a target for a training that printed these metrics: a quality on held-out data before one on training
 * data, and either before other numbers.
 */
export function likelyTarget(metrics: readonly string[]): string {
  const held = metrics.filter((name) => heldOut.test(name));
  const high = first(held, highIsGood);
  const low = first(held, lowIsGood);
  if (high !== undefined) return `${high}>=0.94`;
  if (low !== undefined) return `${low}<=2.0`;
  const any = first(metrics, highIsGood);
  if (any !== undefined) return `${any}>=0.94`;
  const loss = first(metrics, lowIsGood);
  return loss === undefined ? `${metrics[0] ?? "val_acc"}>=0.94` : `${loss}<=2.0`;
}

function first(names: readonly string[], quality: RegExp): string | undefined {
  return names.find((name) => quality.test(name));
}
