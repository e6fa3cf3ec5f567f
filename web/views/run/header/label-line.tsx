import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { RunDetail } from "../../../../src/schema/dashboard/run-detail.ts";
import type { RunLabels } from "../../../../src/schema/run/request/run-labels.ts";
import { formatTag } from "../../../../src/schema/run/request/tag-text.ts";
import {
  type ChangeLabels,
  LabelProblem,
  TagForm,
  useLabelChanges,
} from "../../../components/label-changes.tsx";

/** The tags and the note of a run, with what changes them if the server allows changes. */
export function LabelLine({
  detail,
  changed,
}: {
  detail: RunDetail;
  /** Called after a change. */
  changed: () => Promise<void>;
}): JSX.Element | null {
  const [isEditing, setEditing] = useState(false);
  const { problem, change } = useLabelChanges([detail.runId], changed);
  const { labels = {} } = detail.request;
  if (!detail.canLabel) return <ShownLabels labels={labels} />;
  return (
    <div class="run-labels">
      <Tags labels={labels} {...(isEditing ? { change } : {})} />
      {isEditing ? undefined : <Note labels={labels} />}
      <button
        type="button"
        data-kind="quiet"
        aria-expanded={isEditing}
        onClick={() => setEditing(!isEditing)}
      >
        {isEditing ? "done" : "edit labels"}
      </button>
      {isEditing ? <LabelForm labels={labels} change={change} /> : undefined}
      <LabelProblem text={problem} />
    </div>
  );
}

function ShownLabels({ labels }: { labels: RunLabels }): JSX.Element | null {
  if (Object.keys(labels).length === 0) return null;
  return (
    <p class="run-labels">
      <Tags labels={labels} />
      <Note labels={labels} />
    </p>
  );
}

/** @param props `change`: tags can be removed */
function Tags({ labels, change }: { labels: RunLabels; change?: ChangeLabels }): JSX.Element {
  return (
    <>
      {labels.isArchived === true ? <span class="tag warn">archived</span> : undefined}
      {Object.entries(labels.tags ?? {}).map((tag) => (
        <span class="tag" key={tag[0]}>
          <bdi>{formatTag(tag)}</bdi>
          {change === undefined ? undefined : (
            <button
              type="button"
              data-kind="quiet"
              aria-label={`remove the tag ${tag[0]}`}
              onClick={() => void change({ removedTags: [tag[0]] })}
            >
              ×
            </button>
          )}
        </span>
      ))}
    </>
  );
}

function Note({ labels: { note } }: { labels: RunLabels }): JSX.Element | null {
  return note === undefined ? null : <bdi class="note">{note}</bdi>;
}

function LabelForm({ labels, change }: { labels: RunLabels; change: ChangeLabels }): JSX.Element {
  const { note = "", isArchived = false } = labels;
  const [text, setText] = useState(note);
  return (
    <div class="label-form">
      <TagForm label="tag" change={change} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void change({ note: text });
        }}
      >
        <textarea
          aria-label="note"
          placeholder="note"
          rows={2}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" disabled={text === note}>
          save note
        </button>
      </form>
      <button type="button" onClick={() => void change({ isArchived: !isArchived })}>
        {isArchived ? "unarchive" : "archive"}
      </button>
    </div>
  );
}
