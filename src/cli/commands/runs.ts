import { UserError } from "../../foundation/errors/user-error.ts";
import { parseTag, type Tag } from "../../schema/run/request/tag-text.ts";
import type { RunSummary } from "../../store/records/run-store.ts";
import {
  runSortKeys,
  runStatuses,
  type RunFilter,
} from "../../workflows/read-run/select/select-runs.ts";
import { screenWidth } from "../terminal/atlas-screen.ts";
import { type Call, defineCommand, exitCodes } from "../command-table.ts";
import { homeOf, openStore } from "../open-store.ts";

const options = {
  workload: {
    takes: "text",
    placeholder: "name",
    group: "Selection",
    help: "only runs of this workload or name",
  },
  tag: {
    takes: "texts",
    placeholder: "k=v",
    group: "Selection",
    help: "only runs with this tag, or with this key and any value; can be repeated",
  },
  status: {
    takes: "choice",
    choices: runStatuses,
    group: "Selection",
    help: "only runs in this state",
  },
  since: {
    takes: "text",
    placeholder: "time",
    group: "Selection",
    help: "only runs started since: `2h`, `3d`, `2026-11-01`",
  },
  archived: {
    takes: "nothing",
    group: "Selection",
    help: "archived runs too",
  },
  last: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    group: "Selection",
    help: "only so many, the newest",
  },
  group: {
    takes: "nothing",
    group: "Order",
    help: "one row per series, with its MLPerf mean; selects series of which a run matches",
  },
  sort: {
    takes: "choice",
    choices: runSortKeys,
    default: "started",
    group: "Order",
    help: "smallest first",
  },
  reverse: {
    takes: "nothing",
    group: "Order",
    help: "largest first",
  },
} as const;

export const runsCommand = defineCommand({
  name: "runs",
  summary: "List recorded runs, newest last",
  usage: "",
  arguments: [],
  argumentCount: { minimum: 0, maximum: 0 },
  takesProgram: false,
  examples: [
    {
      command: "pitwall runs --workload digits --last 10",
      does: "the ten newest runs of `digits`",
    },
    {
      command: "pitwall runs --group --tag lr --sort time",
      does: "series with the tag `lr`, the fastest first",
    },
  ],
  options,
  exits: [{ code: 0, when: "always, also for none" }],
  async act(call) {
    const { face, shared } = call;
    const store = await openStore(face, shared);
    const all = await store.list();
    const filter = await filterOf(call);
    const { rows, text } = call.options.group
      ? await listSeries(all, filter, call)
      : await listRuns(all, filter, call);
    if (shared.json) {
      face.out.write(
        `${JSON.stringify({ schemaVersion: 1, command: "runs", ok: true, result: rows })}\n`,
      );
    } else if (rows.length > 0) {
      face.out.print(`${await text()}\n`);
    } else if (!shared.quiet) {
      face.err.write(`${await noneText(all, filter, call)}\n`);
    }
    return exitCodes.yes;
  },
});

type RunsCall = Call<typeof options>;

/** @throws UserError `tag-invalid`, `since-invalid` */
async function filterOf({ options: given, face }: RunsCall): Promise<RunFilter> {
  const { workload, tag, status, since, archived } = given;
  const { parseSince } = await import("../../workflows/read-run/select/parse-since.ts");
  return {
    workload,
    tags: tag.map(tagOf),
    status: runStatuses.find((known) => known === status),
    sinceMs: since === undefined ? undefined : parseSince(since, face.nowMs()),
    withArchived: archived,
  };
}

function tagOf(text: string): Tag {
  const tag = parseTag(text);
  if (tag !== undefined) return tag;
  throw new UserError("tag-invalid", `invalid tag \`${text}\``, {
    at: "--tag",
    hint: "use `--tag key=value`, or `--tag key` for any value",
  });
}

async function listRuns(all: readonly RunSummary[], filter: RunFilter, call: RunsCall) {
  const { matchesFilter, sortByValue, sortValue } =
    await import("../../workflows/read-run/select/select-runs.ts");
  const matching = newest(
    all.filter((run) => matchesFilter(run, filter)),
    call,
  );
  const { key, isReversed } = orderOf(call);
  const rows = sortByValue(matching, (run) => sortValue(run, key), isReversed);
  const text = async (): Promise<string> => {
    const { runTable } = await import("../../report/runs/tables/run-table.ts");
    return runTable(rows, lookOf(call));
  };
  return { rows, text };
}

async function listSeries(all: readonly RunSummary[], filter: RunFilter, call: RunsCall) {
  const { matchesFilter, sortByValue } =
    await import("../../workflows/read-run/select/select-runs.ts");
  const { groupRuns, seriesSortValue } =
    await import("../../workflows/read-run/select/group-runs.ts");
  const matching = newest(
    groupRuns(all, (run) => matchesFilter(run, filter)),
    call,
  );
  const { key, isReversed } = orderOf(call);
  const rows = sortByValue(matching, (row) => seriesSortValue(row, key), isReversed);
  const text = async (): Promise<string> => {
    const { seriesTable } = await import("../../report/runs/tables/series-table.ts");
    return seriesTable(rows, lookOf(call));
  };
  return { rows, text };
}

function newest<Row>(rows: readonly Row[], { options: { last } }: RunsCall): readonly Row[] {
  return last === undefined ? rows : rows.slice(-last);
}

function orderOf({ options: { sort, reverse } }: RunsCall) {
  return { key: runSortKeys.find((known) => known === sort) ?? "started", isReversed: reverse };
}

function lookOf({ face }: RunsCall) {
  return { nowMs: face.nowMs(), width: screenWidth(face), paint: face.out.paint };
}

/** Why the list is empty. */
async function noneText(
  all: readonly RunSummary[],
  { workload, withArchived }: RunFilter,
  { face, shared }: RunsCall,
): Promise<string> {
  const { paint } = face.out;
  const home = paint.name(await homeOf(face, shared));
  if (all.length === 0)
    return `no runs on record in ${home}\n\nnext: ${paint.name("pitwall run digits --workers 2")}`;
  const { nearestWorkload } = await import("../../workflows/read-run/select/select-runs.ts");
  const nearest = nearestWorkload(all, workload);
  const meant = nearest === undefined ? "" : `; did you mean \`--workload ${nearest}\`?`;
  const archived = all.filter(
    (run) => run.kind === "readable" && run.request.labels?.isArchived === true,
  );
  const hidden =
    withArchived || archived.length === 0
      ? ""
      : `; ${archived.length} archived: \`--archived\` shows them`;
  return `no run matches, of ${all.length} on record in ${home}${meant}${hidden}`;
}
