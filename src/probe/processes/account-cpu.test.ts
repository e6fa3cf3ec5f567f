import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accountCpu } from "./account-cpu.ts";
import type { ProcessRow } from "./process-row.ts";

function row(pid: number, parentPid: number, own: number, reaped = 0): ProcessRow {
  return {
    pid,
    parentPid,
    processGroup: pid,
    session: pid,
    startedTicks: 1,
    ownCpuSeconds: own,
    reapedCpuSeconds: reaped,
    residentBytes: 0,
  };
}

const look = (timeMs: number, rows: readonly ProcessRow[], reapedByParent?: number) => ({
  timeMs,
  rows,
  parent: reapedByParent === undefined ? undefined : { pid: 1, reapedCpuSeconds: reapedByParent },
});

describe("accountCpu", () => {
  test("adds up a tree of living processes and what they waited for", () => {
    expect(accountCpu(2).add(look(0, [row(10, 1, 3, 4), row(11, 10, 2)]))).toBe(9);
  });

  test("counts a child that ended once, through the parent that waited", () => {
    const account = accountCpu(2);
    account.add(look(0, [row(10, 1, 1), row(11, 10, 5)]));
    expect(account.add(look(1000, [row(10, 1, 1, 5.5)]))).toBe(6.5);
  });

  test("keeps a child nobody waited for at its last look", () => {
    const account = accountCpu(2);
    account.add(look(0, [row(10, 1, 1), row(11, 10, 5)]));
    expect(account.add(look(1000, [row(10, 1, 2)]))).toBe(7);
  });

  test("takes the last moments of a root from the process that waited for it", () => {
    const account = accountCpu(2);
    account.add(look(0, [row(10, 1, 5)], 100));
    expect(account.add(look(1000, [], 106))).toBe(6);
  });

  test("credits a root with no more than the cores could do, whatever else its parent waited for", () => {
    const account = accountCpu(2);
    account.add(look(0, [row(10, 1, 5)], 100));
    expect(account.add(look(1000, [], 190))).toBe(7);
  });

  test("does not take a new process with an old pid for the one that ended", () => {
    const account = accountCpu(2);
    account.add(look(0, [row(10, 1, 5)]));
    expect(account.add(look(1000, [{ ...row(10, 1, 0.5), startedTicks: 77 }]))).toBe(5.5);
  });

  test("survives a table in which two processes claim to be each other's parents", () => {
    const account = accountCpu(2);
    account.add(look(0, [row(10, 11, 1), row(11, 10, 1)]));
    expect(account.add(look(1000, []))).toBe(2);
  });
});

/** A small kernel: processes burn time, start children, end waited for or not, and leave orphans to init. */
function simulate(steps: readonly Step[], { isTidy = false } = {}) {
  const initPid = 1;
  const selfPid = 2;
  const living = new Map<number, ProcessRow>([[100, row(100, selfPid, 0)]]);
  let [selfReaped, trulySpent, nextPid] = [0, 0, 101];
  const account = accountCpu(1e9);
  const shown: number[] = [];
  const takeLook = () =>
    shown.push(
      account.add(look(shown.length * 1000, structuredClone([...living.values()]), selfReaped)),
    );

  const end = (leaving: ProcessRow, waited: boolean) => {
    living.delete(leaving.pid);
    const parent = living.get(leaving.parentPid);
    const spent = leaving.ownCpuSeconds + leaving.reapedCpuSeconds;
    if (waited && parent !== undefined) parent.reapedCpuSeconds += spent;
    if (waited && leaving.parentPid === selfPid) selfReaped += spent;
    for (const child of living.values()) {
      if (child.parentPid === leaving.pid) child.parentPid = initPid;
    }
  };

  takeLook();
  for (const step of steps) {
    const everyone = [...living.values()];
    // The process started last has no children, and its parent lives.
    const endsYoungest = isTidy && step.does === "end";
    const pick = endsYoungest ? everyone.at(-1) : everyone[step.who % Math.max(1, living.size)];
    if (step.does === "look") takeLook();
    if (pick === undefined) continue;
    if (step.does === "end") end(pick, isTidy || step.waited);
    if (step.does === "spawn") living.set(nextPid, row(nextPid++, pick.pid, 0));
    if (step.does === "burn") {
      pick.ownCpuSeconds += step.amount;
      trulySpent += step.amount;
    }
  }
  takeLook();
  return { shown, trulySpent };
}

interface Step {
  does: "burn" | "spawn" | "end" | "look";
  who: number;
  amount: number;
  waited: boolean;
}

const anyStep = fc.record<Step>({
  does: fc.constantFrom("burn", "burn", "spawn", "end", "look"),
  who: fc.nat({ max: 20 }),
  amount: fc.integer({ min: 1, max: 50 }),
  waited: fc.boolean(),
});

describe("accountCpu over any life of a process tree", () => {
  test("never falls and never counts a second twice", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const { shown, trulySpent } = simulate(steps);
        expect(shown).toEqual(shown.toSorted((a, b) => a - b));
        expect(shown.at(-1) ?? 0).toBeLessThanOrEqual(trulySpent + 1e-9);
      }),
    );
  });

  test("misses nothing while children end before their parents, who wait for them", () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const { shown, trulySpent } = simulate(steps, { isTidy: true });
        expect(shown.at(-1)).toBe(trulySpent);
      }),
    );
  });
});
