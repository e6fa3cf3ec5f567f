import type { Finding } from "../../schema/run/findings/finding.ts";
import type { Section } from "../text/sections/line-section.ts";
import { isQualifier, matchName } from "../text/names/match-name.ts";
import { matchInSection, nameInSection } from "../text/sections/name-in-section.ts";
import type { WantedReadings } from "../text/metrics/wanted-metric.ts";

/** What a name in a file is read for. */
export interface NameUse {
  metrics: readonly string[];
  isSamples: boolean;
  isClock: boolean;
}

interface NameInFile {
  name: string;
  section?: Section | undefined;
}

/** The words by which rows say that a metric is of training data, and of an evaluation. */
interface SectionWords {
  training?: string;
  evaluation?: string;
}

const maximumNames = 1000;
const maximumCachedNames = 10_000;

/**
 * Finds the requested names among the columns, keys or tags of a file.
 *
 * In a file of a folder `validation`, the tag `accuracy` is the name `validation/accuracy`, as TensorBoard shows it. It
 * matches `accuracy` alone only if the folder's name does not say that it is another quantity, as `train` does. In a row with
 * `"split": "val"`, `accuracy` is `accuracy` and `val_accuracy`; with `"split": "train"` it is `train_accuracy` only.
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
  readonly #sections = new Map<string, SectionWords>();

  /** @param folder the name of the folder that the file is in, if that is below the folder given */
  constructor(wanted: WantedReadings, folder: string | undefined) {
    this.#wanted = wanted;
    this.#folder = folder;
  }

  /** @param section of the row that the name is in */
  useOf(name: string, section?: Section): NameUse {
    const fullName = nameInSection(name, section);
    const known = this.#uses.get(fullName);
    if (known !== undefined) return known;
    const use = this.#find(name, section);
    if (this.#uses.size < maximumCachedNames) this.#uses.set(fullName, use);
    return use;
  }

  findings(): Finding[] {
    return [...this.#sections].flatMap(([metric, { training, evaluation }]) =>
      training === undefined || evaluation === undefined
        ? []
        : [{ rule: "metric-in-several-sections" as const, metric, training, evaluation }],
    );
  }

  #find(name: string, section: Section | undefined): NameUse {
    const { metrics, samples, clock } = this.#wanted;
    if (this.names.size < maximumNames) this.names.add(nameInSection(name, section));
    return {
      metrics: metrics.flatMap(({ metric }) =>
        this.#isBound(metric, { name, section }) ? [metric] : [],
      ),
      isSamples: samples !== undefined && this.#match({ name }, samples.metric) === "same",
      isClock: clock !== undefined && this.#match({ name }, clock.metric) === "same",
    };
  }

  #isBound(metric: string, found: NameInFile): boolean {
    const match = this.#match(found, metric);
    if (match === "longer") this.#addLonger(metric, found);
    if (match !== "same") return false;
    const name = nameInSection(found.name, found.section);
    const bound = this.#bound.get(metric);
    if (bound === undefined) this.#bound.set(metric, name);
    if (bound !== undefined && bound !== name) return false;
    if (found.section?.kind === "evaluation" && matchName(found.name, metric) === "same")
      this.#noteSection(metric, { evaluation: found.section.word });
    return true;
  }

  #match({ name, section }: NameInFile, wanted: string): ReturnType<typeof matchName> {
    const alone = matchInSection(name, section, wanted);
    if (this.#folder === undefined) return alone;
    if (matchName(`${this.#folder}/${name}`, wanted) === "same") return "same";
    if (alone !== "same") return alone;
    // Folders have any names, but a word such as `train` changes the meaning of the names in them.
    return this.#folder.split(/[\s.]+/u).some(isQualifier) ? "longer" : "same";
  }

  #addLonger(metric: string, { name, section }: NameInFile): void {
    const isTraining = section?.kind === "training" && matchName(name, metric) === "same";
    if (isTraining) this.#noteSection(metric, { training: section.word });
    const known = this.longerNames.get(metric) ?? new Set<string>();
    const isInFolder =
      section === undefined && this.#folder !== undefined && matchName(name, metric) === "same";
    const fullName = isInFolder ? `${this.#folder}/${name}` : nameInSection(name, section);
    if (known.size < maximumNames) known.add(fullName);
    this.longerNames.set(metric, known);
  }

  #noteSection(metric: string, words: SectionWords): void {
    this.#sections.set(metric, { ...words, ...this.#sections.get(metric) });
  }
}
