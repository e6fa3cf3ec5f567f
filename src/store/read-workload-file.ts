import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import type { z } from "zod";
import { nearestWord } from "../foundation/text/nearest-word.ts";
import { UserError } from "../foundation/errors/user-error.ts";
import {
  type DefaultsFile,
  defaultsFile,
  workloadFile,
  type WorkloadFile,
} from "../schema/run/request/workload-file.ts";
import { describeRefusal, readText } from "./open-file.ts";

/** A kind of settings file. */
export interface FileKind<Content> {
  schema: z.ZodType<Content>;
  /** Its top-level keys. */
  keys: readonly string[];
  noun: string;
  errorCode: string;
  /** What to do about a key or value that does not fit. */
  hint: string;
}

const workloadKind: FileKind<WorkloadFile> = {
  schema: workloadFile,
  keys: Object.keys(workloadFile.shape),
  noun: "workload file",
  errorCode: "workload-invalid",
  hint: "`pitwall schema workload` prints what a workload file may say",
};

const defaultsKind: FileKind<DefaultsFile> = {
  schema: defaultsFile,
  keys: Object.keys(defaultsFile.shape),
  noun: "file of defaults",
  errorCode: "defaults-invalid",
  hint: "it may contain what a workload file may, except what to start: `pitwall schema workload`",
};

/**
 * Reads a workload from a YAML (or JSON) file.
 *
 * @throws UserError `workload-file-unreadable`, `yaml-broken`, `workload-invalid`; the last two contain line and column
 */
export async function readWorkloadFile(path: string): Promise<WorkloadFile> {
  return parseWorkloadFile(await textOf(path), path);
}

/** Like `readWorkloadFile`, for text that was already read. */
export function parseWorkloadFile(text: string, path: string): WorkloadFile {
  return parseSettings(text, path, workloadKind);
}

/**
 * Reads defaults from a YAML (or JSON) file.
 *
 * @throws UserError `defaults-unreadable`, `yaml-broken`, `defaults-invalid`
 */
export async function readDefaultsFile(path: string): Promise<DefaultsFile> {
  const read = await readText(path, { followsLinks: true });
  if (read.kind === "read") return parseSettings(read.text, path, defaultsKind);
  throw new UserError("defaults-unreadable", `cannot read the defaults in \`${path}\``, {
    at: "--defaults",
    saw: describeRefusal(read),
    hint: "`--defaults none` uses no defaults",
  });
}

export function parseSettings<Content>(
  text: string,
  path: string,
  kind: FileKind<Content>,
): Content {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw new UserError("yaml-broken", `\`${path}\` is not valid YAML`, {
      at: `${path}:${position(lines, broken.pos[0])}`,
      saw: `${broken.message}\n${lineOf(text, lines, broken.pos[0])}`,
      hint: "quote values that contain `: `, `#`, brackets or a leading `*`, such as patterns",
    });
  }
  const parsed = kind.schema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error, { document, lines, path, text }, kind);
}

async function textOf(path: string): Promise<string> {
  const read = await readText(path, { followsLinks: true });
  if (read.kind === "read") return read.text;
  throw new UserError("workload-file-unreadable", `cannot read the workload file \`${path}\``, {
    saw: describeRefusal(read),
    hint: "`pitwall workloads` lists the built-in workloads; run a program with `pitwall run -- <program>`",
  });
}

interface Source {
  document: Document;
  lines: LineCounter;
  path: string;
  text: string;
}

function invalid(
  error: z.ZodError,
  { document, lines, path: file, text }: Source,
  { noun, errorCode, hint, keys }: Omit<FileKind<unknown>, "schema">,
): UserError {
  const [issue] = error.issues;
  const [unknown] = issue?.code === "unrecognized_keys" ? issue.keys : [];
  const path = issue?.path ?? [];
  const isEmpty = document.contents === null;
  const offset = unknown === undefined ? offsetOf(document, path) : keyOffset(document, unknown);
  const fault = isEmpty ? "it is empty" : faultOf(path, issue?.message ?? "");
  const reason = unknown === undefined ? fault : `there is no key \`${unknown}\``;
  return new UserError(errorCode, `\`${file}\` is not a valid ${noun}: ${reason}`, {
    at: `${file}:${position(lines, offset)}`,
    ...(isEmpty ? {} : { saw: lineOf(text, lines, offset) }),
    hint: unknown === undefined ? hint : keyHint(unknown, keys),
  });
}

function faultOf(path: readonly PropertyKey[], message: string): string {
  const fault = message.replace(/^Invalid input: /u, "");
  return path.length === 0 ? fault : `\`${path.join(".")}\`: ${fault}`;
}

function keyHint(unknown: string, known: readonly string[]): string {
  if (workloadKind.keys.includes(unknown))
    return `defaults apply to every run here; put \`${unknown}\` into a workload file of another name`;
  const nearest = nearestWord(unknown, known);
  return nearest === undefined ? `known keys: ${known.join(", ")}` : `did you mean \`${nearest}\`?`;
}

/** The position of a value in the text. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let [start] = document.contents?.range ?? [0];
  for (let depth = 1; depth <= path.length; depth++) {
    const node: unknown = document.getIn(path.slice(0, depth).map(String), true);
    if (isNode(node) && node.range) [start] = node.range;
  }
  return start;
}

/** The position of a top-level key. */
function keyOffset(document: Document, key: string): number {
  const pairs = isMap(document.contents) ? document.contents.items : [];
  const pair = pairs.find((pair) => isScalar(pair.key) && pair.key.value === key);
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? 0) : 0;
}

function position(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `${line}:${col}`;
}

function lineOf(text: string, lines: LineCounter, offset: number): string {
  return text.split(/\r\n|\n|\r/u)[lines.linePos(offset).line - 1]?.slice(0, 200) ?? "";
}
