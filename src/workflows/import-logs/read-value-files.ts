import { createHash } from "node:crypto";
import { basename } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { LoggedValue, ReadingEnd } from "../../formats/logged-value.ts";
import { openValueReader } from "../../formats/values/open-value-reader.ts";
import { readPieces } from "../../store/results/read-pieces.ts";

/** What a tracker's files say, before it becomes a training. */
export interface ReadValues {
  values: readonly LoggedValue[];
  sha256: string;
  byteCount: number;
}

export type BytesReader = Pick<ReturnType<typeof openValueReader>, "push" | "finish" | "end">;

/** Reads files in order. A truncated last record is ignored; damaged bytes are an error. */
export async function readFiles(
  paths: readonly string[],
  take?: (ofFile: readonly LoggedValue[], path: string) => void,
  open: OpenReader = (path, first) => openValueReader(basename(path), first),
): Promise<ReadValues & { end: "complete" | "partial" }> {
  const hash = createHash("sha256");
  const values: LoggedValue[] = [];
  let byteCount = 0;
  let end: "complete" | "partial" = "complete";
  const see = (bytes: Uint8Array): void => {
    hash.update(bytes);
    byteCount += bytes.length;
  };
  for (const path of paths) {
    const { values: ofFile, ending } = await readFile(path, { open, see });
    if (ending?.kind === "corrupt" && ofFile.length === 0)
      throw damaged(path, `${ending.reason} at byte ${ending.atByte}`);
    if (ending !== undefined && ending.kind !== "complete") end = "partial";
    for (const value of ofFile) values.push(value);
    take?.(ofFile, path);
  }
  return { values, sha256: hash.digest("hex"), byteCount, end };
}

type OpenReader = (path: string, first: Uint8Array) => BytesReader;

async function readFile(
  path: string,
  { open, see }: { open: OpenReader; see: (bytes: Uint8Array) => void },
): Promise<{ values: LoggedValue[]; ending: ReadingEnd | undefined }> {
  const values: LoggedValue[] = [];
  let reader: BytesReader | undefined;
  for await (const bytes of readPieces(path)) {
    see(bytes);
    reader ??= open(path, bytes);
    for (const value of reader.push(bytes)) values.push(value);
  }
  for (const value of reader?.finish() ?? []) values.push(value);
  return { values, ending: reader?.end() };
}

export function damaged(path: string, saw: string): UserError {
  return new UserError("log-damaged", `cannot read \`${basename(path)}\``, {
    at: path,
    saw,
    hint: "copy the file again from where the training ran",
  });
}
