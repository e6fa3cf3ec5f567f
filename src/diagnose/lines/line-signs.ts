import type { Cause } from "../../schema/diagnosis/diagnosis.ts";
import type { Evidence } from "../../schema/diagnosis/evidence.ts";
import { readJsonLine } from "../launchers/json-line.ts";
import type { LearnedLabel } from "../launchers/learned-label.ts";
import type { LaunchedJob } from "../launchers/launched-job.ts";
import { RankSections, speakerOfLine } from "../launchers/speaker-of-line.ts";
import { UnevenValues } from "../steps/uneven-values.ts";
import { StacksInLines } from "../stacks/stacks-in-lines.ts";
import { KnownShapes, type LineShape } from "./known-shapes.ts";
import { mayBeOfCheckpoint, restores } from "./of-checkpoint.ts";
import { type LastLine, LastLines } from "./last-lines.ts";
import { type PrintedSetting, PrintedSettings } from "./printed-settings.ts";
import {
  placeOfLoss,
  type PrintedLoss,
  PrintedLosses,
  type PrintedSpike,
} from "./printed-losses.ts";
import { DataShare } from "./data-share.ts";
import { hasBadWord, PrintedValues } from "./printed-values.ts";
import { dependsOnDigits, type LineSign, signOfLine } from "./sign-of-line.ts";
import { mayBeSign } from "./sign-patterns.ts";
import { signOfWords } from "../words/sign-of-words.ts";
import { SurvivedTexts } from "./survived-texts.ts";
import { RecentTimes } from "./time-of-line.ts";
import { type LineContext, TracebackWatch } from "./traceback-watch.ts";

/** A line that is a sign of something. */
export interface SeenSign extends LineSign {
  file: string;
  /** From 1. */
  line: number;
  /** The rank that printed it, if known. */
  rank: number | undefined;
  text: string;
  /** Milliseconds since the epoch, if the line or its file states it. */
  timeMs?: number | undefined;
  /** Data are damaged, and the lines before say that a checkpoint is read. */
  isOfCheckpoint?: true;
  /** The training went on after it. */
  isPassed?: true;
}

/** What the lines of a run show. */
export interface SeenLines {
  lineCount: number;
  /** The ranks that print a loss. */
  lossRanks: readonly number[];
  /** Of each rank whose printed losses end as no finite numbers, the first of these. */
  badLosses: readonly PrintedLoss[];
  /** The largest jump of a printed loss that came back. */
  printedSpike: PrintedSpike | undefined;
  /** Ranks whose steps are longer, by what tables and lines state for each. */
  uneven?: Cause | undefined;
  /** In the order of the lines. */
  signs: readonly SeenSign[];
  /** Without a record: the program or its launcher says that the training is complete. */
  isCompleted?: boolean;
  /** Without a record: where the output of each rank ends. */
  lastLines?: readonly LastLine[];
  /** Without a record: versions and settings that the processes print. */
  settings?: readonly PrintedSetting[];
}

/** A line of a log. */
export interface LogLine {
  file: string;
  line: number;
  rank: number | undefined;
  text: string;
  /** Lines of this log begin with the number of the task of Slurm. */
  hasTasks?: boolean;
  /** How lines of this log name who printed them. */
  label?: LearnedLabel | undefined;
}

/** A line, the process that printed it where no rank is known, and how far the training was. */
interface Seen extends LogLine {
  process?: number | undefined;
  /** By the label that `pdsh` puts before the lines of a host. */
  host?: string;
}
type KeptSign = SeenSign & Pick<Seen, "process" | "host"> & { progress: number };

/** Signs kept of one kind and rank: the first ones, because later ones repeat or follow from them. */
const keptOfEach = 3;
/** A line that this many lines about steps follow did not end the training. */
const passedAfter = 6;
/** Of a line that only its words make a sign. */
const generalPassedAfter = 3;
/** The program or its launcher says that the training ended as it should. */
const completion =
  /train(?:ing)? (?:is |was |has )?(?:been )?(?:completed?|finished|done|successful)|\bcompleted? training\b|train_runtime|exits? successfully|successfully finished|\bstatus\W+(?:\w+\.)?succeeded\b|`?Trainer\.fit`? stopped: `?max_|\bJob completed|Total run time:/iu;
/** A launcher inside the program, about a process that it starts again if it may. */
const processFailed = /\bfailed \(exitcode: -?\d+\) local_rank: \d/u;
/** Signs of what makes steps slow or wrong, while the training goes on. */
const lasting: ReadonlySet<string> = new Set([
  "slow-rank",
  "data-wait",
  "weak-link",
  "replicas-differ",
  "not-reproducible",
]);
/** Signs that do not stop a program that completes, even if no later line about a step shows it. */
const survived: ReadonlySet<string> = new Set([
  "connection",
  "timeout",
  "configuration",
  "preemption",
  // What ends a job that is complete.
  "stopped",
  "launcher-ended",
]);
const progressLine = /\b(?:step|iter(?:ation)?|epoch|batch)s?\b\W{0,4}\d|\d+\/\d+ \[\d/iu;

/** Collects signs from the lines of one or several logs, in memory that does not grow with them. */
export class LineSigns {
  readonly #kept = new Map<string, KeptSign[]>();
  readonly #losses = new PrintedLosses();
  readonly #uneven = new UnevenValues();
  readonly #values = new PrintedValues();
  readonly #dataShare = new DataShare<Seen>();
  readonly #watches = new Map<number | undefined, TracebackWatch>();
  readonly #shapes = new KnownShapes();
  readonly #progress = new Map<string, number>();
  readonly #sections = new Map<string, RankSections>();
  /** Texts of errors after which the training went on: it does so again. */
  readonly #survived = new SurvivedTexts();
  readonly #times = new RecentTimes();
  readonly #job: LaunchedJob | undefined;
  readonly #stacks = new StacksInLines();
  readonly #lastLines = new LastLines();
  readonly #settings = new PrintedSettings();
  #lineCount = 0;
  #isCompleted = false;

  /** @param job collects what the lines say about a job of which there is no record; then labels of lines name the ranks */
  constructor(job?: LaunchedJob) {
    this.#job = job;
    job?.follow({
      of: (file) => this.#progress.get(file) ?? 0,
      isCompleted: () => this.#isCompleted,
    });
  }

  push(seen: LogLine): void {
    this.#lineCount += 1;
    if (this.#job !== undefined && seen.text.startsWith("{")) return this.#unwrap(seen);
    // A progress bar draws itself again and again on one line.
    if (!seen.text.includes("\r")) return this.#look(this.#attributed(seen));
    for (const text of seen.text.split("\r")) this.#look(this.#attributed({ ...seen, text }));
  }

  /** A line of JSON may hold a message of several lines, and the rank of its speaker. */
  #unwrap(seen: LogLine): void {
    const { rank = seen.rank, texts } = readJsonLine(seen.text, mayBeSign) ?? {
      texts: [seen.text],
    };
    for (const text of texts) this.#look(this.#attributed({ ...seen, rank, text }));
  }

  /** In logs without a record, each line by the one who printed it, without its label. */
  #attributed(seen: LogLine): Seen {
    this.#times.push(seen.file, seen.text);
    const job = this.#job;
    if (job === undefined) return seen;
    const { process, rank, host, text } = speakerOfLine(seen.text, seen);
    const section = this.#sectionsOf(seen.file).push(text);
    if (rank !== undefined && process !== undefined) job.addProcess(process, rank);
    const speaker = rank ?? job.rankOf(process) ?? section ?? seen.rank;
    if (speaker !== undefined) job.addRank(speaker, seen.file, host);
    const labelled = speaker === undefined ? job.hostLabel(text) : undefined;
    const place = { file: seen.file, line: seen.line };
    return { ...place, rank: speaker, text, process, ...labelled };
  }

  #sectionsOf(file: string): RankSections {
    const sections = this.#sections.get(file) ?? new RankSections();
    this.#sections.set(file, sections);
    return sections;
  }

  #look(seen: Seen): void {
    if (this.#job !== undefined && seen.text.startsWith("rank=")) this.#uneven.push(seen);
    const watch = this.#watchOf(
      seen.rank ?? (seen.process === undefined ? undefined : -seen.process),
    );
    const isPlain = !watch.isOpen && !this.#stacks.isOpen;
    const known = isPlain ? this.#shapes.find(seen.text) : undefined;
    if (known === undefined) return this.#read(seen, watch);
    this.#count(seen, known);
  }

  #read(seen: Seen, watch: TracebackWatch): void {
    const { text } = seen;
    const shape = shapeOf(text);
    this.#count(seen, shape);
    if (processFailed.test(text)) this.#losses.restarted();
    const isOfJob = this.#readJob(seen);
    const isOfTraceback = watch.matters(text);
    const own = mayBeSign(text)
      ? ownSign(text, shape, this.#job?.withRanks(text) ?? text)
      : undefined;
    const matters = isOfJob || isOfTraceback || own !== undefined;
    if (!matters && !dependsOnDigits(text)) this.#shapes.add(text, shape);
    if (!matters) return;
    const sign = inContext(own, watch.push(text));
    if (sign !== undefined) this.#addSign(seen, sign);
  }

  #addSign(seen: Seen, sign: LineSign): void {
    const timeMs = this.#times.last(seen.file);
    const isOfCheckpoint =
      mayBeOfCheckpoint(sign.kind, seen.text) && this.#times.some(seen.file, restores);
    this.add({ timeMs, ...seen, ...sign, ...(isOfCheckpoint ? { isOfCheckpoint } : {}) });
  }

  /** Whether it says something about the job, or belongs to a stack. */
  #readJob(seen: Seen): boolean {
    if (this.#job === undefined) return false;
    this.#isCompleted ||= completion.test(seen.text);
    this.#stacks.push(seen);
    const isSetting = this.#settings.push(seen);
    return this.#job.push(seen) || this.#stacks.isOpen || isSetting;
  }

  /** Losses and other values, and how far the training is. */
  #count(seen: Seen, { lossAt, isProgress, hasBadWord: mayBeBad }: LineShape): void {
    if (this.#job !== undefined) {
      this.#lastLines.push(seen, isProgress);
      if (isProgress) this.#uneven.pushStep(seen);
    }
    if (lossAt !== undefined) {
      this.#losses.push(seen, lossAt);
      this.#values.sawLoss(seen.rank);
    } else if (isProgress) this.#values.push(seen, mayBeBad);
    if (!isProgress) return;
    this.#progress.set(seen.file, (this.#progress.get(seen.file) ?? 0) + 1);
    this.#dataShare.push(seen);
  }

  #isPassed(sign: KeptSign): boolean {
    const { kind, file, progress, isGeneral } = sign;
    if (lasting.has(kind)) return false;
    const ofFile = this.#progress.get(file) ?? 0;
    const later = ofFile - progress;
    if (this.#isCompleted && this.#job?.hasEnds === false)
      return isPassedAtEnd(sign, { ofFile, later });
    if (isGeneral === true) return later >= (kind === "severe" ? 1 : generalPassedAfter);
    return kind !== "not-a-number" && later >= passedAfter;
  }

  add(seen: SeenSign & Pick<Seen, "process" | "host">): void {
    const speaker = seen.namedRank ?? seen.rank ?? `process ${seen.process} ${seen.host}`;
    const key = `${seen.kind} ${speaker} ${seen.isGeneral}`;
    const known = this.#kept.get(key) ?? [];
    const isFull = known.length >= keptOfEach;
    for (const each of known) if (this.#isPassed(each)) this.#survived.add(each);
    const kept = isFull ? known.filter((sign) => !this.#isPassed(sign)) : known;
    const sign = { ...seen, progress: this.#progress.get(seen.file) ?? 0 };
    this.#kept.set(key, kept.length < keptOfEach ? [...kept, sign] : known);
  }

  #watchOf(key: number | undefined): TracebackWatch {
    const known = this.#watches.get(key);
    if (known !== undefined) return known;
    const watch = new TracebackWatch();
    this.#watches.set(key, watch);
    return watch;
  }

  /** A log is that of one rank. */
  addLog(file: string, rank: number): void {
    this.#job?.addLog(file, rank);
  }

  /** Whether a name is that of the log of one rank. */
  namesRank(name: string): boolean {
    return this.#job !== undefined && this.#job.withRanks(name) !== name;
  }

  /** Stacks that the logs of ranks hold. */
  get stacks(): StacksInLines["stacks"] {
    return this.#stacks.stacks;
  }

  /** What was seen so far. */
  get seen(): SeenLines {
    for (const sign of [...this.#kept.values()].flat())
      if (this.#isPassed(sign)) this.#survived.add(sign);
    return {
      lineCount: this.#lineCount,
      lossRanks: this.#losses.ranks,
      badLosses: this.#losses.isEmpty
        ? this.#values.bad
        : [...this.#losses.bad, ...this.#values.badGradients],
      printedSpike: this.#losses.spike,
      uneven: this.#uneven.cause,
      isCompleted: this.#isCompleted,
      lastLines: this.#lastLines.all((file) => this.#times.last(file)),
      settings: this.#settings.all,
      signs: [...this.#kept.values(), this.#dataWait()]
        .flat()
        .flatMap((sign) => this.#ofHost(this.#told(sign), sign.host))
        .toSorted((a, b) => a.line - b.line),
    };
  }

  #dataWait(): KeptSign[] {
    const seen = this.#dataShare.waiting;
    if (seen === undefined) return [];
    // The times hold for all ranks, whichever rank prints them.
    const ofNobody = { rank: undefined, process: undefined };
    return [{ ...seen, ...ofNobody, kind: "data-wait", isGeneral: true, progress: 0 }];
  }

  /** What is missing on a host is missing for all of its ranks. */
  #ofHost(sign: SeenSign, host: string | undefined): SeenSign[] {
    const isOfAll = sign.kind === "configuration" && rankOfSign(sign) === undefined;
    const ranks = isOfAll ? (this.#job?.ranksOf(host) ?? []) : [];
    return ranks.length === 0 ? [sign] : ranks.map((rank) => Object.assign({}, sign, { rank }));
  }

  #told(kept: KeptSign): SeenSign {
    const { process, progress: _progress, host: _host, ...sign } = kept;
    const rank = sign.rank ?? this.#job?.rankOf(process);
    const named = sign.namedRank ?? this.#job?.rankOf(sign.namedProcess);
    return {
      ...sign,
      rank,
      ...(named === undefined ? {} : { namedRank: named }),
      ...(this.#isPassed(kept) || this.#survived.has(kept) ? { isPassed: true as const } : {}),
    };
  }
}

/**
 * Whether a sign is no cause, because the program has completed.
 *
 * @param ofFile lines of its file about steps, of which `later` are after it
 */
function isPassedAtEnd(
  { kind, rank, isGeneral }: KeptSign,
  { ofFile, later }: { ofFile: number; later: number },
): boolean {
  if (isGeneral === true || survived.has(kind)) return true;
  // What a kernel or a service writes of other programs, or of another time.
  const isOfProgram = rank !== undefined || /exception/u.test(kind);
  if (ofFile === 0 && !isOfProgram) return true;
  return kind !== "not-a-number" && later >= 1;
}

/** By known texts, else by its words; values of a step are read as such. */
function ownSign(
  text: string,
  { isProgress, hasBadWord: mayBeBad }: LineShape,
  withRanks: string,
): LineSign | undefined {
  const known = signOfLine(text);
  if (known === undefined) return isProgress && mayBeBad ? undefined : signOfWords(withRanks);
  const named = withRanks === text || known.namedRank !== undefined ? known : signOfLine(withRanks);
  return named?.kind === known.kind ? named : known;
}

function shapeOf(text: string): LineShape {
  const lossAt = placeOfLoss(text);
  const isProgress = lossAt !== undefined || progressLine.test(text);
  return { lossAt, isProgress, hasBadWord: isProgress && hasBadWord(text) };
}

/** A sign that only the lines before it show, and the process that they name. */
function inContext(
  sign: LineSign | undefined,
  { isException, process, endedBy, missing, isIgnored, ofProcess }: LineContext,
): LineSign | undefined {
  if (isIgnored === true) return undefined;
  const ofSystem = ofProcess === undefined ? {} : { namedProcess: ofProcess };
  const named = process === undefined ? ofSystem : { namedRank: process };
  if (missing !== undefined) return { kind: "timeout", missingRanks: [missing] };
  if (endedBy === "SIGKILL") return { kind: "process-killed", ...named };
  // A traceback of an exception that no pattern knows says that there was one.
  if (sign !== undefined && !(isException && sign.isGeneral === true))
    return sign.namedRank === undefined ? { ...sign, ...named } : sign;
  return isException ? { kind: "other-exception", ...named } : undefined;
}

/** The rank that a sign is about: the one that the line names, else the one that printed it. */
export function rankOfSign({ namedRank, rank }: SeenSign): number | undefined {
  return namedRank ?? rank;
}

export function lineEvidence(sign: SeenSign | PrintedLoss): Evidence {
  const { file, line, text } = sign;
  const rank = "kind" in sign ? rankOfSign(sign) : sign.rank;
  const shown = text.trim().slice(0, 300);
  return { kind: "line", file, line, ...(rank === undefined ? {} : { rank }), text: shown };
}
