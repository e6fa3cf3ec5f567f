import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { MeasuredRow } from "../../../src/schema/atlas/answers/figures.ts";
import type { AtlasRowDocument } from "../../../src/schema/dashboard/atlas-document.ts";
import type { ApiError } from "../../api.ts";
import { Isolated } from "../../components/isolated.tsx";
import { Link } from "../../components/link.tsx";
import { StateMessage } from "../../components/panel.tsx";
import { Prose } from "../../components/prose.tsx";
import { type Atlas, atlasState, followAtlas, rowDocument } from "../../live/atlas-documents.ts";
import { asFailure } from "../../live/follow.ts";
import { storeInAddress, place } from "../../router.ts";
import { writeIds } from "../atlas/atlas-view.ts";
import { ComparisonBody } from "./comparison-body.tsx";
import { ResultSearch } from "./result-search.tsx";
import {
  findSubjects,
  maxSubjects,
  readCompareView,
  subjectsOf,
  type CompareView,
  type FoundSubject,
} from "./view-model.ts";

/** Compares results: which is faster, why, whether the difference is significant, and what differs. */
export function ComparePage(): JSX.Element {
  useEffect(() => {
    const unmount = new AbortController();
    followAtlas(unmount.signal);
    return () => unmount.abort();
  }, []);
  const { atlas, failure } = atlasState.value;
  return (
    <>
      <div class="page-head">
        <h1>Compare</h1>
      </div>
      {atlas === undefined ? (
        <StateMessage
          state={
            failure === undefined
              ? { kind: "loading" }
              : { kind: "failed", message: failure.message, hint: failure.hint }
          }
        />
      ) : (
        <Chosen atlas={atlas} />
      )}
    </>
  );
}

function Chosen({ atlas }: { atlas: Atlas }): JSX.Element {
  const { query } = place.value;
  const text = JSON.stringify(query);
  const view = useMemo(() => readCompareView(query), [text]);
  const ids = view.ids.join("\n");
  const found = useMemo(() => findSubjects(view.ids, atlas.rows), [ids, atlas]);
  const measured = useMemo(
    () => unique(found.flatMap((one) => (one.kind === "found" ? [one.measured] : []))),
    [found],
  );
  return (
    <>
      <div class="compare-tools">
        <ResultSearch
          rows={atlas.rows}
          chosen={measured}
          isFull={view.ids.length >= maxSubjects}
          add={(rowId) => storeInAddress({ ids: writeIds([...view.ids, rowId]) }, { asStep: true })}
        />
        <Link to={{ path: "/atlas", query: atlasQuery(measured, view) }} class="button">
          select in the atlas
        </Link>
      </div>
      <Names found={found} view={view} />
      {measured.length < 2 ? (
        <StateMessage
          state={{
            kind: "empty",
            text:
              measured.length === 0
                ? "No results selected. Search above, or select points in the atlas. In the terminal:"
                : "Select one more result. In the terminal:",
            command: "pitwall compare v3.1/NVIDIA/eos_n64*/gpt3 v4.1/NVIDIA/eos_n64*/gpt3",
          }}
        />
      ) : (
        <Documents atlas={atlas} measured={measured} view={view} />
      )}
    </>
  );
}

function atlasQuery(
  measured: readonly MeasuredRow[],
  { ids }: CompareView,
): Record<string, string> {
  const benchmark = measured[0]?.row.benchmark;
  return { ...(benchmark === undefined ? {} : { benchmark }), compare: writeIds(ids) };
}

function unique(rows: readonly MeasuredRow[]): readonly MeasuredRow[] {
  return [...new Set(rows)];
}

function Names({
  found,
  view,
}: {
  found: readonly FoundSubject[];
  view: CompareView;
}): JSX.Element | null {
  if (found.length === 0) return null;
  const drop = (written: string): void =>
    storeInAddress(
      { ids: writeIds(view.ids.filter((id) => id !== written)), with: undefined },
      { asStep: true },
    );
  return (
    <>
      <ul class="chips" aria-label="compared">
        {found.map((one) => (
          <li class="chip">
            {one.kind === "found" ? (
              <span>
                <Isolated parts={one.measured.row.rowId.split("/").slice(1)} separator="/" />
              </span>
            ) : (
              <bdi>{one.written}</bdi>
            )}
            <button
              type="button"
              aria-label={`remove ${one.written}`}
              onClick={() => drop(one.written)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      {found.map((one) =>
        one.kind === "found" ? undefined : (
          <div class="notice bad" role="alert">
            <strong>
              <Prose text={one.message} />
            </strong>
            <span class="muted">{one.hint}</span>
          </div>
        ),
      )}
    </>
  );
}

/** Fetches the runs and curves of the compared results. */
function Documents({
  atlas,
  measured,
  view,
}: {
  atlas: Atlas;
  measured: readonly MeasuredRow[];
  view: CompareView;
}): JSX.Element {
  const [documents, setDocuments] = useState<readonly AtlasRowDocument[]>();
  const [failure, setFailure] = useState<ApiError>();
  useEffect(() => {
    let isCurrent = true;
    Promise.all(measured.map(({ row }) => rowDocument(atlas, row.rowId))).then(
      (all) => {
        if (!isCurrent) return;
        setFailure(undefined);
        setDocuments(all);
      },
      (error: unknown) => isCurrent && setFailure(asFailure(error)),
    );
    return () => {
      isCurrent = false;
    };
  }, [atlas, measured]);
  const subjects = useMemo(() => {
    // Until new documents are fetched, the previous ones are shown.
    const known = new Map(documents?.map((document) => [document.row.rowId, document]));
    return subjectsOf(
      measured.flatMap((one) => {
        const document = known.get(one.row.rowId);
        return document === undefined ? [] : [{ measured: one, document }];
      }),
    );
  }, [documents, measured]);
  if (failure !== undefined)
    return (
      <StateMessage state={{ kind: "failed", message: failure.message, hint: failure.hint }} />
    );
  if (subjects.length < 2) return <StateMessage state={{ kind: "loading" }} />;
  return <ComparisonBody atlas={atlas} subjects={subjects} view={view} />;
}
