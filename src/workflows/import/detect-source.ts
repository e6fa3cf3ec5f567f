import { basename } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import { detectFormat } from "../../formats/detect-format.ts";
import { type FileSample, sampleBytes } from "../../formats/format.ts";
import { type ReadableFormat, readableFormats } from "../../formats/formats.ts";
import { fileKind, unreadableFile } from "../../store/open-file.ts";
import { readFirstBytes } from "../../store/results/read-pieces.ts";

/** A file or folder to import, and its format. */
export interface DetectedSource {
  path: string;
  kind: FileSample["kind"];
  format: ReadableFormat;
}

/**
 * Finds the format of a file or folder.
 *
 * @param requested the name of a format to use instead of detecting it
 * @throws UserError `source-missing`, `format-unknown`, `format-differs`
 */
export async function detectSource(
  path: string,
  requested: string | undefined,
): Promise<DetectedSource> {
  const sample = await sampleOf(path);
  const { kind } = sample;
  const format = readableFormats().find(({ name }) => name === requested) ?? detectFormat(sample);
  if (format === undefined) throw formatUnknown(path, sample);
  if (kind === "folder" && format.read.gives === "results")
    throw new UserError(
      "format-differs",
      `\`${path}\` is a folder; \`--format ${format.name}\` reads a file`,
      {
        hint: `give a file: ${format.summary}`,
      },
    );
  return { path, kind, format };
}

async function sampleOf(path: string): Promise<FileSample> {
  const name = basename(path);
  if ((await fileKind(path)) === "directory") return { kind: "folder", name };
  const first = await readFirstBytes(path, sampleBytes);
  if (first.kind === "read") return { kind: "file", name, firstBytes: first.bytes };
  if (first.kind !== "missing") throw unreadableFile(path, first);
  throw new UserError("source-missing", `no such file or folder: \`${path}\``, {
    hint: sourcesHint(),
  });
}

function formatUnknown(path: string, sample: FileSample): UserError {
  return new UserError("format-unknown", `cannot detect the format of \`${basename(path)}\``, {
    at: path,
    saw: sample.kind === "file" ? startOf(sample.firstBytes) : "a folder",
    hint: sourcesHint(),
  });
}

const shownCharacters = 60;

/** The beginning of the first line, or that the file is not text. */
function startOf(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  const [line = ""] = new TextDecoder().decode(bytes).split(/\r?\n/, 1);
  const isText = /^[\t\P{Cc}]*$/u.test(line) && !line.includes("\uFFFD");
  if (!isText) return "a binary file";
  return `a first line that begins with \`${line.slice(0, shownCharacters)}\``;
}

function sourcesHint(): string {
  return `importable: ${readableFormats()
    .map(({ summary }) => summary)
    .join("; ")}`;
}
