import { UserError } from "../../foundation/errors/user-error.ts";
import { formatTag } from "../../schema/run/request/tag-text.ts";
import type { LabeledRun } from "../../workflows/control/label-runs.ts";
import { type Call, defineCommand, exitCodes } from "../command-table.ts";
import { openStore } from "../open-store.ts";

const options = {
  tag: {
    takes: "texts",
    placeholder: "k=v",
    group: "Labels",
    help: "add a tag, or change its value; can be repeated",
  },
  "remove-tag": {
    takes: "texts",
    placeholder: "key",
    group: "Labels",
    help: "remove a tag; can be repeated",
  },
  note: {
    takes: "text",
    placeholder: "text",
    group: "Labels",
    help: "replace the note; an empty text removes it",
  },
  archive: {
    takes: "nothing",
    group: "Labels",
    help: "leave the runs out of lists; `pitwall runs --archived` shows them",
  },
  unarchive: { takes: "nothing", group: "Labels", help: "show them in lists again" },
} as const;

export const runsLabelCommand = defineCommand({
  name: "runs label",
  summary: "Change tags and notes of recorded runs, or archive them",
  usage: "<run | series>… [options]",
  arguments: [
    {
      name: "run | series…",
      help: "any unambiguous part of the name, or `last`; of a series, all runs",
    },
  ],
  argumentCount: { minimum: 1, maximum: 10_000 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall runs label last --tag baseline --note 'first with bf16'",
      does: "a tag and a note for the newest run",
    },
    {
      command: "pitwall runs label last --archive",
      does: "leave the newest run out of lists; its record stays as it is",
    },
  ],
  options,
  exits: [
    { code: 0, when: "the labels are changed" },
    { code: 2, when: "there is no such run, or a tag is invalid" },
  ],
  async act(call) {
    const { arguments: texts, face, shared } = call;
    const { labelRuns } = await import("../../workflows/control/label-runs.ts");
    const store = await openStore(face, shared);
    const labeled = await labelRuns(texts, changeOf(call), { store, nowMs: face.nowMs() });
    if (shared.json) {
      const { writeJson } = await import("../terminal/atlas-screen.ts");
      writeJson(face, "runs label", labeled);
    } else for (const run of labeled) face.out.print(`${lineOf(run, call)}\n`);
    return exitCodes.yes;
  },
});

type LabelCall = Call<typeof options>;

function changeOf({ options: given }: LabelCall) {
  const { tag, note, archive, unarchive } = given;
  if (archive && unarchive) {
    throw new UserError("options-conflict", "`--archive` and `--unarchive` exclude each other", {
      at: "--unarchive",
    });
  }
  return {
    tags: tag,
    removedTags: given["remove-tag"],
    note,
    isArchived: archive ? true : unarchive ? false : undefined,
  };
}

/** The labels of a run after the change, on one line. */
function lineOf({ runId, labels }: LabeledRun, { face }: LabelCall): string {
  const { paint } = face.out;
  const parts = [
    ...Object.entries(labels?.tags ?? {}).map(formatTag),
    ...(labels?.note === undefined ? [] : [paint.faint(labels.note)]),
    ...(labels?.isArchived === true ? [paint.warn("archived")] : []),
  ];
  return `${paint.name(runId)}: ${parts.length === 0 ? "no labels" : parts.join("  ")}`;
}
