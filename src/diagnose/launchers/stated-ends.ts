import { mostRanks } from "../ranks-below.ts";
/** What a line says about processes of a job: how one ended, which rank a process is, or how many ranks there are. */
export type Statement =
  | { kind: "end"; ranks: readonly number[]; how: End; host?: string; by: EndSource }
  /** The launcher says that this rank failed first. */
  | { kind: "first"; rank: number }
  | { kind: "process"; process: number; rank: number }
  /** `localRank`: on its host. */
  | { kind: "process-end"; process: number; localRank?: number; how: End }
  | { kind: "host"; host: string; ranks: readonly number[] }
  /** By their numbers on the host of the launcher that prints it. */
  | { kind: "started-ranks"; ranks: readonly number[] }
  | { kind: "size"; count: number };

export interface End {
  exitCode?: number;
  signal?: string;
}

/** `task`: of srun, whose tasks may be launchers; `own`: of the rank whose log the line is in; `words`: of a launcher that is not known. */
export type EndSource = "launcher" | "task" | "own" | "words";

const signalNames: ReadonlyMap<number, string> = new Map([
  [2, "SIGINT"],
  [4, "SIGILL"],
  [6, "SIGABRT"],
  [7, "SIGBUS"],
  [8, "SIGFPE"],
  [9, "SIGKILL"],
  [11, "SIGSEGV"],
  [15, "SIGTERM"],
]);

/** A negative code is a signal. */
export function endOf(code: number): End {
  const signal = signalNames.get(-code);
  return signal === undefined ? { exitCode: code } : { signal };
}

const taskEnds: ReadonlyMap<string, End> = new Map([
  ["Killed", { signal: "SIGKILL" }],
  ["Out Of Memory", { signal: "SIGKILL" }],
  ["Terminated", { signal: "SIGTERM" }],
  ["Segmentation fault", { signal: "SIGSEGV" }],
  ["Aborted", { signal: "SIGABRT" }],
  ["Bus error", { signal: "SIGBUS" }],
  ["Floating point exception", { signal: "SIGFPE" }],
  ["Illegal instruction", { signal: "SIGILL" }],
  ["Hangup", { signal: "SIGHUP" }],
  ["Interrupt", { signal: "SIGINT" }],
]);

/** `0-1,3` */
function numbersIn(list: string): number[] {
  return list.split(",").flatMap((part) => {
    const [first = Number.NaN, last = first] = part.split("-").map(Number);
    const count = last - first + 1;
    return count > 0 && count <= mostRanks
      ? Array.from({ length: count }, (_, at) => first + at)
      : [];
  });
}

const number = (text: string | undefined): number => Number(text ?? Number.NaN);

type Reader = (match: RegExpExecArray) => Statement[];

function endOfRank(rank: number, code: number): Statement[] {
  return code === 0 ? [] : [{ kind: "end", ranks: [rank], how: endOf(code), by: "launcher" }];
}

/** In the words of each launcher. */
const readers: readonly [RegExp, Reader][] = [
  [
    // Open MPI.
    /process rank (\d+) with PID \d+ on node (\S+) exited on signal (\d+)/u,
    ([, rank, host = "", signal]) => [
      { kind: "end", ranks: [number(rank)], how: endOf(-number(signal)), host, by: "launcher" },
    ],
  ],
  [
    // horovodrun.
    /^Process (\d+) exit with status code (-?\d+)/u,
    ([, rank, code]) => [
      { kind: "end", ranks: [number(rank)], how: endOf(number(code)), by: "launcher" },
    ],
  ],
  [
    // Composer and others: `Rank 6 crashed with exit code 1`, `Global rank 6 (PID 4106) exited with code 1`.
    /\brank (\d+)\b[^.:]{0,30}\b(?:crashed|exited|failed|died|terminated)\b[^.:]{0,12}\b(?:code|status) (-?\d+)/iu,
    ([, rank, code]) => endOfRank(number(rank), number(code)),
  ],
  [
    // torch.multiprocessing.
    /\bprocess (\d+) terminated with exit code (\d+)/u,
    ([, rank, code]) => endOfRank(number(rank), number(code)),
  ],
  [
    // Docker Compose.
    /^\S*[-_](\d+) exited with code (\d+)$/u,
    ([, rank, code]) => endOfRank(number(rank), number(code)),
  ],
  [/^MPI_ABORT was invoked on rank (\d+)\b/u, ([, rank]) => endOfRank(number(rank), 1)],
  [
    // Ray, about a process that ended without an exception.
    /\bWorker PID: (\d+)\b.*\bexit type: SYSTEM_ERROR\b/u,
    ([, process]) => [
      { kind: "process-end", process: number(process), how: { signal: "SIGKILL" } },
    ],
  ],
  [
    // Lightning.
    /Child process with PID \d+ terminated with code (-?\d+)/u,
    ([, code]) => [{ kind: "end", ranks: [], how: endOf(number(code)), by: "own" }],
  ],
  [
    // torchrun: of the rank on its own host; its table gives the rank in the job.
    /failed \(exitcode: (-?\d+)\) local_rank: (\d+) \(pid: (\d+)\)/u,
    ([, code, local, process]) => {
      const how = endOf(number(code));
      return [{ kind: "process-end", process: number(process), localRank: number(local), how }];
    },
  ],
  [
    /^(?:\d+: )?srun: error: (\S+?): tasks? ([\d,-]+): (Exited with exit code (\d+)|[A-Z][a-zA-Z ]*[a-zA-Z])/u,
    ([, host = "", list = "", how = "", code]) => {
      const end = code === undefined ? taskEnds.get(how) : { exitCode: number(code) };
      return end === undefined
        ? []
        : [{ kind: "end", ranks: numbersIn(list), how: end, host, by: "task" }];
    },
  ],
  [
    // A shell that runs the program of one rank.
    /^\S+: line \d+:\s+\d+ (Killed|Segmentation fault|Aborted|Terminated|Bus error|Floating point exception|Illegal instruction)\b|^(Killed)$/u,
    ([, how, killed]) => {
      const end = taskEnds.get(how ?? killed ?? "");
      return end === undefined ? [] : [{ kind: "end", ranks: [], how: end, by: "own" }];
    },
  ],
  [
    // Kubernetes, about the container of one rank.
    /^\s*Exit Code:\s+(\d+)\s*$/u,
    ([, code]) =>
      number(code) === 0
        ? []
        : [{ kind: "end", ranks: [], how: { exitCode: number(code) }, by: "own" }],
  ],
  [
    // Ray Train.
    /\bpid=(\d+)\) world_rank=(\d+)/u,
    ([, process, rank]) => [{ kind: "process", process: number(process), rank: number(rank) }],
  ],
  [
    // A program or launcher: `rank 1 started with pid 44102`, `pid=44102 rank=1`.
    /\brank[ =:#]{1,2}(\d{1,5})\b(?!.*\brank[ =:#]{1,2}\d).{0,60}\bpid[ =:#]{1,2}(\d{3,7})\b/iu,
    ([, rank, process]) => [{ kind: "process", process: number(process), rank: number(rank) }],
  ],
  [
    /\bpid[ =:#]{1,2}(\d{3,7})\b.{0,60}(?<!local[_ ])\brank[ =:#]{1,2}(\d{1,5})\b(?!.*\brank[ =:#]{1,2}\d)/iu,
    ([, process, rank]) => [{ kind: "process", process: number(process), rank: number(rank) }],
  ],
  [
    // torchrun's agent, about the ranks that it starts on its host.
    /^\s*global_ranks=\[([\d, ]+)\]/u,
    ([, list = ""]) => [{ kind: "started-ranks", ranks: numbersIn(list.replaceAll(" ", "")) }],
  ],
  [
    // DeepSpeed, on one host.
    /process (\d+) spawned with command: .*'--local_rank=(\d+)'/u,
    ([, process, rank]) => [{ kind: "process", process: number(process), rank: number(rank) }],
  ],
  [
    // DeepSpeed, on several hosts.
    /global_rank_mapping=.*?\{(.*)\}/u,
    ([, mapping = ""]) =>
      [...mapping.matchAll(/'([\w.-]+)': \[([\d, ]*)\]/gu)].map(([, host = "", list = ""]) => {
        return { kind: "host", host, ranks: numbersIn(list.replaceAll(" ", "")) };
      }),
  ],
  [
    /MEMBER: \d+\/(\d+)\b|\bworld[_ ]size\W{1,3}(\d+)\b|\bnranks (\d+)\b|\bHorovod size\W{1,3}(\d+)|\d+\/(\d+) clients joined/u,
    ([, ...counts]) => {
      const count = number(counts.find((each) => each !== undefined));
      return sizeOf(count);
    },
  ],
  [
    // NCCL's watchdog: each rank of the group adds an equal part.
    /OpType=_ALLGATHER_BASE, NumelIn=(\d+), NumelOut=(\d+)/u,
    ([, part, whole]) => sizeOf(number(whole) / number(part)),
  ],
];

function sizeOf(count: number): Statement[] {
  return Number.isInteger(count) && count > 0 && count <= mostRanks
    ? [{ kind: "size", count }]
    : [];
}

/** Cheap test: most lines contain none of these. */
const hint =
  /\brank.{1,70}\bpid[ =:#]|\bpid[ =:#].{3,70}\brank|^\s*global_ranks=|exited (?:on|with)|^signal \d|crashed with|MPI_ABORT|Worker PID|Root Cause|RUNNING AT|EXIT CODE|Exit code:|Process name:|BY SIGNAL|exit with status|terminated with|failed with|died with|exitcode|srun: error|_ALLGATHER_BASE|: line \d|^Killed$|Exit Code|world_rank|spawned with|global_rank_mapping|MEMBER|world|nranks|Horovod size|clients joined|^\s+(?:host|rank|exitcode)\s*:/u;

export function mayBeStatement(text: string): boolean {
  return hint.test(text);
}

/** What a line says about the processes of its job, without the label of the one who printed it. */
export function statementsOf(text: string): Statement[] {
  for (const [pattern, read] of readers) {
    const match = pattern.exec(text);
    if (match !== null) return read(match);
  }
  return [];
}

const tableRank = /^\s+rank\s*: (\d+) \(local_rank: \d+\)|RANK (\d+) PID \d+ RUNNING AT (\S+)/u;
const mpiEnd = /^[=\s]*(?:EXIT CODE:|Exit code:)\s+(\d+)|^=?\s*(?:KILLED BY SIGNAL:|signal) (\d+)/u;
/** Open MPI names the first process that ended badly: `Process name: [[29973,1],0]`, later `[prterun-node-1-4102@1,0]`. */
const mpiProcess = /^\s*Process name: \[(?:\[\d+,\d+\]|\S+@\d+),\s?(\d+)\]/u;

/** Open MPI breaks this sentence after 80 characters. */
const brokenSentence = /process rank (\d+) with PID \d+ on node (\S+) exited on\s*$/u;

function rankOfRow(text: string): number | undefined {
  for (const pattern of [tableRank, mpiProcess, brokenSentence]) {
    const [, own, mpi] = pattern.exec(text) ?? [];
    const digits = own ?? (pattern === tableRank ? mpi : undefined);
    if (digits !== undefined) return Number(digits);
  }
  return undefined;
}

/** Tables of failures of torchrun, MPICH and Intel MPI, and sentences over two lines: the rank first, then how it ended. */
export class FailureTable {
  #rank: number | undefined;
  #host: string | undefined;
  #isFirst = false;

  push(text: string): Statement[] {
    this.#host =
      /^\s+host\s*: (\S+)/u.exec(text)?.[1] ??
      tableRank.exec(text)?.[3] ??
      brokenSentence.exec(text)?.[2] ??
      this.#host;
    this.#rank = rankOfRow(text) ?? this.#rank;
    if (text.startsWith("Root Cause (first observed failure)")) this.#isFirst = true;
    return [...this.#ended(text), ...this.#endedOfMpi(text)];
  }

  #endedOfMpi(text: string): Statement[] {
    const [, code, signal] = mpiEnd.exec(text) ?? [];
    const ended = this.#rank;
    if (ended === undefined || (code === undefined && signal === undefined)) return [];
    this.#rank = undefined;
    const how = endOf(signal === undefined ? Number(code) : -Number(signal));
    return [{ kind: "end", ranks: [ended], how, ...this.#known, by: "launcher" }];
  }

  get #known(): { host?: string } {
    return this.#host === undefined ? {} : { host: this.#host };
  }

  #ended(text: string): Statement[] {
    const [, code, process] = /^\s+exitcode\s*: (-?\d+) \(pid: (\d+)\)/u.exec(text) ?? [];
    if (code === undefined || this.#rank === undefined) return [];
    const ended = this.#rank;
    const first: Statement[] = this.#isFirst ? [{ kind: "first", rank: ended }] : [];
    this.#rank = undefined;
    this.#isFirst = false;
    return [
      ...first,
      { kind: "process", process: Number(process), rank: ended },
      { kind: "end", ranks: [ended], how: endOf(Number(code)), ...this.#known, by: "launcher" },
    ];
  }
}
