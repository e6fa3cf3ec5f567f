import type { RunEvent } from "../../schema/run/events/run-event.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import type { Webhook } from "../../store/tracking/webhook.ts";
import { notificationOf } from "./notification-of.ts";

/** Notifications beyond this many unsent ones are dropped, so that a slow server costs no memory. */
const maximumWaiting = 100;

/** Posts the notifications of a series of runs one after the other. The runs never wait for it. */
export class RunNotifier {
  readonly #webhook: Pick<Webhook, "post">;
  readonly #nowMs: () => number;
  #request: RunRequest | undefined;
  #sending: Promise<void> = Promise.resolve();
  #waitingCount = 0;
  #failed: { count: number; reason: string } | undefined;

  constructor(webhook: Pick<Webhook, "post">, nowMs: () => number) {
    this.#webhook = webhook;
    this.#nowMs = nowMs;
  }

  take(event: RunEvent): void {
    if (event.kind === "created") this.#request = event.request;
    const request = this.#request;
    if (request === undefined) return;
    const notification = notificationOf(event, { request, timeMs: this.#nowMs() });
    if (notification === undefined) return;
    if (this.#waitingCount >= maximumWaiting) {
      this.#fail("too many notifications wait for the server");
      return;
    }
    this.#waitingCount += 1;
    this.#sending = this.#sending.then(async () => {
      const reason = await this.#webhook.post(notification);
      this.#waitingCount -= 1;
      if (reason !== undefined) this.#fail(reason);
    });
  }

  /** Waits for notifications that are still being sent; returns what failed. */
  async settle(limit: Promise<unknown>): Promise<{ count: number; reason: string } | undefined> {
    await Promise.race([this.#sending, limit]);
    if (this.#waitingCount > 0)
      return { count: this.#waitingCount, reason: "the server did not answer in time" };
    return this.#failed;
  }

  #fail(reason: string): void {
    this.#failed = { count: (this.#failed?.count ?? 0) + 1, reason };
  }
}
