import type { JSX } from "preact";
import { LabelProblem, TagForm, useLabelChanges } from "../../components/label-changes.tsx";
import { about } from "../../live/about.ts";

/** Tags or archives the selected runs; nothing on a read-only server. */
export function LabelPicked({
  runIds,
  areArchived,
  clear,
}: {
  runIds: readonly string[];
  areArchived: boolean;
  clear: () => void;
}): JSX.Element | null {
  const { problem, change } = useLabelChanges(runIds);
  if (about.value?.isReadOnly !== false) return null;
  const archive = async (): Promise<void> => {
    if (await change({ isArchived: !areArchived })) clear();
  };
  return (
    <>
      <TagForm label="tag of the selected runs" change={change} />
      <button type="button" onClick={() => void archive()}>
        {areArchived ? "unarchive" : "archive"}
      </button>
      <LabelProblem text={problem} />
    </>
  );
}
