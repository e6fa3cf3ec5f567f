import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { LabelRequest } from "../../src/schema/dashboard/label-request.ts";
import { changeLabels } from "../requests/labels.ts";
import { asFailure } from "../live/follow.ts";

/** Changes labels; whether it succeeded. */
export type ChangeLabels = (request: LabelRequest) => Promise<boolean>;

/** Changes the labels of runs, one after another, and keeps the message of the last failure. */
export function useLabelChanges(
  runIds: readonly string[],
  changed?: () => Promise<void>,
): { problem: string; change: ChangeLabels } {
  const [problem, setProblem] = useState("");
  const change = async (request: LabelRequest): Promise<boolean> => {
    try {
      for (const runId of runIds) await changeLabels(runId, request);
      await changed?.();
      setProblem("");
      return true;
    } catch (error) {
      const { message, hint } = asFailure(error);
      setProblem(hint === undefined ? message : `${message}: ${hint}`);
      return false;
    }
  };
  return { problem, change };
}

/** A field for a new tag, `key=value`. */
export function TagForm({ label, change }: { label: string; change: ChangeLabels }): JSX.Element {
  const [tag, setTag] = useState("");
  const addTag = async (): Promise<void> => {
    if (tag.trim() !== "" && (await change({ tags: [tag.trim()] }))) setTag("");
  };
  return (
    <form
      class="tag-form"
      onSubmit={(event) => {
        event.preventDefault();
        void addTag();
      }}
    >
      <input
        type="text"
        aria-label={label}
        placeholder="key=value"
        value={tag}
        onInput={(event) => setTag(event.currentTarget.value)}
      />
      <button type="submit">add tag</button>
    </form>
  );
}

export function LabelProblem({ text }: { text: string }): JSX.Element | null {
  if (text === "") return null;
  return (
    <span class="bad" role="alert">
      {text}
    </span>
  );
}
