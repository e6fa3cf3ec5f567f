import type { Evidence } from "../../schema/diagnosis/evidence.ts";
import type {
  LifecycleEvent,
  LifecycleEventBody,
} from "../../schema/run/events/lifecycle-event.ts";
import { mostRanks } from "../ranks-below.ts";
import { NamesOfRanks } from "./names-of-ranks.ts";
import { endsOfMembers, mayTellEnd } from "./ends-of-members.ts";
import { mayTellPlace, PlacesOfRanks } from "./places-of-ranks.ts";
import {
  type End,
  type EndSource,
  FailureTable,
  mayBeStatement,
  type Statement,
  statementsOf,
} from "./stated-ends.ts";

/** Stands for the host of a rank that no line names. */
export const unknownHost = "unknown-host";

/** A line of a log that belongs to a job. */
interface JobLine {
  file: string;
  line: number;
  /** The rank that printed it, if known. */
  rank: number | undefined;
  text: string;
}

interface StatedEnd {
  rank: number | undefined;
  process: number | undefined;
  /** The number of the rank on its host. */
  localRank?: number | undefined;
  how: End;
  by: EndSource;
  place: Evidence;
  /** How many steps its log had reported. */
  progress: number;
}

/** How far the logs of a job are. */
export interface SeenProgress {
  /** Lines about steps in a log. */
  of: (file: string) => number;
  isCompleted: () => boolean;
}

/** A process that so many lines about steps follow was started again, or not needed. */
const survivedAfter = 3;

/** What the lines of logs say about the ranks of a job of which there is no record: who they are, on which hosts, and how they ended. */
export class LaunchedJob {
  readonly #hosts = new Map<number, string>();
  readonly #ranks = new Set<number>();
  readonly #processes = new Map<number, number>();
  readonly #ends: StatedEnd[] = [];
  readonly #tables = new Map<string, FailureTable>();
  readonly #places = new Map<string, PlacesOfRanks>();
  readonly #ranksOf = new Map<string, readonly number[]>();
  readonly #filesOf = new Map<number, Set<string>>();
  readonly #names = new NamesOfRanks();
  /** The ranks that launchers started, by their logs. */
  readonly #started = new Map<string, readonly number[]>();
  #count = 0;
  #progress: SeenProgress = { of: () => 0, isCompleted: () => false };
  #first: number | undefined;

  follow(progress: SeenProgress): void {
    this.#progress = progress;
  }

  /** A log is that of one rank; other logs may name it by the name of the log. */
  addLog(file: string, rank: number): void {
    this.#names.add(file, rank);
  }

  /** The line with names of logs as those of ranks. */
  withRanks(text: string): string {
    return this.#names.replaceIn(text);
  }

  addProcess(process: number, rank: number): void {
    if (rank < mostRanks && !this.#processes.has(process)) this.#processes.set(process, rank);
  }

  /** A rank speaks in a log. */
  addRank(rank: number, file: string, host?: string): void {
    if (rank >= mostRanks) return;
    if (host !== undefined && !this.#hosts.has(rank)) this.#hosts.set(rank, host);
    this.#ranks.add(rank);
    const files = this.#filesOf.get(rank) ?? new Set();
    files.add(file);
    this.#filesOf.set(rank, files);
  }

  /** @returns whether lines like it have to be seen, too */
  push(line: JobLine): boolean {
    const isPlace = mayTellPlace(line.text) && this.#pushPlace(line);
    if (!mayBeStatement(line.text)) return this.#pushWords(line) || isPlace;
    const table = this.#tables.get(line.file) ?? new FailureTable();
    this.#tables.set(line.file, table);
    const stated = [...statementsOf(line.text), ...table.push(line.text)];
    for (const statement of stated) this.#take(statement, line);
    if (stated.length === 0) this.#pushWords(line);
    return true;
  }

  /** @returns whether it is part of a list of places */
  #pushPlace({ file, text }: JobLine): boolean {
    const places = this.#places.get(file) ?? new PlacesOfRanks();
    this.#places.set(file, places);
    const place = places.push(text);
    if (place === undefined) return places.isOpen;
    if (place.rank >= mostRanks) return false;
    this.#ranks.add(place.rank);
    if (!this.#hosts.has(place.rank)) this.#hosts.set(place.rank, place.host);
    return true;
  }

  #pushWords(line: JobLine): boolean {
    if (!mayTellEnd(line.text)) return false;
    const stated = endsOfMembers(this.withRanks(line.text));
    for (const statement of stated) this.#take(statement, line);
    return stated.length > 0;
  }

  #take(statement: Statement, { file, line, rank, text }: JobLine): void {
    const place: Evidence = { kind: "line", file, line, text: text.trim().slice(0, 300) };
    switch (statement.kind) {
      case "size":
        this.#count = Math.max(this.#count, statement.count);
        return;
      case "first":
        this.#first ??= statement.rank;
        return;
      case "process":
        this.#processes.set(statement.process, statement.rank);
        return;
      case "host":
        this.#ranksOf.set(statement.host, statement.ranks);
        for (const each of statement.ranks.filter((its) => its < mostRanks)) {
          this.#ranks.add(each);
          this.#hosts.set(each, statement.host);
        }
        return;
      case "started-ranks":
        this.#started.set(file, statement.ranks);
        for (const each of statement.ranks) this.addRank(each, file);
        return;
      case "process-end": {
        const { process, localRank, how } = statement;
        const end = { rank: undefined, process, localRank, how, place };
        this.#ends.push({ ...end, by: "launcher", progress: this.#progress.of(file) });
        return;
      }
      case "end":
        this.#takeEnd(statement, rank, { place, progress: this.#progress.of(file) });
    }
  }

  #takeEnd(
    { ranks, how, by, host }: Extract<Statement, { kind: "end" }>,
    speaker: number | undefined,
    seen: Pick<StatedEnd, "place" | "progress">,
  ): void {
    for (const ended of by === "own" ? [speaker] : ranks) {
      this.#ends.push({ rank: ended, process: undefined, how, by, ...seen });
      if (ended !== undefined && host !== undefined) this.#hosts.set(ended, host);
    }
  }

  /** Whether a line states that one of the ranks ended badly. */
  get hasEnds(): boolean {
    return this.#knownEnds().size > 0;
  }

  /** The host before a line that `pdsh` passes on, if a launcher named its ranks, and the rest of the line. */
  hostLabel(text: string): { host: string; text: string } | undefined {
    if (this.#ranksOf.size === 0) return undefined;
    const [label = "", host = ""] = /^([\w.-]+): /u.exec(text) ?? [];
    return this.#ranksOf.has(host) ? { host, text: text.slice(label.length) } : undefined;
  }

  ranksOf(host: string | undefined): readonly number[] {
    return this.#ranksOf.get(host ?? "") ?? [];
  }

  /** The rank of a process, if a launcher named it. */
  rankOf(process: number | undefined): number | undefined {
    return process === undefined ? undefined : this.#processes.get(process);
  }

  /** As the events of a record, the rank whose failure the launcher names as the first, and the line that each end rests on by its index. */
  get known(): {
    events: LifecycleEvent[];
    firstFailed: number | undefined;
    placesOfEvents: ReadonlyMap<number, Evidence>;
  } {
    const ends = this.#knownEnds();
    const hostOf = this.#hostNames();
    const ranks = new Set([...this.#ranks, ...ends.keys(), ...this.#processes.values()]);
    for (let rank = 0; rank < this.#count; rank += 1) ranks.add(rank);
    const bodies: { body: LifecycleEventBody; place?: Evidence }[] = [...ranks]
      .toSorted((a, b) => a - b)
      .map((rank) => ({ body: { kind: "launched", host: hostOf(rank), rank, localRank: 0 } }));
    const [first] = ends.values();
    const isOfFirst = ({ how, place }: StatedEnd): boolean =>
      place === first?.place && (how.signal !== "SIGTERM" || first.how.signal !== "SIGTERM");
    const exits = [...ends];
    // Launchers report the first end that they notice, or several in one line, then stop the other ranks.
    const stoppedAt = Math.max(
      0,
      exits.findLastIndex(([, end]) => isOfFirst(end)),
    );
    for (const [index, [rank, { how, place }]] of exits.entries()) {
      bodies.push({ body: { kind: "rank-exited", host: hostOf(rank), rank, ...how }, place });
      if (index === stoppedAt) bodies.push({ body: { kind: "stopping", reason: "failure" } });
    }
    const events = bodies.map(({ body }, index) => {
      return { index, timeMs: index, previousSha256: "", event: body };
    });
    const places = bodies.flatMap(({ place }, index) =>
      place === undefined ? [] : [[index, place] as const],
    );
    return { events, firstFailed: this.#first, placesOfEvents: new Map(places) };
  }

  /** One end of each rank: as its launcher states it, else its log; srun's tasks are ranks only if nothing else is known of these. */
  #knownEnds(): Map<number, StatedEnd> {
    const known = new Map<number, StatedEnd>();
    const hasLauncher = this.#ends.some(({ by }) => by === "launcher");
    const ended = this.#ends.filter(
      (end) =>
        !(hasLauncher && (end.by === "task" || end.by === "words")) && !this.#isSurvived(end),
    );
    for (const end of ended) {
      const rank = end.rank ?? this.rankOf(end.process) ?? this.#localRankOf(end);
      const before = rank === undefined ? undefined : known.get(rank);
      if (rank !== undefined && (before === undefined || before.by === "own")) known.set(rank, end);
    }
    const first =
      [...known].find(([rank]) => rank === this.#first) ??
      [...known].find(([, { how }]) => how.signal !== "SIGTERM");
    if (first === undefined) return known;
    return new Map([first, ...[...known].filter((each) => each !== first)]);
  }

  /** Only words say that it ended, and the training went on. */
  #isSurvived(end: StatedEnd): boolean {
    const later = this.#progress.of(fileOf(end)) - end.progress;
    return end.by === "words" && (this.#progress.isCompleted() || later >= survivedAfter);
  }

  /** By the list of its launcher; on the only host, the local number of a rank is its number. */
  #localRankOf(ended: StatedEnd): number | undefined {
    const { localRank } = ended;
    const started = this.#started.get(fileOf(ended));
    if (started !== undefined && localRank !== undefined) return started[localRank];
    const files = new Set(
      this.#ends.flatMap((end) => (end.localRank === undefined ? [] : [fileOf(end)])),
    );
    const isOnlyHost = files.size === 1 && this.#processes.size === 0 && this.#ranksOf.size === 0;
    return isOnlyHost ? localRank : undefined;
  }

  /** The name that a launcher gives, else that of the log in which several ranks of this host speak. */
  #hostNames(): (rank: number) => string {
    const speakers = new Map<string, number>();
    for (const files of this.#filesOf.values())
      for (const file of files) speakers.set(file, (speakers.get(file) ?? 0) + 1);
    return (rank) => {
      const stated = this.#hosts.get(rank);
      if (stated !== undefined) return stated;
      const [file = "", ...more] = this.#filesOf.get(rank) ?? [];
      const name =
        file
          .split("/")
          .at(-1)
          ?.replace(/\.\w+$/u, "") ?? "";
      const isOfHost = more.length === 0 && speakers.size > 1 && (speakers.get(file) ?? 0) > 1;
      return isOfHost && /^[A-Za-z0-9][\w.-]*$/u.test(name) ? name : unknownHost;
    };
  }
}

function fileOf({ place }: StatedEnd): string {
  return place.kind === "line" ? place.file : "";
}
