import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import { groupBy } from "../../foundation/collections/group-by.ts";
import type { Evidence } from "../../schema/diagnosis/evidence.ts";
import { unknownHost } from "../launchers/launched-job.ts";
import type { PrintedSetting } from "../lines/printed-settings.ts";
import type { RunFacts } from "../run-facts.ts";
import { hostsOf } from "./evidence-of-run.ts";
import { ranksOfPlaces } from "./signs-of-hosts.ts";

/** These differ by the card, not by a setting. */
const rateNames: ReadonlySet<string> = new Set(["speed", "rate", "lnksta"]);

/** Interfaces over which other hosts are not reached. */
const ofOneHost = /^(?:docker|lo\b|virbr|veth|br-|cni|flannel|tun|vmnet|podman)/iu;

/** A version or setting that the processes of one host print with another value than those of all other hosts. */
export function oddHost(facts: RunFacts): Cause | undefined {
  const byName = groupBy(facts.settings ?? [], ({ name }) => name);
  // What lines compare between ranks is said of both.
  const inOrder = [...byName].toSorted(([a], [b]) => Number(isCompared(a)) - Number(isCompared(b)));
  for (const [name, settings] of inOrder) {
    if (rateNames.has(name)) continue;
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
      each === undefined ? [] : [lineOf(each)],
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
  // Logs, or their folders, are named after hosts.
  const parts = file.split("/");
  const folder = parts.at(-2) ?? "";
  return /\d/u.test(folder) ? folder : (parts.at(-1) ?? file).replace(/\.\w+$/u, "");
}

/** The ranks of a host by its log, its folder or its name. */
function ranksAt(
  places: readonly string[],
  settings: readonly PrintedSetting[],
  facts: RunFacts,
): number[] {
  const its = settings.filter((setting) => places.includes(placeOf(setting, facts)));
  const files = new Set(its.map(({ file }) => file));
  const inFiles = (facts.lastLines ?? []).flatMap(({ file, rank }) =>
    files.has(file) ? [rank] : [],
  );
  const ofPlaces = ranksOfPlaces(facts);
  const named = [...files, ...places].flatMap((place) => ofPlaces(place));
  return [...new Set([...inFiles, ...named, ...its.flatMap(({ rank }) => rank ?? [])])];
}

/** A host whose card has come up with less than half the rate of those of all other hosts. */
export function oddLink(facts: RunFacts): Cause | undefined {
  for (const [name, settings] of groupBy(facts.settings ?? [], (setting) => setting.name)) {
    const values = settings.map(({ value }) => Number(value));
    const usual = Math.max(...values);
    const slow = settings.filter(({ value }) => Number(value) < usual / 2);
    const isClear = rateNames.has(name) && slow.length > 0 && slow.length < settings.length / 2;
    if (!isClear) continue;
    const places = slow.map((setting) => placeOf(setting, facts));
    const ranks = ranksAt(places, settings, facts).toSorted((a, b) => a - b);
    const evidence = slow.slice(0, 3).map(lineOf);
    return {
      kind: "slow-link",
      ranks,
      hosts: hostsOf(ranks, facts.events),
      likelihood: 0.6,
      evidence,
    };
  }
  return undefined;
}

function lineOf({ file, line, text }: PrintedSetting): Evidence {
  return { kind: "line", file, line, text: text.trim().slice(0, 300) };
}
