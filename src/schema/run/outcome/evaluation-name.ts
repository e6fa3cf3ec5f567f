const evaluationName = /^(?:val|valid|validation|eval|evaluation|test|dev)(?:[_\s/.-]|$)/iu;

/** Whether the name of a metric says that it is measured in evaluations, not on training batches. */
export function isEvaluationName(metric: string): boolean {
  return evaluationName.test(metric);
}
