import type { EnergyReading } from "../../schema/run/measured/energy.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import { formatTarget } from "../../schema/run/outcome/target-text.ts";
import { energyFigures } from "./run-figures.ts";
import { stepUnitOf } from "./metric-points.ts";

/** A setting of a run: what was requested, and where it ran. */
export type Parameter = readonly [name: string, value: string | number | boolean];

type MaybeParameter = readonly [name: string, value: Parameter[1] | undefined];

/** The settings of a run by name; unknown ones are absent. */
export function runParameters(page: RunPage): Parameter[] {
  const parameters = [
    ...requestParameters(page),
    ...importParameters(page.request),
    ...systemParameters(page.request),
    ...energyParameters(page),
    ...tagParameters(page.request),
  ];
  return parameters.filter(
    (entry): entry is Parameter => entry[1] !== undefined && entry[1] !== "",
  );
}

function requestParameters(page: RunPage): MaybeParameter[] {
  const { request, result } = page;
  const { startable, series, seed, furtherTargets, stopAtTarget } = request;
  const target = result?.target ?? request.target;
  return [
    ["run", request.runId],
    ["series", series.id],
    ["series_index", series.index],
    ["seed", hasSeed(request) ? seed : undefined],
    ["command", startable.kind === "command" ? startable.command.join(" ") : startable.name],
    ["workers", startable.kind === "embedded" ? startable.workers : undefined],
    ["target", target && formatTarget(target)],
    ["further_targets", furtherTargets?.map(formatTarget).join("; ")],
    ["stop_at_target", stopAtTarget],
    ["step_unit", stepUnitOf(page)],
    ["clock_source", result?.clock.source],
  ];
}

function systemParameters({ system, environment, price }: RunRequest): MaybeParameter[] {
  return [
    ["system", system.system_name],
    ["nodes", system.number_of_nodes],
    ["processor", system.host_processor_model_name],
    ["accelerators_per_node", system.accelerators_per_node],
    ["accelerator", system.accelerator_model_name],
    ["price_usd_per_hour", price?.usdPerHour],
    ["price_per", price?.per],
    ["price_source", price && `${price.source}, ${price.date}`],
    ["platform", environment.platform],
    ["pitwall_version", environment.pitwallVersion],
    ["commit", environment.commit],
    ["commit_is_dirty", environment.commitIsDirty],
  ];
}

function energyParameters({ result }: RunPage): MaybeParameter[] {
  if (result === undefined) return [];
  return energyFigures(result).map(({ name, reading }) => [`${name}_covers`, originOf(reading)]);
}

function tagParameters({ labels }: RunRequest): MaybeParameter[] {
  return Object.entries(labels?.tags ?? {}).map(([key, value]) => [
    `tag.${key}`,
    value === "" ? true : value,
  ]);
}

/** The seed of an imported run is meaningless if its log does not state it. */
export function hasSeed({ startable }: RunRequest): boolean {
  return startable.kind !== "imported" || startable.origin.seedIsKnown;
}

function importParameters({ startable }: RunRequest): MaybeParameter[] {
  if (startable.kind !== "imported") return [];
  const { path, format, times } = startable.origin;
  return [
    ["imported_from", path],
    ["log_format", format],
    ["times_source", times.source],
    ["times_reliability", times.reliability],
  ];
}

function originOf(reading: EnergyReading): string {
  return reading.kind === "measured" ? reading.covers : `${reading.covers}: ${reading.formula}`;
}
