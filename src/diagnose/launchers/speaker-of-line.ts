import type { LearnedLabel } from "./learned-label.ts";

/** Who printed a line of a log that holds the output of several ranks, by the label that a launcher put before it. */
export interface Speaker {
  rank: number | undefined;
  /** Ray labels lines with the process, and says elsewhere which rank that is. */
  process: number | undefined;
  /** The host that the label names. */
  host?: string;
  /** The line without the label. */
  text: string;
}

/** Labels with the number of a rank. */
const rankLabels: readonly RegExp[] = [
  // `[rank3]:`, `[rank 3]:`, `[rank: 3]`, `[default3]:` of PyTorch and torchrun, also after the host that `pdsh` puts before them.
  /^(?:[\w.-]+: (?=\[\w+\]:))?\[(?:rank:?\s?|default)(\d+)\]:?\s?/iu,
  // `[job][worker-3] ` of tools that follow pods.
  /^(?:\[[\w.-]+\])?\[(?:worker|task|process|rank)[-_](\d+)\]:?\s/iu,
  // `[1,3]<stderr>:` of Open MPI; with `mpirank:` and the host of SageMaker.
  /^\[\d+,(?:mpirank:)?(\d+)(?:,[\w.-]+)?\](?:<std(?:out|err)>)?:?\s?/iu,
  // `2026-12-01 00:34:33 10.164.0.8 [3] ` of xla_dist.
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [\d.]+ \[(\d+)\] /u,
  // `[pod/llm-worker-3/trainer] ` of `kubectl logs --prefix`.
  /^\[pod\/[\w.-]+-(\d+)\/[\w.-]+\]\s/u,
  // `[2026-12-01T10:31:43.9Z] 5c902731 [rank=3] || ` of Determined, and others behind a time and names.
  /^(?:[\w.:+/[\],-]+\s+){1,3}\[(?:global[_ ]?)?rank[=: _-]{1,2}(\d+)\][ :|>-]*/u,
  // `trainer-3  | ` of Docker Compose.
  /^[\w.-]*[A-Za-z][\w.]*[-_](\d+)\s+\|\s/u,
];
/** `(RayTrainWorker pid=2211, ip=10.2.0.4) `; actors may have a name that ends in their number: `(Worker(train-1) pid=2211)`. */
const processLabel =
  /^\((?!raylet\b)[\w.<>]+(?:\((?:[\w.]+-(?<rank>\d+)|[^()]*)\))? pid=(?<process>\d+)(?:, ip=[\w.:]+)?\)\s?/u;
/** `srun --label`: the number of the task, to the right. */
const taskLabel = /^\s*(\d+): ?/u;
/** Cheap test: most lines have no label. */
const mayHaveLabel =
  /^.{6,60}\[(?:global[_ ]?)?rank[=: _-]|^(?:\[|[\w.-]+(?:: \[|\s+\|\s)|\d{4}-\S+ \S+ [\d.]+ \[)/u;

/** How the lines of one log begin, if it is known. */
interface Labels {
  /** With the number of the task of Slurm. */
  hasTasks?: boolean;
  label?: LearnedLabel | undefined;
}

export function speakerOfLine(line: string, { hasTasks, label: learned }: Labels): Speaker {
  const text = withoutStamp(line);
  const actor = actorOf(text);
  const label = labelOf(actor.text) ?? (hasTasks === true ? taskLabel.exec(actor.text) : null);
  const own = label === null ? learned?.read(actor.text) : undefined;
  if (own !== undefined) return { ...own, process: actor.process };
  if (label === null) return actor;
  return { ...actor, rank: numberOf(label[1]), text: actor.text.slice(label[0].length) };
}

/** Before what a program printed: the seconds and the number of the line in a notebook's log, and the time and stream that container runtimes and CI services add. */
const stamp =
  /^(?:\d+\.\ds\t\d+\t|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6,9})(?:Z|[+-]\d\d:\d\d) (?:std(?:out|err) [FP] )?)/u;

function withoutStamp(text: string): string {
  return /^\d/u.test(text) ? text.replace(stamp, "") : text;
}

/** By the label of Ray. */
function actorOf(text: string): Speaker {
  const match = text.startsWith("(") ? processLabel.exec(text) : null;
  if (match === null) return { rank: undefined, process: undefined, text };
  const { rank, process } = match.groups ?? {};
  return { rank: numberOf(rank), process: numberOf(process), text: text.slice(match[0].length) };
}

function numberOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}

function labelOf(text: string): RegExpExecArray | null {
  if (!mayHaveLabel.test(text)) return null;
  for (const pattern of rankLabels) {
    const found = pattern.exec(text);
    if (found !== null) return found;
  }
  return null;
}

/** Whether most of some lines begin with the number of a task. */
export function haveTaskLabels(lines: readonly string[]): boolean {
  const filled = lines.filter((line) => line.trim() !== "");
  const labelled = filled.filter((line) => /^\s*\d{1,6}: /u.test(line));
  const tasks = new Set(labelled.map((line) => taskLabel.exec(line)?.[1]));
  return (
    labelled.length >= 3 && labelled.length > filled.length * 0.5 && tasks.size < labelled.length
  );
}

/** `--- Begin rank 3 STDERR ---`: launchers that collect the outputs of ranks print one after the other. */
const sectionMark = /^\W*(?<mark>begin|end)(?: of)?(?: global)?[ _]rank[ _:]*(?<rank>\d+)\b/iu;

/** `[Rank 1 Error Snippet]:`, `=== rank 3 ===`, `Rank 2 stderr:`: the title of what one rank, or the first of several, printed. */
const sectionTitle =
  /^\s*(?:[[=#*>-]+\s*)(?:output of |log of )?(?:global )?(?:rank|worker|replica)s?[ _:#]*(?<rank>\d{1,5})(?:,\d+)*\b[\w ]{0,24}(?:\([^()]{1,40}\)[\w ]{0,24})?[\]=#*:<-]+\s*:?\s*$/iu;

/** Follows the sections of one log. */
export class RankSections {
  #rank: number | undefined;

  /** The rank in whose section a line is. */
  push(text: string): number | undefined {
    const title = sectionTitle.exec(text)?.groups?.["rank"];
    if (title !== undefined) {
      this.#rank = Number(title);
      return this.#rank;
    }
    const { mark, rank } = sectionMark.exec(text)?.groups ?? {};
    if (mark !== undefined) this.#rank = /begin/iu.test(mark) ? Number(rank) : undefined;
    return this.#rank;
  }
}
