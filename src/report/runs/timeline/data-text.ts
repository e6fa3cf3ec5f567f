import { formatBytes, formatDuration } from "../../../foundation/numbers/units.ts";
import type { StagedData } from "../../../schema/run/request/data-set.ts";
import { launchingHost } from "../../../schema/run/hosts/launching-host.ts";
import type { LifecycleEventBody } from "../../../schema/run/events/lifecycle-event.ts";
import { stagedCodeName } from "../../../schema/run/request/staged-code-name.ts";

type DataEvent = Extract<LifecycleEventBody, { kind: "data" | "data-staged" }>;

export function isDataEvent(event: LifecycleEventBody): event is DataEvent {
  return event.kind === "data" || event.kind === "data-staged";
}

export function dataEventText(event: DataEvent): string {
  if (event.kind === "data-staged") return stagedText(event);
  return event.phase === "started" ? "staging files" : "files staged";
}

/** A data set on a host. */
export function stagedText({ host, name, path, bytes, how, ...rest }: StagedData): string {
  const { sentBytes, warmBytes, durationMs } = rest;
  const isPart = sentBytes > 0 && sentBytes < bytes;
  const sent = isPart ? `${formatBytes(sentBytes)} of ${formatBytes(bytes)}` : formatBytes(bytes);
  const where = host === launchingHost ? "" : ` on ${host}`;
  const cold =
    warmBytes < bytes ? `; ${formatBytes(bytes - warmBytes)} do not fit into free memory` : "";
  const isCode = name === stagedCodeName;
  const text = isCode
    ? `code: ${sent} ${how}${where} at ${path}`
    : `data ${name}: ${sent} ${originTexts[how]}${where} at ${path}`;
  return `${text} in ${formatDuration(durationMs)}${cold}`;
}

const originTexts = {
  sent: "sent and verified",
  repaired: "differed, sent again and verified",
  reused: "reused",
  found: "found and verified",
  "in-place": "verified",
} as const;
