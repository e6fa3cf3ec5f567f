import { groupBy } from "../../foundation/collections/group-by.ts";
import type { LogCause } from "../../schema/logs/log-cause.ts";
import type { CheckedLog } from "../../schema/logs/log-verdict.ts";
import { describeLogCause } from "../findings/describe-log-cause.ts";
import type { Paint } from "../paint.ts";
import { shownLogPath } from "./log-path.ts";

/** What Pitwall found beyond the official checks, before their findings. */
export function causeLines(causes: readonly LogCause[], paint: Paint): string[] {
  return causes.flatMap((cause) => {
    const { said, advice } = describeLogCause(cause);
    return [`  ${paint.warn("cause:")} ${said}`, paint.faint(`         ${advice}`)];
  });
}

/** Causes in logs that are not listed as failing. */
export function causeBlock(
  logs: readonly CheckedLog[],
  paint: Paint,
  { showsAll }: { showsAll: boolean },
): string {
  const groups = groupBy(
    logs.flatMap((log) =>
      log.verdict === "fail" ? [] : log.causes.map((cause) => ({ log, cause })),
    ),
    ({ cause }) => cause.cause,
  );
  if (groups.size === 0) return "";
  const lines = [...groups.values()].flatMap((members) => {
    const more = showsAll || members.length === 1 ? "" : ` and ${members.length - 1} more`;
    const shown = showsAll ? members : members.slice(0, 1);
    return shown.flatMap(({ log, cause }) => describeOne(log, cause, more));
  });
  return [paint.warn("found by Pitwall, without effect on the verdict"), ...lines].join("\n");

  function describeOne(log: CheckedLog, cause: LogCause, more: string): string[] {
    const { said, advice } = describeLogCause(cause);
    return [`  ${paint.name(shownLogPath(log))}${more}: ${said}`, paint.faint(`      ${advice}`)];
  }
}
