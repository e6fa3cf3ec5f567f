import type { JSX } from "preact";
import { ledgerFacts, ledgerRows } from "../../../src/report/runs/page/ledger-text.ts";
import type { Ledger } from "../../../src/schema/run/measured/ledger.ts";
import { Gauge } from "../../components/figures/gauge.tsx";
import { Panel } from "../../components/panel.tsx";

/** Where the time of a run went that could restart; nothing for other runs. */
export function LedgerPanel({ ledger }: { ledger: Ledger | undefined }): JSX.Element | undefined {
  if (ledger === undefined) return undefined;
  // The table below has the parts.
  const facts = ledgerFacts(ledger).filter(([label]) => label !== "");
  return (
    <Panel title="Where the time went" state={{ kind: "ready" }}>
      <dl class="facts">
        {facts.map(([label, text]) => (
          <>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </>
        ))}
      </dl>
      <table class="budget">
        <thead>
          <tr>
            <th scope="col" class="left">
              part
            </th>
            <th scope="col">time</th>
            <th scope="col">share</th>
          </tr>
        </thead>
        <tbody>
          {ledgerRows(ledger).map(({ part, time, share, fraction }) => (
            <tr key={part}>
              <th scope="row" class="left">
                {part}
                <Gauge fraction={fraction} label={`${part}: ${share}`} />
              </th>
              <td>{time}</td>
              <td>{share}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
