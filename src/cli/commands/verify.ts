import type { VerifiedRecord } from "../../workflows/read-run/verify/verify-records.ts";
import type { Paint } from "../../report/paint.ts";
import { defineCommand, exitCodes, type ExitCode } from "../command-table.ts";
import { openStore } from "../open-store.ts";

export const verifyCommand = defineCommand({
  name: "verify",
  summary: "Check that records are intact, and who signed them",
  usage: "<run | folder | bundle>…",
  arguments: [
    {
      name: "run | folder | bundle",
      help: "a run or series, a record's folder, a folder of records, or an archive of them",
    },
  ],
  argumentCount: { minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  takesProgram: false,
  examples: [
    { command: "pitwall verify last", does: "the newest run" },
    {
      command: "pitwall verify digits-20261122-143005-k3f9-1.tar",
      does: "a record that was downloaded from the dashboard, without unpacking it",
    },
  ],
  options: {},
  exits: [
    { code: 0, when: "every record is intact" },
    { code: 1, when: "a record was altered, or its signature is invalid" },
    { code: 2, when: "something is not a record, or cannot be read" },
  ],
  async act({ arguments: given, face, shared }) {
    const { verifyRecords } = await import("../../workflows/read-run/verify/verify-records.ts");
    const { isAltered } = await import("../../report/runs/facts/describe-integrity.ts");
    const { env, cwd, interrupt: signal } = face;
    const found: VerifiedRecord[] = [];
    const store = await openStore(face, shared);
    for await (const each of verifyRecords({ arguments: given, cwd, env, signal }, store)) {
      found.push(each);
      if (!shared.json) face.out.write(`${await lineOf(each, face.out.paint)}\n`);
    }
    const hasAltered = found.some(
      (each) =>
        each.kind === "record" && (isAltered(each.integrity) || each.verdictDifferences.length > 0),
    );
    const isRead = found.every((each) => each.kind === "record");
    if (shared.json) {
      const result = { records: found };
      const document = { schemaVersion: 1, command: "verify", ok: true, result };
      face.out.write(`${JSON.stringify(document)}\n`);
    }
    return exitCodeOf({ hasAltered, isRead });
  },
});

/** The most severe outcome determines the exit code: an altered record takes precedence over unreadable ones. */
function exitCodeOf({ hasAltered, isRead }: { hasAltered: boolean; isRead: boolean }): ExitCode {
  if (hasAltered) return exitCodes.no;
  return isRead ? exitCodes.yes : exitCodes.wrongRequest;
}

async function lineOf(found: VerifiedRecord, paint: Paint): Promise<string> {
  if (found.kind === "not-a-record")
    return `${paint.name(found.argument)}   ${paint.bad(`not a record: ${found.reason}`)}`;
  const { describeIntegrity, describeVerdictDifference, isAltered } =
    await import("../../report/runs/facts/describe-integrity.ts");
  const text = describeIntegrity(found.integrity);
  const differences = found.verdictDifferences.map(
    (difference) => `\n  ${paint.bad(describeVerdictDifference(difference))}`,
  );
  const line = isAltered(found.integrity) ? paint.bad(text) : text;
  return `${paint.name(found.runId)}   ${line}${differences.join("")}`;
}
