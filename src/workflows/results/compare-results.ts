import { compareResults } from "../../atlas/compare/compare-results.ts";
import { shortNames } from "../../atlas/names/short-names.ts";
import { measureRow } from "../../atlas/rows/measures.ts";
import type { OwnResult } from "../../atlas/rows/own-row.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type {
  Comparison,
  CompareSubject,
  CurveAxis,
} from "../../schema/atlas/answers/comparison.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import type { RunStore } from "../../store/records/run-store.ts";
import { bestOfAccelerators, type BestRequest } from "./best-of-accelerators.ts";
import { findResult } from "./find-result.ts";
import { type Atlas, type AtlasRequest, loadAtlas } from "./load-atlas.ts";

export interface CompareRequest extends AtlasRequest {
  /** Rows, own runs, series, `last`, or folders of logs, as the user wrote them. */
  names: readonly string[];
  store: RunStore;
  cwd: string;
  axis: CurveAxis;
  /** Given: `names` are accelerators or vendors, whose best results are compared. */
  best?: Omit<BestRequest, "names"> | undefined;
}

/**
 * Compares the results that the user named.
 *
 * @throws UserError `unknown-result`, `ambiguous-result`, `same-result-twice`, and what `findResult` and
 *   `bestOfAccelerators` throw
 */
export async function compareNamed(
  request: CompareRequest,
  signal: AbortSignal,
): Promise<{ comparison: Comparison; problems: readonly ResultsProblem[] }> {
  const atlas = await loadAtlas(request);
  const subjects: CompareSubject[] = [];
  const { best } = request;
  const names =
    best === undefined
      ? request.names
      : bestOfAccelerators({ ...best, names: request.names }, atlas);
  for (const name of names) {
    const subject = subjectOf(await findResult(name, { ...request, atlas, signal }), atlas);
    const { rowId } = subject.measured.row;
    if (subjects.some(({ measured }) => measured.row.rowId === rowId))
      throw new UserError("same-result-twice", `\`${name}\` was specified twice`, { saw: rowId });
    subjects.push(subject);
  }
  return {
    comparison: compareResults(withShortNames(subjects), atlas.groups, request.axis),
    problems: atlas.problems,
  };
}

function subjectOf({ row, runs, curves, target }: OwnResult, { rod }: Atlas): CompareSubject {
  return { name: row.rowId, measured: measureRow(row, rod), runs, curves, target };
}

function withShortNames(subjects: readonly CompareSubject[]): CompareSubject[] {
  const names = shortNames(subjects.map(({ name }) => name));
  return subjects.map((subject, index) => ({ ...subject, name: names[index] ?? subject.name }));
}
