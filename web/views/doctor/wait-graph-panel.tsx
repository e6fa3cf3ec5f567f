import type { JSX } from "preact";
import { Panel } from "../../components/panel.tsx";
import type { WaitGraph } from "./wait-graph.ts";

/** Who waits for whom, grouped: it has as many rows as there are operations in which ranks wait for a culprit. */
export function WaitGraphPanel({
  graph,
}: {
  graph: WaitGraph | undefined;
}): JSX.Element | undefined {
  if (graph === undefined) return undefined;
  const { groups, others } = graph;
  return (
    <Panel title="Who waits for whom" state={{ kind: "ready" }} class="wide">
      <div class={others === undefined ? "wait-graph" : "wait-graph has-others"}>
        <ul>
          {groups.map(({ culprits, operation, waiting, waitingFraction }) => (
            <li>
              <span class="wait-box culprit">{culprits}</span>
              <span class="wait-box">
                <span>
                  <strong>{waiting}</strong> in {operation}
                </span>
                <Share fraction={waitingFraction} />
              </span>
            </li>
          ))}
        </ul>
        {others === undefined ? undefined : (
          <p class="wait-box">
            <span>
              <strong>{others.text}</strong> wait for these, in other operations
            </span>
            <Share fraction={others.fraction} />
          </p>
        )}
      </div>
      <p class="note wait-note">
        Each arrow leads from ranks that wait to those that they wait for. Bars are shares of all
        ranks; a rank can wait in several operations.
      </p>
    </Panel>
  );
}

function Share({ fraction }: { fraction: number }): JSX.Element {
  return (
    <span class="share" aria-hidden="true">
      <span style={{ width: `${Math.max(0.5, fraction * 100)}%` }} />
    </span>
  );
}
