import { jobSize } from "./job-size.ts";
import { continuesText } from "../../../../src/schema/run/request/continued-run.ts";
import { roleSuffix } from "../../../../src/schema/run/outcome/counted-runs.ts";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { requestStop, recordAddress } from "../../../requests/run.ts";
import type { RunDetail } from "../../../../src/schema/dashboard/run-detail.ts";
import { runName } from "../../../../src/schema/run/request/run-name.ts";
import { ConnectionBadge } from "../../../components/connection-badge.tsx";
import { Gauge } from "../../../components/figures/gauge.tsx";
import { Link } from "../../../components/link.tsx";
import { storeInAddress } from "../../../router.ts";
import type { Connection } from "../../../live/connection.ts";
import { asFailure } from "../../../live/follow.ts";
import type { KnownRun } from "../stream/apply-run-event.ts";
import { LabelLine } from "./label-line.tsx";
import { NoticeButton } from "./notice-button.tsx";
import { RaceClock } from "./race-clock.tsx";
import { causeText, clockReading, instruments, runState, type Instrument } from "../view-model.ts";
import { Prose } from "../../../components/prose.tsx";

/** The name of the run, its clock, and its key figures. */
export function RunHeader({
  run,
  connection,
  changed,
}: {
  run: KnownRun;
  connection: Connection;
  /** Called after a change of the labels. */
  changed: () => Promise<void>;
}): JSX.Element {
  const { detail } = run;
  const { state, mood } = runState(detail);
  const { series, seed } = detail.request;
  const continues = continuesText(detail.request);
  const size = jobSize(detail.job);
  return (
    <header class="run-header">
      <div class="run-title">
        <p class="crumbs">
          <Link to={{ path: "/runs", query: {} }}>Runs</Link>
          <span aria-hidden="true"> / </span>
          <span class="mono">{detail.runId}</span>
        </p>
        <h1>{runName(detail.request)}</h1>
        <p class="run-facts">
          <strong class={`mood-${mood}`}>{state}</strong>
          {continues === undefined ? undefined : <span>{continues}</span>}
          {series.count > 1 ? (
            <span>{`run ${series.index} of ${series.count}${roleSuffix(detail.request)}`}</span>
          ) : undefined}
          {size === undefined ? undefined : <span>{size}</span>}
          <span>seed {seed}</span>
          <ConnectionBadge
            connection={shownConnection(detail.state.kind === "running", connection)}
          />
        </p>
        <CauseLine detail={detail} />
        <LabelLine detail={detail} changed={changed} />
        <p class="run-actions">
          <a class="button" href={recordAddress(detail.runId)} download>
            download record
          </a>
          <Link class="button" to={{ path: `/runs/${detail.runId}/doctor`, query: {} }}>
            doctor
          </Link>
          <NoticeButton detail={detail} />
          {detail.canStop ? <StopButton runId={detail.runId} /> : undefined}
        </p>
      </div>
      <RaceClock reading={clockReading(detail, run.progressMs)} />
      <div class="instruments">
        {instruments(detail).map((instrument) => (
          <InstrumentView {...instrument} />
        ))}
      </div>
    </header>
  );
}

/** Why a run has not reached its target: its end in words, and the line of the log that states the cause. */
function CauseLine({ detail }: { detail: RunDetail }): JSX.Element | undefined {
  const text = causeText(detail);
  const { causeLine } = detail;
  if (text === undefined && causeLine === undefined) return undefined;
  const tone = detail.result?.outcome.kind === "died" ? "bad" : "warn";
  return (
    <p class={`run-cause ${tone}`} role="status">
      {text === undefined ? undefined : (
        <strong>
          <Prose text={text} />
        </strong>
      )}
      {causeLine === undefined ? undefined : (
        <>
          <code>
            <bdi>{causeLine.text}</bdi>
          </code>
          <button
            type="button"
            data-kind="quiet"
            onClick={() => showLine(causeLine.number)}
          >{`log line ${causeLine.number}`}</button>
        </>
      )}
    </p>
  );
}

function showLine(number: number): void {
  storeInAddress({ line: String(number), find: undefined, logRank: undefined }, { asStep: true });
  document.querySelector("#log")?.scrollIntoView({ block: "center" });
}

function shownConnection(isRunning: boolean, connection: Connection): Connection {
  return connection.kind === "live" && !isRunning ? { kind: "ended" } : connection;
}

function InstrumentView({
  label,
  value,
  detail,
  fullDetail = detail,
  fraction,
  isOver = false,
}: Instrument): JSX.Element {
  return (
    <div class="instrument">
      <span class="instrument-label">{label}</span>
      <span class="instrument-value">{value}</span>
      <span class="instrument-detail" title={fullDetail}>
        {detail}
      </span>
      {fraction === undefined ? undefined : (
        <Gauge
          fraction={fraction}
          isOver={isOver}
          label={`${label}: ${Math.round(fraction * 100)} %`}
        />
      )}
    </div>
  );
}

/** Asks for confirmation, because a stopped run cannot be resumed. */
function StopButton({ runId }: { runId: string }): JSX.Element {
  const [step, setStep] = useState<"idle" | "confirming" | "requesting" | "requested">("idle");
  const [problem, setProblem] = useState("");
  const stop = async (): Promise<void> => {
    setStep("requesting");
    try {
      await requestStop(runId);
      setStep("requested");
    } catch (error) {
      const { message, hint } = asFailure(error);
      setProblem(hint === undefined ? message : `${message}: ${hint}`);
      setStep("idle");
    }
  };
  if (step === "confirming") {
    return (
      <span class="confirm" role="group" aria-label="stop the run?">
        <button type="button" data-kind="danger" autofocus onClick={() => void stop()}>
          stop this run
        </button>
        <button type="button" onClick={() => setStep("idle")}>
          cancel
        </button>
      </span>
    );
  }
  return (
    <>
      <button
        type="button"
        data-kind="danger"
        disabled={step !== "idle"}
        onClick={() => setStep("confirming")}
      >
        {step === "requested" ? "stop requested" : "stop"}
      </button>
      {problem === "" ? undefined : (
        <span class="bad" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
