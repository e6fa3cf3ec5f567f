import { setTimeout as sleep } from "node:timers/promises";
import { isSilence } from "./slurm-client.ts";

/** A busy controller refuses calls for some seconds, one that restarts for a minute. */
const silentForMs = 120_000;
const pauseMs = 500;

/** Calls again as long as Slurm does not answer, for at most two minutes. */
export async function patiently<Value>(call: () => Promise<Value>): Promise<Value> {
  const untilMs = performance.now() + silentForMs;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isSilence(error) || performance.now() > untilMs) throw error;
      await sleep(pauseMs);
    }
  }
}
