import type { Paint } from "../../report/paint.ts";
import { commandEntries, commandGroups } from "../commands.ts";

/** The text of `pitwall --help`: three examples and one line per command. */
export function programHelp(version: string, paint: Paint): string {
  const entries = Object.entries(commandEntries);
  const width = Math.max(...entries.map(([name]) => name.length));
  const commandLines = (heading: string): string[] =>
    entries
      .filter(([, { group }]) => group === heading)
      .map(([name, { summary }]) => `  ${paint.name(name.padEnd(width))}   ${summary}`);
  const groups = commandGroups.flatMap((heading) =>
    ["", paint.strong(heading)].concat(commandLines(heading)),
  );
  return [
    `${paint.strong("pitwall")} ${version}: measure and compare time to train`,
    "",
    "  pitwall run --target 'val_acc>=0.94' -- python train.py",
    "  pitwall run digits --workers 2 --runs 5",
    "  pitwall results --benchmark bert --round 'v4.*' --accelerator h100",
    ...groups,
    "",
    `${paint.name("pitwall <command> --help")} lists options and examples`,
  ].join("\n");
}
