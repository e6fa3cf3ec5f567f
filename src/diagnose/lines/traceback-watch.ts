/** What the lines around a line say about it. */
export interface LineContext {
  /** The line ends a Python traceback, so it names an exception, whatever that is called. */
  isException: boolean;
  /** The process that the line is about, numbered by a launcher inside the program. */
  process: number | undefined;
  /** That launcher states that a signal ended this process. */
  endedBy: string | undefined;
  /** Of the ranks that others waited for in vain, one that a list names. */
  missing?: number;
  /** The process in which the exception was raised, by the number that its host gives it. */
  ofProcess?: number;
  /** Python goes on after the exception that the line names. */
  isIgnored?: true;
}

/** Cheap test: most lines contain none of these. */
const hint =
  /Traceback|ray::|Missing ranks:|task names:|Exception ignored|-- Process|in device=|terminated with signal|local_rank|received by PID/u;
/** PyTorch adds the rank to those that it collects. */
const tracebackStart = /Traceback \(most recent call last\):\s*(?:\(RANK (\d+)\)\s*)?$/u;
const label = /^(?:\[?(?:rank|default)?\s?\d+\]?:\s?)/u;
/** `torch.multiprocessing` and `torch_xla` before the traceback of a process. */
const spawned =
  /^-- Process (\d+) terminated with the following error:|^Exception in device=\w+:(\d+)/u;
const spawnedEnd = /\bprocess (\d+) terminated with signal (SIG[A-Z]+)/u;
/** torchrun's table of failures: the rank first, its signal some lines below. */
const tableRank = /^\s*rank\s*: (\d+) \(local_rank: \d+\)/u;
const tableSignal = /^\s*traceback : Signal \d+ \((SIG[A-Z]+)\) received by PID/u;

/** Horovod lists below this line the ranks, each with what the others wait for; JAX lists the tasks. */
const missingStart = /^Missing ranks:\s*$|timed out task names:\s*$/u;
const missingRow = /^(\d+): \[|^\/job:\S+\/task:(\d+)\s*$/u;
/** Before the traceback of an exception in a destructor or at the exit. */
const ignored = /^Exception ignored (?:in|on)\b/u;

/** Ray names the process of an exception before its traceback. */
const raised = /\bray::[\w.]+\(\) \(pid=(\d+)/u;

/** Follows the lines of one stream: tracebacks, and the reports of launchers inside the program. */
export class TracebackWatch {
  #isOpen = false;
  #listsMissing = false;
  #process: number | undefined;
  #tableRank: number | undefined;
  #ignores = false;
  #raisedIn: number | undefined;

  /** Whether the next line may belong to a traceback. */
  get isOpen(): boolean {
    return this.#isOpen || this.#listsMissing;
  }

  /** Whether `push` has to see a line. */
  matters(text: string): boolean {
    return this.isOpen || this.#raisedIn !== undefined || hint.test(text);
  }

  push(text: string): LineContext {
    const process = this.#process;
    const nothing = { isException: false, process, endedBy: undefined, ...this.#raised(text) };
    if (!this.matters(text)) return nothing;
    const missing = this.#missingIn(text);
    if (missing !== undefined) return { ...nothing, missing };
    const line = text.replace(label, "");
    const ended = this.#endIn(line);
    if (ended !== undefined) return { isException: false, ...ended };
    if (ignored.test(line)) this.#ignores = true;
    const start = tracebackStart.exec(line);
    if (start !== null) {
      this.#isOpen = true;
      if (start[1] !== undefined) this.#process = Number(start[1]);
      return nothing;
    }
    const isBody = line === "" || /^[\s|+]/u.test(line);
    if (!this.#isOpen || isBody) return nothing;
    this.#isOpen = false;
    return { ...nothing, ...this.#exceptionIn(line) };
  }

  /** The process that the last lines name, until the exception that was raised in it. */
  #raised(text: string): Pick<LineContext, "ofProcess"> {
    const named = raised.exec(text)?.[1];
    if (named !== undefined) this.#raisedIn = Number(named);
    const ofProcess = this.#raisedIn;
    if (ofProcess === undefined) return {};
    if (named === undefined && !/^\s/u.test(text)) this.#raisedIn = undefined;
    return { ofProcess };
  }

  /** The last line of a traceback. */
  #exceptionIn(line: string): Pick<LineContext, "isException" | "isIgnored"> {
    const isException = /^[\w.]+(?::|\s*$)/u.test(line);
    const isIgnored = this.#ignores;
    this.#ignores = false;
    return isIgnored ? { isException: false, isIgnored } : { isException };
  }

  /** A rank in a list of missing ones. */
  #missingIn(text: string): number | undefined {
    const isStart = missingStart.test(text);
    if (!this.#listsMissing && !isStart) return undefined;
    const [, row, task] = missingRow.exec(text) ?? [];
    const missing = row ?? task;
    this.#listsMissing = isStart || missing !== undefined;
    return missing === undefined ? undefined : Number(missing);
  }

  /** What a launcher says about the end of a process; remembers the process that the next lines are about. */
  #endIn(line: string): Pick<LineContext, "process" | "endedBy"> | undefined {
    const [, process, device] = spawned.exec(line) ?? [];
    const started = process ?? device;
    if (started !== undefined) this.#process = Number(started);
    const row = tableRank.exec(line)?.[1];
    if (row !== undefined) this.#tableRank = Number(row);
    const ended = spawnedEnd.exec(line);
    if (ended !== null) {
      this.#isOpen = false;
      return { process: Number(ended[1]), endedBy: ended[2] };
    }
    const signal = tableSignal.exec(line)?.[1];
    return signal === undefined ? undefined : { process: this.#tableRank, endedBy: signal };
  }
}
