import type { EnergyReading } from "../../schema/run/energy.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import { formatTarget } from "../../schema/run/target-text.ts";
import { energyFigures } from "./run-figures.ts";
import { stepUnitOf } from "./metric-points.ts";

/** A setting of a run: what was requested, and where it ran. */
export type Parameter = readonly [name: string, value: string | number | boolean];

/** The settings of a run by name; unknown ones are absent. */
export function runParameters(page: RunPage): Parameter[] {
  const { request, result } = page;
  const { startable, system, environment, series, seed, price } = request;
  const target = result?.target ?? request.target;
  const parameters: [string, string | number | boolean | undefined][] = [
    ["run", request.runId],
    ["series", series.id],
    ["series_index", series.index],
    ["seed", seed],
    ["command", startable.kind === "command" ? startable.command.join(" ") : startable.name],
    ["workers", startable.kind === "embedded" ? startable.workers : undefined],
    ["target", target === undefined ? undefined : formatTarget(target)],
    ["stop_at_target", request.stopAtTarget],
    ["step_unit", stepUnitOf(page)],
    ["clock_source", result?.clock.source],
    ["system", system.system_name],
    ["nodes", system.number_of_nodes],
    ["processor", system.host_processor_model_name],
    ["accelerators_per_node", system.accelerators_per_node],
    ["accelerator", system.accelerator_model_name],
    ["price_usd_per_hour", price?.usdPerHour],
    ["price_per", price?.per],
    ["price_source", price === undefined ? undefined : `${price.source}, ${price.date}`],
    ...(result === undefined ? [] : energyFigures(result)).map(
      ({ name, reading }): [string, string] => [`${name}_covers`, originOf(reading)],
    ),
    ["platform", environment.platform],
    ["pitwall_version", environment.pitwallVersion],
    ["commit", environment.commit],
    ["commit_is_dirty", environment.commitIsDirty],
  ];
  return parameters.filter((entry): entry is [string, string | number | boolean] => {
    return entry[1] !== undefined && entry[1] !== "";
  });
}

function originOf(reading: EnergyReading): string {
  return reading.kind === "measured" ? reading.covers : `${reading.covers}: ${reading.formula}`;
}
