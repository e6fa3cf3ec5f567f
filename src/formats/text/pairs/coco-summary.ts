import type { NamedNumber } from "../numbers/named-number.ts";
import { readNumberAt } from "../numbers/read-number.ts";

const line =
  /Average (?:Precision|Recall)\s+\((AP|AR)\)\s+@\[ IoU=([\d.]+(?::[\d.]+)?)\s*\| area=\s*(\w+) \| maxDets=\s*(\d+) \] = (?=[-\d])/u;

/**
 * The value in a line of the summary that pycocotools prints, under COCO's own short name: `COCO AP`, `COCO AP50`, `COCO APs`,
 * `COCO AR100`. Detectron2 prints the same values again as percentages, under `AP`.
 *
 * @see https://cocodataset.org/#detection-eval
 */
export function readCocoSummary(text: string): NamedNumber | undefined {
  if (!text.includes("@[ IoU=")) return undefined;
  const found = line.exec(text);
  if (found === null) return undefined;
  const [matched, kind = "", iou = "", area = "", most = ""] = found;
  const number = readNumberAt(text, found.index + matched.length, undefined);
  if (number === undefined) return undefined;
  const name = `COCO ${kind}${suffixOf({ kind, iou, area, most })}`;
  return { name, number, runningMean: undefined, outOf: undefined };
}

function suffixOf(line: { kind: string; iou: string; area: string; most: string }): string {
  if (line.area !== "all") return line.area.charAt(0);
  if (line.kind === "AR") return line.most;
  return line.iou.includes(":") ? "" : line.iou.replace(/^0?\./u, "").padEnd(2, "0");
}
