import { createHash } from "node:crypto";
import { type Redacted, redactNames, redactSecrets } from "../../foundation/text/redact-secrets.ts";
import { launchingHost } from "../../schema/run/hosts/launching-host.ts";
import type { BundlePreview } from "../../schema/documents/diagnosis-documents.ts";
import type { Diagnosis } from "../../schema/diagnosis/diagnosis.ts";
import { isDumpFile } from "../../schema/run/events/dump-files.ts";
import { listDumpFiles } from "../../store/dumps/read-dump-folder.ts";
import { openRecordFile } from "../../store/records/read/open-record-file.ts";
import { recordFileNames } from "../../store/records/record-archive.ts";
import {
  eventsFile,
  logFile,
  logRanksFile,
  signatureFile,
} from "../../store/records/record-files.ts";
import type { RunRecord } from "../../store/records/run-store.ts";

/** Of a larger file, the beginning and the end are kept. */
const headBytes = 4 << 20;
const tailBytes = 12 << 20;

interface BundleFile {
  path: string;
  bytes: Uint8Array;
  mtimeMs: number;
}

interface Bundle {
  files: BundleFile[];
  preview: Pick<BundlePreview, "files" | "leftOut">;
}

/**
 * The files of a run without passwords, keys and tokens, and with other names for its hosts if that is requested, together with its
 * diagnosis. Replaced texts keep their length, so that the positions in `log-ranks.jsonl` stay valid, and events.jsonl gets a new chain.
 */
export async function bundleRun(
  record: RunRecord,
  diagnosis: Diagnosis,
  { redactsHosts }: { redactsHosts: boolean },
): Promise<Bundle> {
  const hosts = redactsHosts ? hostsOf(record) : undefined;
  const bundle: Bundle = { files: [], preview: { files: [], leftOut: [] } };
  const dumps = await listDumpFiles(record.directory, isDumpFile);
  const names = [...(await recordFileNames(record.directory)), ...dumps.map(({ name }) => name)];
  for (const name of names) {
    if (name === signatureFile) leaveOut(bundle, name, "it signs the files before redaction");
    else await addFile(bundle, { record, name, hosts });
  }
  const isLogCut = bundle.preview.files.some(
    ({ name, cutBytes }) => name === logFile && cutBytes > 0,
  );
  if (isLogCut) removeFile(bundle, logRanksFile, "the log was cut");
  const said = `${JSON.stringify(diagnosis, undefined, 2)}\n`;
  add(bundle, { record, name: "diagnosis.json", hosts }, { text: said, cutBytes: 0, mtimeMs: 0 });
  return bundle;
}

interface Source {
  record: RunRecord;
  name: string;
  hosts: readonly string[] | undefined;
}

async function addFile(bundle: Bundle, source: Source): Promise<void> {
  const { record, name } = source;
  const file = await openRecordFile(record.directory, name);
  if (file === undefined) {
    leaveOut(bundle, name, "it is a link");
    return;
  }
  try {
    const { size, mtimeMs } = await file.stat();
    const keep = async (start: number, length: number): Promise<Buffer> => {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, start);
      return buffer.subarray(0, bytesRead);
    };
    const isCut = size > headBytes + tailBytes;
    const pieces = isCut
      ? [await keep(0, headBytes), await keep(size - tailBytes, tailBytes)]
      : [await keep(0, size)];
    if (pieces.some((piece) => piece.includes(0))) {
      leaveOut(bundle, name, "it is not text, so secrets in it cannot be found");
      return;
    }
    const cutBytes = isCut ? size - headBytes - tailBytes : 0;
    const gap = `\n… ${cutBytes} bytes are left out here …\n`;
    const text = pieces.map((piece) => piece.toString("utf8")).join(gap);
    add(bundle, source, { text, cutBytes, mtimeMs });
  } finally {
    await file.close();
  }
}

function add(
  bundle: Bundle,
  { record, name, hosts }: Source,
  content: { text: string; cutBytes: number; mtimeMs: number },
): void {
  const secrets = redactSecrets(content.text);
  const named: Redacted =
    hosts === undefined ? { text: secrets.text, count: 0 } : redactNames(secrets.text, hosts);
  const text = name === eventsFile ? chained(named.text) : named.text;
  const bytes = Buffer.from(text);
  bundle.files.push({ path: `${record.runId}/${name}`, bytes, mtimeMs: content.mtimeMs });
  bundle.preview.files.push({
    name,
    bytes: bytes.length,
    secrets: secrets.count,
    hosts: named.count,
    cutBytes: content.cutBytes,
  });
}

/** Each line with the hash of the line before it, as it is now. */
function chained(text: string): string {
  let previous = "0".repeat(64);
  const lines = text.split("\n").map((line) => {
    const linked = line.replace(
      /"previousSha256":"[0-9a-f]{64}"/u,
      `"previousSha256":"${previous}"`,
    );
    previous = createHash("sha256").update(linked).digest("hex");
    return linked;
  });
  return lines.join("\n");
}

/** The names of its hosts, and the addresses in its request and events. */
function hostsOf({ request, events }: RunRecord): string[] {
  const text = JSON.stringify([request, events.events]);
  const addresses = text.match(/\b(?:\d{1,3}\.){3}\d{1,3}\b/gu) ?? [];
  const named = events.events.flatMap(({ event }) => ("host" in event ? [event.host] : []));
  const own = [request.owner.hostname, ...named, ...addresses];
  const whole = own.filter((host) => host !== launchingHost && host !== "127.0.0.1");
  const short = whole.map((host) => (/^[\d.]+$/u.test(host) ? host : (host.split(".")[0] ?? host)));
  return [...new Set([...whole, ...short])].filter((host) => host.length > 1);
}

function leaveOut(bundle: Bundle, name: string, reason: string): void {
  bundle.preview.leftOut.push({ name, reason });
}

function removeFile(bundle: Bundle, name: string, reason: string): void {
  const at = bundle.preview.files.findIndex((file) => file.name === name);
  if (at === -1) return;
  bundle.preview.files.splice(at, 1);
  bundle.files.splice(at, 1);
  leaveOut(bundle, name, reason);
}
