import { setTimeout as wait } from "node:timers/promises";
import type { RunEvent } from "../../schema/run/events/run-event.ts";
import { countOf } from "../../report/wording.ts";
import type { Face } from "../command-table.ts";
import type { ProgressView } from "../terminal/progress.ts";

/** The command waits this long for its last notifications. */
const lastMs = 6000;

export interface Notify {
  take(event: RunEvent): void;
  /** After the last event: warns about notifications that were not accepted. */
  finish(view: Pick<ProgressView, "warn"> | undefined): Promise<void>;
}

/** Loads what `--notify` needs only if it is given. */
export async function notifyOf(text: string | undefined, face: Face): Promise<Notify | undefined> {
  if (text === undefined) return undefined;
  const { webhookAt } = await import("../../store/tracking/webhook.ts");
  const { RunNotifier } = await import("../../workflows/notify/run-notifier.ts");
  const webhook = webhookAt(text);
  const notifier = new RunNotifier(webhook, () => face.nowMs());
  return {
    take: (event) => notifier.take(event),
    finish: async (view) => {
      const limit = new AbortController();
      const waiting = wait(lastMs, undefined, { signal: limit.signal }).catch(() => undefined);
      const failed = await notifier.settle(waiting);
      limit.abort();
      if (failed === undefined) return;
      const count = countOf(failed.count, "notification");
      view?.warn({ message: `${count} to ${webhook.origin} failed: ${failed.reason}` });
    },
  };
}
