import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { faultKinds, type RecoveryDecision } from "../../schema/run/events/recovery.ts";
import { decideRecovery, type FailedAttempts, type KnownFault } from "./decide-recovery.ts";

const hosts = ["a", "b", "c"];

function fault(kind: KnownFault["kind"], more: Partial<KnownFault> = {}): KnownFault {
  return { kind, hosts: [], text: kind, ...more };
}

function decided(faults: readonly KnownFault[], more: Partial<FailedAttempts> = {}) {
  return decideRecovery({ limits: { maxRestarts: 9 }, faults, hosts, spares: [], ...more });
}

const restart: RecoveryDecision = { kind: "restart" };
const gaveUp = (reason: Extract<RecoveryDecision, { kind: "give-up" }>["reason"]) => ({
  kind: "give-up",
  reason,
});

describe("decideRecovery", () => {
  test.each<[string, readonly KnownFault[], Partial<FailedAttempts>, unknown]>([
    ["a killed rank", [fault("killed", { hosts: ["b"] })], {}, restart],
    ["a failure that nothing explains", [fault("unknown")], {}, restart],
    [
      "more failures than restarts",
      [fault("killed"), fault("host-lost"), fault("killed")],
      { limits: { maxRestarts: 2 } },
      gaveUp("no-restarts-left"),
    ],
    [
      "a fault whose own budget is used",
      [fault("out-of-memory", { step: 1 }), fault("killed"), fault("out-of-memory", { step: 90 })],
      { limits: { maxRestarts: 9, restartBudget: { "out-of-memory": 1 } } },
      gaveUp("budget-used"),
    ],
    [
      "a budget of another fault",
      [fault("killed")],
      { limits: { maxRestarts: 9, restartBudget: { "out-of-memory": 0 } } },
      restart,
    ],
    [
      "the same crash at the same step",
      [fault("crash", { step: 40 }), fault("crash", { step: 40 })],
      {},
      gaveUp("same-fault-again"),
    ],
    [
      "the same crash within the steps that one sample covers",
      [fault("crash", { step: 40, stepMargin: 5 }), fault("crash", { step: 44, stepMargin: 3 })],
      {},
      gaveUp("same-fault-again"),
    ],
    [
      "the same crash at another step",
      [fault("crash", { step: 40, stepMargin: 5 }), fault("crash", { step: 46, stepMargin: 5 })],
      {},
      restart,
    ],
    [
      "another fault at the same step",
      [fault("crash", { step: 40 }), fault("killed", { step: 40 })],
      {},
      restart,
    ],
    [
      "the same error twice where no steps are known",
      [
        fault("crash", { text: "ValueError: row 7" }),
        fault("crash", { text: "ValueError: row 7" }),
      ],
      {},
      gaveUp("same-fault-again"),
    ],
    [
      "another error where no steps are known",
      [
        fault("crash", { text: "ValueError: row 7" }),
        fault("crash", { text: "ValueError: row 8" }),
      ],
      {},
      restart,
    ],
    [
      "kills without known steps, which say nothing about the program",
      [fault("killed"), fault("killed")],
      {},
      restart,
    ],
    ["the time limit of a scheduler", [fault("out-of-time")], {}, restart],
    [
      "a second time limit without known steps",
      [fault("out-of-time"), fault("out-of-time")],
      {},
      gaveUp("same-fault-again"),
    ],
    [
      "a second time limit that came further",
      [fault("out-of-time", { step: 10 }), fault("out-of-time", { step: 20 })],
      {},
      restart,
    ],
    ["a canceled job", [fault("unknown")], { schedulerState: "CANCELLED" }, gaveUp("canceled")],
    [
      "a lost host that a scheduler replaces",
      [fault("host-lost", { hosts: ["b"] })],
      { givesOthers: true },
      { kind: "replace-host", hosts: ["b"], spares: [] },
    ],
    [
      "the same where fewer hosts are enough: it does not wait in the queue",
      [fault("host-lost", { hosts: ["b"] })],
      { givesOthers: true, limits: { maxRestarts: 9, minNodes: 2 } },
      { kind: "drop-host", hosts: ["b"] },
    ],
    [
      "one host of several that is set up differently",
      [fault("configuration", { hosts: ["b"] })],
      {},
      gaveUp("lasting-fault"),
    ],
    [
      "the same with a spare",
      [fault("configuration", { hosts: ["b"] })],
      { spares: ["s", "t"] },
      { kind: "replace-host", hosts: ["b"], spares: ["s"] },
    ],
    [
      "a lost host with a spare",
      [fault("host-lost", { hosts: ["b"] })],
      { spares: ["s"], limits: { maxRestarts: 9, minNodes: 1 } },
      { kind: "replace-host", hosts: ["b"], spares: ["s"] },
    ],
    [
      "a lost host without a spare, where fewer hosts are enough",
      [fault("host-lost", { hosts: ["b"] })],
      { limits: { maxRestarts: 9, minNodes: 2 } },
      { kind: "drop-host", hosts: ["b"] },
    ],
    [
      "a lost host that is needed: it may come back",
      [fault("host-lost", { hosts: ["b"] })],
      { limits: { maxRestarts: 9, minNodes: 3 } },
      restart,
    ],
    [
      "a second fault of one host",
      [fault("killed", { hosts: ["b"] }), fault("accelerator-error", { hosts: ["b"] })],
      { spares: ["s"] },
      { kind: "replace-host", hosts: ["b"], spares: ["s"] },
    ],
    [
      "faults of two hosts",
      [fault("killed", { hosts: ["a"] }), fault("killed", { hosts: ["b"] })],
      { spares: ["s"] },
      restart,
    ],
    ["every host lost", [fault("host-lost", { hosts })], { spares: ["s", "t", "u"] }, restart],
  ])("%s", (_name, faults, more, expected) => {
    expect(decided(faults, more)).toEqual(expected);
  });

  test("never starts more often than allowed, and never with fewer hosts than allowed", () => {
    const anyFault = fc.record({
      kind: fc.constantFrom(...faultKinds),
      hosts: fc.subarray(hosts),
      text: fc.constantFrom("x", "y"),
      step: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(
        fc.array(anyFault, { minLength: 1, maxLength: 5 }),
        fc.nat({ max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        fc.subarray(["s", "t"]),
        (faults, maxRestarts, minNodes, spares) => {
          const known: KnownFault[] = faults.map(({ step, ...each }) =>
            step === undefined ? each : { ...each, step },
          );
          const limits = { maxRestarts, minNodes };
          const decision = decided(known, { limits, spares });
          const isWithin = decision.kind === "give-up" || faults.length <= maxRestarts;
          const dropped = decision.kind === "drop-host" ? decision.hosts.length : 0;
          const [replaced, used] =
            decision.kind === "replace-host" ? [decision.hosts, decision.spares] : [[], []];
          expect(isWithin).toBe(true);
          expect(dropped === 0 || hosts.length - dropped >= minNodes).toBe(true);
          expect(used).toHaveLength(replaced.length);
          expect(spares).toEqual(expect.arrayContaining([...used]));
        },
      ),
    );
  });
});
