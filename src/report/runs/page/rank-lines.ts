import { shellWord } from "../../../foundation/text/shell-word.ts";
import type { RunPage } from "../../../schema/run/run-page.ts";
import type { Paint } from "../../paint.ts";

/** Each rank of a run: where it runs or ran, how it ended, and what starts it as a line to paste into a shell there. */
export function rankLines({ request, job }: RunPage, paint: Paint): string {
  return job.ranks
    .map(({ rank, host, state, pid, command }) => {
      const where = pid === undefined ? host : `${host}, process ${pid}`;
      const head = `${paint.strong(`rank ${rank}`)} on ${where}: ${stateText(state)}`;
      const line = command ?? programLine(request);
      return line === undefined ? head : `${head}\n${line}`;
    })
    .join("\n\n");
}

type RankState = RunPage["job"]["ranks"][number]["state"];

function stateText(state: RankState): string {
  switch (state.kind) {
    case "running":
      return "running";
    case "host-lost":
      return "its host was lost";
    case "exited":
      return state.signal === undefined
        ? `exited with code ${state.exitCode ?? "unknown"}`
        : `ended by ${state.signal}`;
  }
}

/** The program of a job of one rank on the launching machine. */
function programLine({ startable, seed }: RunPage["request"]): string | undefined {
  if (startable.kind !== "command") return undefined;
  const { command, cwd, env } = startable;
  const set = Object.entries(env).map(([name, value]) => `${name}=${shellWord(value)}`);
  const words = command.map((word) => shellWord(word.replaceAll("{seed}", String(seed))));
  const start = set.length === 0 ? [] : ["env", ...set];
  return ["cd", shellWord(cwd), "&&", ...start, ...words].join(" ");
}
