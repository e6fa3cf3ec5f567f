/** A label before the name of a metric: `  - cat: acc `. */
const labelBefore = /^[\s>*•-]*["']?(\p{L}[\w -]*?)["']?:\s+["']?[^\s:=]+["']?\s*[:=]?\s*$/u;
const ofAll =
  /\b(?:val\w*|eval\w*|tests?|testing|dev|train\w*|overall|all|total|mean|average|avg|macro|micro|global|results?|metrics?|epoch|step|final|info|debug|warn\w*)\b/iu;

/** Whether the label before a value says that it is of one class only: `  cat: acc 0.99`. */
export function isLabelOfPart(before: string): boolean {
  const label = labelBefore.exec(before)?.[1];
  return label !== undefined && !ofAll.test(label);
}

/** The first words of a line, up to a colon or two blanks, if a word follows: `model A: acc 0.9`, `u   R²=0.95  MAE=0.1`. */
const firstWords =
  /^[\s>*•-]*["'[(]?(\p{L}[\p{L}_ -]{0,38}?)["'\])]?(?::\s+|\s{2,}|\t\s*)(?=["']?\p{L})/u;
/** Labels of the state of a training, or of its data, and not of one of several models or quantities. */
const ofState =
  /\b(?:improve\w*|best|better|worse|current\w*|new|saved?|saving|done|finished|start\w*|begin\w*|end\w*|before|after|initial\w*|warm\w*|loss\w*|phase|stage|status|progress|summary|log|stats?|scores?|performance|rank|validate|note)\b/iu;

/** What a line says its values are of; undefined for the whole model, a state of the training, and lines without a label. */
export function labelOfLine(message: string, metric: string): string | undefined {
  const label = firstWords.exec(message)?.[1]?.trim();
  if (label === undefined || ofAll.test(label) || ofState.test(label)) return undefined;
  return label.toLowerCase() === metric.toLowerCase() ? undefined : label;
}
