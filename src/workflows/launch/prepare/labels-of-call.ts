import { UserError } from "../../../foundation/errors/user-error.ts";
import type { RunLabels } from "../../../schema/run/request/run-labels.ts";
import { parseTag } from "../../../schema/run/request/tag-text.ts";
import type { Startable } from "../../../schema/run/request/run-request.ts";
import type { WorkloadFile } from "../../../schema/run/request/workload-file.ts";

const maximumNoteLength = 4000;

/** Labels as the user typed them. */
interface TypedLabels {
  name?: string | undefined;
  tag: readonly string[];
  note?: string | undefined;
}

/**
 * Applies names, tags and notes to what is started. Options take precedence over a workload file, tag by tag. The name
 * of a program is part of `startable`; a built-in workload keeps its own name there.
 *
 * @throws UserError `tag-invalid`, `name-invalid`, `note-too-long`
 */
export function withLabels(
  startable: Startable,
  typed: TypedLabels,
  file: Pick<WorkloadFile, "name" | "tags" | "note"> = {},
): { startable: Startable; labels?: RunLabels } {
  if (typed.name?.trim() === "") throw nameInvalid(typed.name);
  const name = typed.name ?? file.name;
  const tags = { ...tagsOfFile(file), ...tagsOf(typed.tag) };
  const note = checkedNote(typed.note ?? file.note);
  const described = describedBy(tags, note);
  if (name === undefined) return { startable, ...described };
  if (startable.kind === "command") return { startable: { ...startable, name }, ...described };
  return { startable, labels: { name, ...described.labels } };
}

function describedBy(
  tags: Record<string, string>,
  note: string | undefined,
): { labels?: RunLabels } {
  const hasTags = Object.keys(tags).length > 0;
  if (!hasTags && note === undefined) return {};
  return { labels: { ...(hasTags ? { tags } : {}), ...(note === undefined ? {} : { note }) } };
}

/** @throws UserError `tag-invalid` */
export function tagsOf(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text): [string, string] => {
      const tag = parseTag(text);
      if (tag === undefined) throw tagInvalid(text);
      return [tag.key, tag.value ?? ""];
    }),
  );
}

function tagsOfFile({ tags = {} }: Pick<WorkloadFile, "tags">): Record<string, string> {
  return tagsOf(Object.entries(tags).map(([key, value]) => `${key}=${value}`));
}

/**
 * The note without surrounding space; undefined if it is empty.
 *
 * @throws UserError `note-too-long`
 */
export function checkedNote(text: string | undefined): string | undefined {
  const note = text?.trim();
  if (note === undefined || note === "") return undefined;
  if (note.length <= maximumNoteLength) return note;
  const message = `the note has ${note.length} characters; at most ${maximumNoteLength} are kept`;
  throw new UserError("note-too-long", message, {
    at: "--note",
    hint: "keep long descriptions in a file, and name the file in the note",
  });
}

function nameInvalid(name: string): UserError {
  return new UserError("name-invalid", `the name \`${name}\` is blank`, {
    at: "--name",
    hint: "for example `--name resnet-baseline`",
  });
}

export function tagInvalid(text: string): UserError {
  return new UserError("tag-invalid", `invalid tag \`${text}\``, {
    at: "--tag",
    hint: "use `--tag key=value` or a single word, for example `--tag lr=0.1` or `--tag baseline`",
  });
}
