import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { UserError } from "../../../src/foundation/errors/user-error.ts";
import { recommendationText } from "../../../src/report/plan/plan-wording.ts";
import type { PlanData } from "../../../src/schema/plan/plan-data.ts";
import { StateMessage } from "../../components/panel.tsx";
import { Prose } from "../../components/prose.tsx";
import { place } from "../../router.ts";
import { chooseOffer, FrontPanel } from "./front-panel.tsx";
import { OfferPanels } from "./offer-panels.tsx";
import { OfferTable } from "./offer-table.tsx";
import { planCommandOf } from "./plan-address.ts";
import { PlanControls } from "./plan-controls.tsx";
import { PlanEngine, type PlannedAnswer, type PlanState, type PlanView } from "./plan-engine.ts";
import { askedPlan, loadPlanPage, planData, planQuery, planState } from "./plan-state.ts";
import { chosenOffer, limitRanges, offerId } from "./view-model.ts";

/** Plans a training in the page, with the engine of `pitwall plan`. */
export function PlanPage(): JSX.Element {
  useEffect(() => {
    const unmount = new AbortController();
    void loadPlanPage(unmount.signal);
    return () => unmount.abort();
  }, []);
  const loaded = planData.value;
  return (
    <>
      <div class="page-head">
        <h1>Plan</h1>
      </div>
      {loaded.kind === "loaded" ? (
        <PlanBody data={loaded.data} />
      ) : (
        <StateMessage
          state={
            loaded.kind === "loading"
              ? { kind: "loading" }
              : { kind: "failed", message: loaded.error.message, hint: loaded.error.hint }
          }
        />
      )}
    </>
  );
}

function PlanBody({ data }: { data: PlanData }): JSX.Element {
  useEffect(() => {
    const engine = new PlanEngine(data, (state) => (planState.value = state));
    // Runs when an input changes, before the frame is painted, so that it already shows the answer.
    const unfollow = effect(() => engine.ask(askedPlan.value.texts));
    return () => {
      unfollow();
      engine.stop();
    };
  }, [data]);
  const state = planState.value;
  const view = viewOf(state);
  const front = view?.unlimited?.plan.front;
  const ranges = useMemo(() => limitRanges(front ?? []), [front]);
  const isSettled = state.kind === "refused" || (state.kind === "answered" && state.view.isExact);
  return (
    <div class="plan-layout" aria-busy={!isSettled}>
      <PlanControls data={data} ranges={ranges} objective={view?.call.objective} />
      <div class={state.kind === "searching" ? "plan-main stale" : "plan-main"}>
        <Answer state={state} />
        {view === undefined ? undefined : <Views view={view} data={data} />}
      </div>
    </div>
  );
}

function viewOf(state: PlanState): PlanView | undefined {
  return state.kind === "answered" ? state.view : state.last;
}

/** The recommended plan in a sentence, or why there is none, and the command that prints it. */
function Answer({ state }: { state: PlanState }): JSX.Element {
  const view = viewOf(state);
  const error = state.kind === "refused" ? state.error : refusalOf(state);
  return (
    <section class="plan-answer panel" aria-label="recommended plan">
      {error !== undefined ? (
        <div role="alert" class="plan-refusal">
          <strong>
            <Prose text={error.message} />
          </strong>
          {error.saw === undefined ? undefined : (
            <span>
              <Prose text={error.saw} />
            </span>
          )}
          {error.hint === undefined ? undefined : (
            <span class="muted">
              <Prose text={error.hint} />
            </span>
          )}
        </div>
      ) : view?.answer.kind === "planned" ? (
        <PlanSentence answer={view.answer} />
      ) : (
        <StateMessage state={{ kind: "loading" }} />
      )}
      <CommandLine command={planCommandOf(planQuery.value)} />
    </section>
  );
}

function refusalOf(state: PlanState): UserError | undefined {
  const answer = viewOf(state)?.answer;
  return answer?.kind === "refused" ? answer.error : undefined;
}

function PlanSentence({ answer }: { answer: PlannedAnswer }): JSX.Element | null {
  const { plan } = answer;
  const offer = plan.front[plan.recommended];
  if (offer === undefined) return null;
  return <p class="plan-sentence">{recommendationText(plan, offer)}</p>;
}

function CommandLine({ command }: { command: string }): JSX.Element {
  const [copied, setCopied] = useState("");
  return (
    <div class="plan-command">
      <code>{command}</code>
      <button
        type="button"
        data-kind="quiet"
        onClick={() =>
          void navigator.clipboard.writeText(command).then(
            () => setCopied(command),
            () => setCopied(""),
          )
        }
      >
        {copied === command ? "copied" : "copy"}
      </button>
    </div>
  );
}

function Views({ view, data }: { view: PlanView; data: PlanData }): JSX.Element {
  const { answer, unlimited } = view;
  if (answer.kind === "refused") {
    const front = unlimited?.plan.front ?? [];
    if (front.length === 0) return <></>;
    return <FrontPanel {...{ view, data, front }} chosenId={undefined} recommendedId={undefined} />;
  }
  const { plan } = answer;
  const { front, recommended, notes } = plan;
  const at = chosenOffer(plan, place.value.query["offer"]);
  const [offer, paidMs, best] = [front[at], answer.paidMs[at], front[recommended]];
  if (offer === undefined || paidMs === undefined || best === undefined) return <></>;
  const chosenId = offerId(offer);
  return (
    <>
      <FrontPanel {...{ view, data, front, chosenId }} recommendedId={offerId(best)} />
      <h2 class="plan-chosen">
        {offer.count} x {offer.accelerator}
        {offer === best ? (
          <span class="badge">recommended</span>
        ) : (
          <button type="button" data-kind="quiet" onClick={() => chooseOffer(undefined)}>
            show the recommended offer
          </button>
        )}
      </h2>
      <div class="plan-panels">
        <OfferPanels {...{ view, answer, data, offer, paidMs }} />
      </div>
      <OfferTable plan={plan} chosenId={chosenId} />
      <ul class="chart-notes plan-notes">
        {notes.map((note) => (
          <li>
            <Prose text={note} />
          </li>
        ))}
      </ul>
    </>
  );
}
