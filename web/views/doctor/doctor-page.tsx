import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { DiagnosisDocument } from "../../../src/schema/dashboard/diagnosis-page.ts";
import type { ApiError } from "../../api.ts";
import { fetchDiagnosis } from "../../requests/diagnosis.ts";
import { Link } from "../../components/link.tsx";
import { Panel, StateMessage } from "../../components/panel.tsx";
import { Prose } from "../../components/prose.tsx";
import { WhenVisible } from "../../components/when-visible.tsx";
import { asFailure } from "../../live/follow.ts";
import type { PageProps } from "../../page-props.ts";
import { HeatMapPanel } from "../run/heat-map/heat-map-panel.tsx";
import { AttemptsPanel } from "./attempts-panel.tsx";
import { LedgerPanel } from "./ledger-panel.tsx";
import { WaitGraphPanel } from "./wait-graph-panel.tsx";
import { type CauseView, doctorView, type EvidenceRow } from "./view-model.ts";

const loadingText =
  "Reading the log, the events and the samples of all ranks. With a thousand ranks, this takes some seconds.";

/** Interval for a run in progress. */
const refetchMs = 10_000;

/** What went wrong in a run, what shows it, and what to try. */
export function DoctorPage({ parts }: PageProps): JSX.Element {
  const { runId = "" } = parts;
  const { document, failure } = useDiagnosis(runId);
  if (document === undefined) {
    return (
      <article class="doctor-page">
        <header class="doctor-head">
          <Title runId={runId} name={runId} />
        </header>
        <StateMessage
          state={
            failure === undefined
              ? { kind: "loading", text: loadingText }
              : { kind: "failed", message: failure.message, hint: failure.hint }
          }
        />
      </article>
    );
  }
  const view = doctorView(document);
  return (
    <article class="doctor-page">
      <header class="doctor-head">
        <Title runId={runId} name={document.name} />
        <p class={`verdict mood-${view.verdict.mood}`}>{view.verdict.text}</p>
        <p class="note">looked at {view.lookedAt}</p>
        {view.note === undefined ? undefined : <p class="note">{view.note}</p>}
        {failure === undefined ? undefined : (
          <p class="note" role="alert">
            not up to date: {failure.message}
          </p>
        )}
      </header>
      <div class="panel-grid">
        <WaitGraphPanel graph={view.waits} />
        {view.causes.map((cause, index) => (
          <CausePanel cause={cause} showsSentence={index > 0} />
        ))}
        <Alternatives alternatives={view.alternatives} />
        <Advice texts={view.advice} />
        <RanksNow command={view.ranksCommand} />
        <AttemptsPanel rows={view.attempts} />
        <LedgerPanel ledger={document.ledger} />
        <WaitingMap document={document} />
      </div>
    </article>
  );
}

function Title({ runId, name }: { runId: string; name: string }): JSX.Element {
  return (
    <>
      <p class="crumbs">
        <Link to={{ path: "/runs", query: {} }}>Runs</Link>
        <span aria-hidden="true"> / </span>
        <Link to={{ path: `/runs/${runId}`, query: {} }}>{name}</Link>
      </p>
      <h1>Doctor</h1>
    </>
  );
}

function RanksNow({ command }: { command: string | undefined }): JSX.Element | undefined {
  if (command === undefined) return undefined;
  const text = "The terminal also looks at the processes of the ranks, on their hosts:";
  return (
    <Panel
      title="What the ranks do now"
      state={{ kind: "empty", text, command }}
      children={undefined}
    />
  );
}

/** Nothing for a run whose ranks reported no steps. */
function WaitingMap({ document }: { document: DiagnosisDocument }): JSX.Element | undefined {
  const { runId, state, launchedMs, durationMs, diagnosis } = document;
  const hasSteps = diagnosis.lookedAt.some(
    ({ what, count }) => what === "step-samples" && count > 0,
  );
  if (!hasSteps || launchedMs === undefined) return undefined;
  return (
    <WhenVisible class="wide" minHeight={320}>
      {() => (
        <HeatMapPanel
          runId={runId}
          isRunning={state === "running"}
          durationMs={durationMs}
          zero={{ atMs: launchedMs, label: "since launch" }}
          firstMetric="communicationMs"
        />
      )}
    </WhenVisible>
  );
}

function useDiagnosis(runId: string): {
  document: DiagnosisDocument | undefined;
  failure: ApiError | undefined;
} {
  const [document, setDocument] = useState<DiagnosisDocument>();
  const [failure, setFailure] = useState<ApiError>();
  const isRunning = document?.state === "running";
  useEffect(() => {
    const unmount = new AbortController();
    const load = async (): Promise<void> => {
      try {
        setDocument(await fetchDiagnosis(runId, unmount.signal));
        setFailure(undefined);
      } catch (error) {
        if (!unmount.signal.aborted) setFailure(asFailure(error));
      }
    };
    void load();
    const timer = isRunning ? setInterval(() => void load(), refetchMs) : undefined;
    return () => {
      unmount.abort();
      clearInterval(timer);
    };
  }, [runId, isRunning]);
  return { document, failure };
}

function CausePanel({
  cause,
  showsSentence,
}: {
  cause: CauseView;
  showsSentence: boolean;
}): JSX.Element {
  return (
    <Panel title={`Evidence, ${cause.likelihood} likely`} state={{ kind: "ready" }}>
      {showsSentence ? <p class="verdict mood-bad">{cause.sentence}</p> : undefined}
      <EvidenceList rows={cause.evidence} />
    </Panel>
  );
}

function EvidenceList({ rows }: { rows: readonly EvidenceRow[] }): JSX.Element {
  return (
    <ol class="evidence">
      {rows.map(({ place, link, text }) => (
        <li>
          {link === undefined ? (
            <span class="mono">{place}</span>
          ) : (
            <Link class="mono" to={link}>
              {place}
            </Link>
          )}
          <span>
            <Prose text={text} />
          </span>
        </li>
      ))}
    </ol>
  );
}

function Alternatives({
  alternatives,
}: {
  alternatives: readonly CauseView[];
}): JSX.Element | undefined {
  if (alternatives.length === 0) return undefined;
  return (
    <Panel title="What else it may be" state={{ kind: "ready" }}>
      <ul class="alternatives">
        {alternatives.map(({ sentence, likelihood, fraction }) => (
          <li>
            <strong>{likelihood}</strong>
            <span class="share" aria-hidden="true">
              <span style={{ width: `${fraction * 100}%` }} />
            </span>
            <span>{sentence}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Advice({ texts }: { texts: readonly string[] }): JSX.Element | undefined {
  if (texts.length === 0) return undefined;
  return (
    <Panel title="What to try" state={{ kind: "ready" }}>
      <ul class="advice">
        {texts.map((text) => (
          <li>
            <Prose text={text} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
