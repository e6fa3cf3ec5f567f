import { describe, expect, test } from "vitest";
import { exits, played, prints } from "../../../tests/support/played-series.ts";
import type { Script } from "../../launch/scripted-launcher.ts";
import type { Notification } from "../../schema/run/findings/notification.ts";
import { RunNotifier } from "./run-notifier.ts";

/** Plays a run and returns what was posted about it. */
async function postedOf(script: Script, requested = {}): Promise<Partial<Notification>[]> {
  const posted: Notification[] = [];
  const post = (document: unknown): Promise<undefined> => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the notifier posts nothing else
    posted.push(document as Notification);
    return Promise.resolve(undefined);
  };
  const notifier = new RunNotifier({ post }, () => 7);
  const { events } = await played([script], requested);
  for (const event of events) notifier.take(event);
  await notifier.settle(new Promise(() => undefined));
  return posted;
}

const common = { schemaVersion: 1, name: "toy", timeMs: 7 };
const steps = Array.from({ length: 8 }, (_, step) => prints(`step ${step} loss=1.${step}\n`));

describe("RunNotifier", () => {
  test("posts that the target was reached", async () => {
    expect(await postedOf({ steps: [prints("val_acc=0.95\n"), exits] })).toMatchObject([
      {
        ...common,
        event: "target-reached",
        text: "toy: target reached with 0.95000",
        value: 0.95,
      },
    ]);
  });

  test("posts that a run died, and how", async () => {
    const dies: Script = {
      steps: [{ kind: "exit", exit: { kind: "signalled", signal: "SIGKILL" } }],
    };
    expect(await postedOf(dies)).toMatchObject([{ event: "died", signal: "SIGKILL" }]);
  });

  test("posts a silence after steps that came every second, and its end", async () => {
    const script: Script = {
      steps: [...steps, { kind: "stall", durationMs: 20_000 }, prints("step 9 loss=1\n"), exits],
    };
    expect(await postedOf(script)).toMatchObject([
      { event: "silent", silence: { periodMs: 1000, limitMs: 8000, during: "step" } },
      { event: "resumed" },
    ]);
  });

  test("posts that a run diverged", async () => {
    const diverges: Script = {
      steps: [...Array.from({ length: 4 }, () => prints("val_acc=nan\n")), { kind: "hang" }],
    };
    expect(await postedOf(diverges)).toMatchObject([{ event: "not-a-number" }]);
  });

  test("reports what failed, and never waits longer than it may", async () => {
    const failing = new RunNotifier({ post: () => Promise.resolve("HTTP status 500") }, () => 7);
    const hanging = new RunNotifier({ post: () => new Promise(() => undefined) }, () => 7);
    const { events } = await played([{ steps: [prints("val_acc=0.95\n"), exits] }]);
    for (const event of events) for (const each of [failing, hanging]) each.take(event);
    expect(await failing.settle(new Promise(() => undefined))).toEqual({
      count: 1,
      reason: "HTTP status 500",
    });
    expect(await hanging.settle(Promise.resolve())).toMatchObject({ count: 1 });
  });
});
