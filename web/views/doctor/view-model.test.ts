import { describe, expect, test } from "vitest";
import type { DiagnosisDocument } from "../../../src/schema/dashboard/diagnosis-page.ts";
import type { Cause } from "../../../src/schema/diagnosis/diagnosis.ts";
import { doctorView } from "./view-model.ts";

const hang: Cause = {
  kind: "hang",
  ranks: [37],
  hosts: ["node-04"],
  likelihood: 0.754,
  evidence: [
    { kind: "line", file: "log.txt", line: 12, rank: 37, text: "waiting" },
    { kind: "event", index: 4, timeMs: 0, text: "no output for 9 s" },
    { kind: "samples", rank: 37, firstStep: 1, lastStep: 9, text: "median step 4 ms" },
    { kind: "dump", file: "flight-recorder-rank_37", rank: 37, text: "all_reduce #4" },
  ],
  collective: {
    operation: "all_reduce",
    number: 5,
    group: "0",
    groupDescription: "default_pg",
    isPointToPoint: false,
  },
  waitingRanks: 4095,
  placeIsNow: false,
};

function page(verdict: DiagnosisDocument["diagnosis"]["verdict"]): DiagnosisDocument {
  return {
    runId: "r-1",
    name: "r",
    state: "finished",
    rankCount: 4096,
    durationMs: 1,
    attempts: [],
    diagnosis: { verdict, alternatives: [], lookedAt: [{ what: "events", count: 6 }], unread: [] },
  };
}

describe("doctorView", () => {
  test("says what the terminal says", () => {
    const view = doctorView(page({ kind: "fault", causes: [hang] }));
    expect(view.verdict).toEqual({
      mood: "bad",
      text: "rank 37 on node-04 never entered all_reduce #5 of the default group; 4,095 ranks wait for it",
    });
    expect(view.causes[0]?.likelihood).toBe("75 %");
  });

  test("names the command that looks at the ranks of a run that goes on, if something is wrong with it", () => {
    const [faulty, healthy] = [page({ kind: "fault", causes: [hang] }), page({ kind: "no-fault" })];
    const commandOf = (document: DiagnosisDocument): string | undefined =>
      doctorView(document).ranksCommand;
    expect(commandOf({ ...faulty, state: "running" })).toBe("pitwall doctor r-1 --stacks");
    expect([commandOf({ ...healthy, state: "running" }), commandOf(faulty)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  test("links lines, events and samples to the page of the run", () => {
    const view = doctorView(page({ kind: "fault", causes: [hang] }));
    expect(view.causes[0]?.evidence.map(({ place, link }) => [place, link])).toEqual([
      ["log.txt:12", { path: "/runs/r-1", query: { line: "12" } }],
      ["events.jsonl:5", { path: "/runs/r-1", query: {} }],
      ["rank 37, steps 1-9", { path: "/runs/r-1", query: { rank: "37" } }],
      ["flight-recorder-rank_37", undefined],
    ]);
  });

  test("groups thousands of waiting ranks, those in the collective apart from those that wait for these", () => {
    const direct = { ...hang, directlyWaitingRanks: 63 };
    expect(doctorView(page({ kind: "fault", causes: [direct] })).waits).toEqual({
      groups: [
        {
          culprits: "rank 37 on node-04",
          operation: "all_reduce #5",
          waiting: "63 ranks",
          waitingFraction: 63 / 4096,
        },
      ],
      others: { text: "4,032 ranks", fraction: 4032 / 4096 },
    });
    const unknown = doctorView(page({ kind: "fault", causes: [hang] })).waits;
    expect(unknown).toMatchObject({ groups: [{ waiting: "4,095 ranks" }], others: undefined });
  });

  test("shortens many culprits, and counts further faults in the headline", () => {
    const ranks = Array.from({ length: 60 }, (_, index) => index * 67);
    const view = doctorView(page({ kind: "fault", causes: [{ ...hang, ranks, hosts: [] }, hang] }));
    expect(view.waits?.groups[0]?.culprits).toBe(
      "ranks 0, 67, 134, 201, 268, 335, 402, 469 and 52 more",
    );
    expect(view.verdict.text).toMatch(/, and 1 more fault$/u);
  });

  test("draws each attempt as a bar over the time of the run", () => {
    const attempts = [
      { fromMs: 0, toMs: 4000, fault: "rank 1 was ended by SIGKILL" },
      { fromMs: 5000, toMs: 10_000 },
    ];
    const view = doctorView({ ...page({ kind: "no-fault" }), durationMs: 10_000, attempts });
    expect(view.attempts).toMatchObject([
      { name: "attempt 1", leftFraction: 0, widthFraction: 0.4, mood: "bad" },
      { name: "attempt 2", leftFraction: 0.5, widthFraction: 0.5, mood: "good", fault: undefined },
    ]);
  });

  test("shows an answer for a run without a fault", () => {
    const view = doctorView(page({ kind: "no-fault" }));
    expect(view).toMatchObject({
      verdict: { text: "no fault found", mood: "good" },
      causes: [],
      waits: undefined,
      lookedAt: "6 events",
    });
  });
});
