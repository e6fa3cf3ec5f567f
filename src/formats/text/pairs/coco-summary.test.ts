import { expect, test } from "vitest";
import { readCocoSummary } from "./coco-summary.ts";

test.each([
  [
    "COCO AP",
    " Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = ",
    "0.405",
  ],
  [
    "COCO AP50",
    " Average Precision  (AP) @[ IoU=0.50      | area=   all | maxDets=100 ] = ",
    "0.605",
  ],
  [
    "COCO AP75",
    " Average Precision  (AP) @[ IoU=0.75      | area=   all | maxDets=100 ] = ",
    "0.441",
  ],
  [
    "COCO APs",
    " Average Precision  (AP) @[ IoU=0.50:0.95 | area= small | maxDets=100 ] = ",
    "0.240",
  ],
  [
    "COCO AR10",
    " Average Recall     (AR) @[ IoU=0.50:0.95 | area=   all | maxDets= 10 ] = ",
    "0.500",
  ],
  [
    "COCO ARl",
    " Average Recall     (AR) @[ IoU=0.50:0.95 | area= large | maxDets=100 ] = ",
    "-1.000",
  ],
])("reads %s from its line of the summary", (name, words, value) => {
  const text = `${words}${value}`;
  const read = readCocoSummary(text);
  expect(read).toMatchObject({ name, number: { value: Number(value), start: words.length } });
  expect(text.slice(read?.number.start, read?.number.end)).toBe(value);
});

test("reads nothing from other lines", () => {
  expect(readCocoSummary("AP: 0.4, AP50: 0.6")).toBeUndefined();
  expect(readCocoSummary(" Average Precision  (AP) @[ IoU=0.50:0.95 | area=")).toBeUndefined();
});
