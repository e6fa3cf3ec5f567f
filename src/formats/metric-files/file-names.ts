import { isQualifier, matchName } from "../text/match-name.ts";
import type { WantedReadings } from "../text/wanted-metric.ts";

/** What a name in a file is read for. */
export interface NameUse {
  metrics: readonly string[];
  isSamples: boolean;
  isClock: boolean;
}

const maximumNames = 1000;
const maximumCachedNames = 10_000;

/**
 * Finds the requested names among the columns, keys or tags of a file.
 *
 * In a file of a folder `validation`, the tag `accuracy` is the name `validation/accuracy`, as TensorBoard shows it. It
 * matches `accuracy` alone only if the folder's name does not say that it is another quantity, as `train` does.
 */
export class FileNames {
  /** All names in the file, as `--metric` takes them. */
  readonly names = new Set<string>();
  /** Longer names that end like a metric's. */
  readonly longerNames = new Map<string, Set<string>>();
  readonly #wanted: WantedReadings;
  readonly #folder: string | undefined;
  readonly #uses = new Map<string, NameUse>();
  /** The first name that was found for each metric: a later one is another quantity. */
  readonly #bound = new Map<string, string>();

  /** @param folder the name of the folder that the file is in, if that is below the folder given */
  constructor(wanted: WantedReadings, folder: string | undefined) {
    this.#wanted = wanted;
    this.#folder = folder;
  }

  useOf(name: string): NameUse {
    const known = this.#uses.get(name);
    if (known !== undefined) return known;
    const use = this.#find(name);
    if (this.#uses.size < maximumCachedNames) this.#uses.set(name, use);
    return use;
  }

  #find(name: string): NameUse {
    const { metrics, samples, clock } = this.#wanted;
    if (this.names.size < maximumNames) this.names.add(name);
    return {
      metrics: metrics.flatMap(({ metric }) => (this.#isBound(metric, name) ? [metric] : [])),
      isSamples: samples !== undefined && this.#match(name, samples.metric) === "same",
      isClock: clock !== undefined && this.#match(name, clock.metric) === "same",
    };
  }

  #isBound(metric: string, name: string): boolean {
    const match = this.#match(name, metric);
    if (match === "longer") this.#addLonger(metric, name);
    if (match !== "same") return false;
    const bound = this.#bound.get(metric);
    if (bound === undefined) this.#bound.set(metric, name);
    return bound === undefined || bound === name;
  }

  #match(name: string, wanted: string): ReturnType<typeof matchName> {
    const alone = matchName(name, wanted);
    if (this.#folder === undefined) return alone;
    if (matchName(`${this.#folder}/${name}`, wanted) === "same") return "same";
    if (alone !== "same") return alone;
    // Folders have any names, but a word such as `train` changes the meaning of the names in them.
    return this.#folder.split(/[\s.]+/u).some(isQualifier) ? "longer" : "same";
  }

  #addLonger(metric: string, name: string): void {
    const known = this.longerNames.get(metric) ?? new Set<string>();
    const isInFolder = this.#folder !== undefined && matchName(name, metric) === "same";
    if (known.size < maximumNames) known.add(isInFolder ? `${this.#folder}/${name}` : name);
    this.longerNames.set(metric, known);
  }
}
