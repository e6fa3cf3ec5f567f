import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { LabelRequest } from "../../../src/schema/dashboard/label-request.ts";
import { changeLabels } from "../../api.ts";
import { about } from "../../live/about.ts";
import { asFailure } from "../../live/follow.ts";

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
  const [tag, setTag] = useState("");
  const [problem, setProblem] = useState("");
  if (about.value?.isReadOnly !== false) return null;
  const change = async (request: LabelRequest): Promise<boolean> => {
    try {
      for (const runId of runIds) await changeLabels(runId, request);
      setProblem("");
      return true;
    } catch (error) {
      const { message, hint } = asFailure(error);
      setProblem(hint === undefined ? message : `${message}: ${hint}`);
      return false;
    }
  };
  const addTag = async (): Promise<void> => {
    if (tag.trim() !== "" && (await change({ tags: [tag.trim()] }))) setTag("");
  };
  const archive = async (): Promise<void> => {
    if (await change({ isArchived: !areArchived })) clear();
  };
  return (
    <>
      <form
        class="tag-form"
        onSubmit={(event) => {
          event.preventDefault();
          void addTag();
        }}
      >
        <input
          type="text"
          aria-label="tag of the selected runs"
          placeholder="key=value"
          value={tag}
          onInput={(event) => setTag(event.currentTarget.value)}
        />
        <button type="submit">add tag</button>
      </form>
      <button type="button" onClick={() => void archive()}>
        {areArchived ? "unarchive" : "archive"}
      </button>
      {problem === "" ? undefined : (
        <span class="bad" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
