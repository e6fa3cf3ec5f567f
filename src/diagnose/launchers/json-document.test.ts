import { expect, test } from "vitest";
import { recordsOfDocument } from "./json-document.ts";

const pod = (name: string, code: number): object => ({
  metadata: { name },
  spec: { containers: [{ name: "trainer" }] },
  status: { phase: "Failed", containerStatuses: [{ state: { terminated: { exitCode: code } } }] },
});
const none = (): boolean => false;

test("says of each thing that a document counts how it ended, as of a rank", () => {
  const text = JSON.stringify({ items: [pod("sft-0", 1), pod("sft-1", 137)] });
  expect(recordsOfDocument(text, none)).toEqual([
    "rank 0 phase=Failed",
    "rank 0 exitCode=1",
    "rank 1 phase=Failed",
    "rank 1 exitCode=137",
  ]);
});

test("counts the workers of a master after it", () => {
  const text = JSON.stringify([
    pod("job-master-0", 1),
    pod("job-worker-0", 1),
    pod("job-worker-1", 9),
  ]);
  expect(recordsOfDocument(text, none)).toContain("rank 2 exitCode=9");
});

test("leaves names of logs as they are, and those that are not counted", () => {
  const text = JSON.stringify([pod("sft-0", 1), pod("sft-1", 137)]);
  expect(recordsOfDocument(text, () => true)).toContain("sft-1 exitCode=137");
  expect(recordsOfDocument(JSON.stringify(pod("sft-41", 3)), none)).toContain("sft-41 exitCode=3");
});

test("says nothing about text and about things without a name", () => {
  expect(recordsOfDocument("step 3", none)).toEqual([]);
  expect(recordsOfDocument('{"exitCode": 3}', none)).toEqual([]);
});
