import type { RunStore } from "../../../store/records/run-store.ts";
import type { SigningKey } from "../../../store/keys/key-store.ts";
import { signRecord } from "../../../store/keys/record-signer.ts";

/** Signs the closing event of a run whose record has just been closed. */
export async function signRun(store: RunStore, runId: string, key: SigningKey): Promise<void> {
  const opened = await store.open(runId);
  if (opened.kind !== "opened")
    throw new Error(`the record of ${runId} was closed and is ${opened.kind}`);
  const { events, lastLineSha256: closingSha256 } = opened.record.events;
  if (events.at(-1)?.event.kind !== "sealed")
    throw new Error(`the record of ${runId} is not sealed`);
  await store.sign(runId, signRecord({ runId, closingSha256 }, key));
}
