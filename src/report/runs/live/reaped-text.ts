import { countOf } from "../../wording.ts";

/** What was left of an earlier run on a host, and was ended. */
export function reapedText({
  host,
  runId,
  processCount,
}: {
  host: string;
  runId: string;
  processCount: number;
}): string {
  const what = countOf(processCount, "process");
  return `${host}: ended ${what} of \`${runId}\`, which had ended without this host`;
}
