import { formatBytes } from "../../foundation/numbers/units.ts";
import type { FetchedFiles } from "../../workflows/control/fetch-files.ts";
import { countOf } from "../../report/wording.ts";
import { defineCommand, exitCodes, type Face } from "../command-table.ts";
import { openStore } from "../open-store.ts";

const options = {
  out: {
    takes: "text",
    placeholder: "folder",
    group: "Where",
    help: "copy to this folder; default: `files` in the run's record",
  },
} as const;

export const fetchCommand = defineCommand({
  name: "fetch",
  summary: "Copy the files that a run wrote on its hosts to this machine",
  usage: "<run> [pattern]",
  arguments: [
    { name: "run", help: "any unambiguous part of the name of a run, or `last`" },
    {
      name: "pattern",
      help: "only these: `'*.pt'` at any depth, `'checkpoints/step-*'` a path in PITWALL_RUN_DIR",
    },
  ],
  argumentCount: { minimum: 1, maximum: 2 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall fetch last '*.pt'",
      does: "the checkpoints of the newest run, into one folder per host",
    },
  ],
  options,
  exits: [
    { code: 0, when: "the files of every host are here, with the same checksums" },
    { code: 2, when: "no file matches" },
    { code: 3, when: "a host did not answer, or copying failed" },
  ],
  async act({ arguments: [text = "", pattern], options: { out }, face, shared }) {
    const { findRun } = await import("../../workflows/control/find-run.ts");
    const { fetchFiles } = await import("../../workflows/control/fetch-files.ts");
    const record = await findRun(await openStore(face, shared), text);
    const fetched = await fetchFiles(record, { pattern, out, cwd: face.cwd }, face);
    if (shared.json) {
      const { writeJson } = await import("../terminal/atlas-screen.ts");
      writeJson(face, "fetch", fetched);
    } else printFetched(fetched, face);
    return fetched.unreachable.length === 0 ? exitCodes.yes : exitCodes.worldFailed;
  },
});

function printFetched({ folder, files, unreachable }: FetchedFiles, { out, err }: Face): void {
  for (const { host, name, byteCount, isNew } of files) {
    const state = isNew ? "" : out.paint.faint("  unchanged");
    out.write(`${out.paint.name(host)} ${name}  ${formatBytes(byteCount)}${state}\n`);
  }
  const hostCount = new Set(files.map(({ host }) => host)).size;
  const count = `${countOf(files.length, "file")} of ${countOf(hostCount, "host")}`;
  err.print(`${count} in ${err.paint.name(folder)}\n`);
  for (const { host, reason } of unreachable)
    err.print(`${err.paint.bad(`host ${host} did not answer`)}: ${reason}\n`);
}
