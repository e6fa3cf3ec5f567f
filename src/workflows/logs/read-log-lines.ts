import { createLogReader } from "../../mllog/log-reader.ts";
import type { LogLine } from "../../schema/logs/log-event.ts";
import type { LogFileFinding } from "../../schema/logs/log-verdict.ts";
import { readLogFile } from "../../store/logs/read-log-file.ts";

/** Number of leading bytes that are checked to detect text files. */
const lookedThroughBytes = 64 * 1024;

const inferenceTitle = "MLPerf Results Summary";

function isInferenceSummary(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, lookedThroughBytes);
  return Buffer.from(head.buffer, head.byteOffset, head.length).includes(inferenceTitle);
}

/** Passes on a log's lines as they are read, in constant memory; returns problems of the file. */
export async function readLogLines(
  absolutePath: string,
  take: (lines: readonly LogLine[]) => "go-on" | "stop",
): Promise<LogFileFinding[]> {
  const reader = createLogReader();
  const findings: LogFileFinding[] = [];
  let bytesRead = 0;
  for await (const piece of readLogFile(absolutePath)) {
    if (piece.kind !== "bytes") {
      findings.push({
        rule: piece.kind === "unreadable" ? "file-unreadable" : "gzip-broken",
        code: piece.code,
      });
      break;
    }
    const { bytes } = piece;
    const nul = bytesRead === 0 ? bytes.subarray(0, lookedThroughBytes).indexOf(0) : -1;
    if (nul >= 0) findings.push({ rule: "file-not-text", byteOffset: nul });
    if (bytesRead === 0 && isInferenceSummary(bytes)) findings.push({ rule: "file-of-inference" });
    bytesRead += bytes.length;
    if (take(reader.push(bytes)) === "stop") return findings;
  }
  take(reader.end());
  if (bytesRead === 0 && findings.length === 0) findings.push({ rule: "file-empty" });
  return findings;
}
