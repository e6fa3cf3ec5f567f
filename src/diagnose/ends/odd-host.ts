import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import { groupBy } from "../../foundation/collections/group-by.ts";
import { jobRanksOf } from "../../schema/run/hosts/job-ranks.ts";
import { unknownHost } from "../launchers/launched-job.ts";
import type { PrintedSetting } from "../lines/printed-settings.ts";
import type { RunFacts } from "../run-facts.ts";
import { hostsOf } from "./evidence-of-run.ts";

/** Interfaces over which other hosts are not reached. */
const ofOneHost = /^(?:docker|lo\b|virbr|veth|br-|cni|flannel|tun|vmnet|podman)/iu;

/** A version or setting that the processes of one host print with another value than those of all other hosts. */
export function oddHost(facts: RunFacts): Cause | undefined {
  const byName = groupBy(facts.settings ?? [], ({ name }) => name);
  // What lines compare between ranks is said of both.
  const inOrder = [...byName].toSorted(([a], [b]) => Number(isCompared(a)) - Number(isCompared(b)));
  for (const [, settings] of inOrder) {
    const found = oddIn(settings, facts);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isCompared(name: string): boolean {
  return name.startsWith("compared ");
}

function oddIn(settings: readonly PrintedSetting[], facts: RunFacts): Cause | undefined {
  const byPlace = groupBy(settings, (setting) => placeOf(setting, facts));
  // A place with several values prints more than one thing under this name.
  const places = [...byPlace].flatMap(([place, its]) => {
    const values = new Set(its.map(({ value }) => value));
    return values.size === 1 ? its.slice(0, 1).map((first) => ({ place, first })) : [];
  });
  if (places.length < byPlace.size) return undefined;
  const byValue = groupBy(places, ({ first }) => first.value);
  const [usual = [], odd = [], ...more] = [...byValue.values()].toSorted(
    (a, b) => b.length - a.length || rankOfValue(a) - rankOfValue(b),
  );
  const isClear = usual.length > odd.length || rankOfValue(usual) < rankOfValue(odd);
  const [{ first } = {}] = odd;
  if (first === undefined || more.length > 0 || !isClear) return undefined;
  const isByRank = isCompared(first.name);
  const ranks = isByRank
    ? odd.flatMap(({ first: { rank } }) => rank ?? [])
    : ranksAt(
        odd.map(({ place }) => place),
        settings,
        facts,
      );
  const instead = usual[0]?.first.value;
  return {
    kind: "configuration",
    ranks: ranks.toSorted((a, b) => a - b),
    hosts: hostsOf(ranks, facts.events),
    likelihood: 0.65,
    detail: `${first.name.replace("compared ", "")} ${first.value} instead of ${instead}`,
    evidence: [first, usual[0]?.first].flatMap((each) =>
      each === undefined
        ? []
        : [{ kind: "line" as const, file: each.file, line: each.line, text: each.text.trim() }],
    ),
  };
}

/** 1 for a value that cannot be right on several hosts. */
function rankOfValue(places: readonly { first: PrintedSetting }[]): number {
  return places.some(({ first }) => ofOneHost.test(first.value)) ? 1 : 0;
}

/** A host where it is known, else a log; lines that compare ranks name these. */
function placeOf({ name, file, rank, host }: PrintedSetting, { events }: RunFacts): string {
  if (isCompared(name)) return `rank ${rank}`;
  if (host !== undefined) return host;
  const [own] = rank === undefined ? [] : hostsOf([rank], events);
  if (own !== undefined && own !== unknownHost) return own;
  // Logs are named after hosts.
  return (
    file
      .split("/")
      .at(-1)
      ?.replace(/\.\w+$/u, "") ?? file
  );
}

/** The ranks that speak in the logs of a host. */
function ranksAt(
  places: readonly string[],
  settings: readonly PrintedSetting[],
  facts: RunFacts,
): number[] {
  const its = settings.filter((setting) => places.includes(placeOf(setting, facts)));
  const files = new Set(its.map(({ file }) => file));
  const ofFiles = (facts.lastLines ?? []).flatMap(({ file, rank }) =>
    files.has(file) ? [rank] : [],
  );
  const ofHosts = jobRanksOf(facts.events).ranks.flatMap(({ rank, host }) =>
    places.includes(host) ? [rank] : [],
  );
  return [...new Set([...ofFiles, ...ofHosts, ...its.flatMap(({ rank }) => rank ?? [])])];
}
