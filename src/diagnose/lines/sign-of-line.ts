/** What a printed line is a sign of. */
export const signKinds = [
  "accelerator-memory",
  "host-memory",
  "disk-full",
  "preemption",
  "time-limit",
  "node-failed",
  "accelerator-error",
  /** The environment of a host lacks something: a module, a file, a driver. */
  "configuration",
  "not-a-number",
  "stopped",
  /** A process that the program started was killed: of a data loader, of a pool, or a rank under a launcher of the program's own. */
  "process-killed",
  /** The wait for other ranks took longer than its limit: a consequence. */
  "timeout",
  /** A connection to another rank broke, or another rank did not answer: a consequence more often than a cause. */
  "connection",
  /** The calls of two ranks do not fit; either of them may print it. */
  "mismatch",
  "exception",
  /** The last line of a traceback, of an exception that no name shows to be an error of the program's own. */
  "other-exception",
] as const;
export type SignKind = (typeof signKinds)[number];

export interface LineSign {
  kind: SignKind;
  /** The rank that the line names, if not the one that printed it. */
  namedRank?: number;
  /** The host that the line names. */
  namedHost?: string;
  /** The process that the line names, by the number that its host gives it. */
  namedProcess?: number;
  /** Ranks that others waited for in vain, or that no longer answer, by this line. */
  missingRanks?: number[];
}

/** The first row that matches a line gives its sign, so specific ones precede general ones. */
const rows: readonly { kind: SignKind; pattern: RegExp }[] = [
  {
    // Coordinators that wait for members list the missing ones.
    kind: "timeout",
    pattern:
      /Barrier timed out|waiting for clients|Timed out initializing process group|failed to pass monitoredBarrier|waiting for remainder of ranks|^Missing ranks:/iu,
  },
  {
    kind: "connection",
    pattern:
      /heartbeat timeout|stopped sending heartbeats|another task died|reached monitoredBarrier, but/iu,
  },
  {
    kind: "accelerator-memory",
    pattern:
      /(CUDA|HIP|XPU|NPU|MPS backend|GPU)( error:)? out of memory|cuda\.OutOfMemoryError|torch\.OutOfMemoryError|CUBLAS_STATUS_ALLOC_FAILED|cudaErrorMemoryAllocation|RESOURCE_EXHAUSTED:.*\b(?:out of memory|OOM|reserve \S+ at the|HBM|trying to allocate)\b|OOM when allocating tensor|ResourceExhaustedError/u,
  },
  {
    kind: "host-memory",
    pattern:
      /oom[-_ ]?kill|Out of memory: Kill|killed due to memory pressure|TERM_MEMLIMIT|node running low on memory|low on resource: memory|Killed process \d+|DefaultCPUAllocator: (can't|not enough)|^\s*(?:[\w.]+\.)?_?[A-Z]?\w*MemoryError\b|Unable to allocate [\d.]+ [KMGTPE]?i?B\b|Cannot allocate memory|std::bad_alloc|worker \(pid\S* \d+\) is killed by signal: Bus error|out of shared memory|insufficient shared memory|creating shared memory segment|failed to extend \/dev\/shm|\/dev\/shm\b.*No space left|No space left.*\/dev\/shm\b|Nicht genügend Hauptspeicher|d'allouer (?:de )?la mémoire|Ne peut allouer de la mémoire|No se pu(?:do|ede) asignar (?:la )?memoria|无法分配内存|メモリを(?:確保|割り当て)|\[Errno 12\]|\bENOMEM\b|OUT_OF_MEMORY|OOM Killed|memory cgroup out of memory|exceeded (job|step) memory limit/iu,
  },
  {
    kind: "disk-full",
    // NumPy and PyTorch hide the error of the system behind a write that was too short.
    pattern:
      /No space left on device|StorageFull|\[Errno (?:28|122)\]|\bENOSPC\b|Disk quota exceeded|\bEDQUOT\b|OSError: \d+ requested and \d+ written|PytorchStreamWriter failed writing|inline_container\.cc.*(?:unexpected pos|fwrite)|basic_ios::clear: iostream error|kein Speicherplatz mehr|(?:Aucun|Plus d.)\s?espace disponible|No queda espacio|设备上没有空间|空き領域がありません|File too large|\bEFBIG\b|File size limit exceeded/u,
  },
  {
    kind: "preemption",
    pattern:
      /DUE TO PREEMPTION|(?<!got )\bPREEMPTED\b|spot (instance )?(interruption|termination)|(?:instance|VM) will be (preempted|terminated)|imminent node shutdown/iu,
  },
  {
    kind: "time-limit",
    pattern:
      /DUE TO TIME LIMIT|TERM_RUNLIMIT|job killed: walltime|exceeded (its )?(wall ?time|time limit)/iu,
  },
  {
    kind: "node-failed",
    pattern:
      /DUE TO NODE FAILURE|\bNODE_FAIL\b|Node failure on|lost communication with a remote daemon|\bLink (?:is )?D(?:OWN|own)\b|mlx\d_core.*(?:Cable unplugged|\bLink down)\b/u,
  },
  {
    kind: "accelerator-error",
    pattern:
      /NVRM: Xid|\bXid \(PCI|uncorrectable (NVLink|ECC|memory) error|(?:CUDA|HIP) error: (uncorrectable|unspecified launch|unknown error|hardware|misaligned|an illegal)|CUDNN_STATUS_(?:EXECUTION_FAILED|INTERNAL_ERROR|MAPPING_ERROR)|CUBLAS_STATUS_(?:EXECUTION_FAILED|INTERNAL_ERROR)|fallen off the bus|GPU is lost|(?:core|device) halted (?:unexpectedly|prematurely)|cudaErrorECCUncorrectable|ECC error(?!s\s*(?:$|:\s*0\b))/iu,
  },
  {
    kind: "configuration",
    pattern:
      /ModuleNotFoundError|^\s*ImportError|cannot import name|driver version is insufficient|\bdriver\b.*\btoo old\b|^KeyError: '[A-Z][A-Z\d]*_[A-Z\d_]+'$|invalid device ordinal|No CUDA GPUs are available|version `?GLIBC|error while loading shared libraries|cannot open shared object file|command not found|: not found$|FileNotFoundError|PermissionError|unrecognized arguments|^(?:[\w.]+(?:Error|Exception)): .*(?:requires?|required|needs?|or newer)\b.*\b(?:found|installed|got|have)\b|version mismatch|Backend nccl .*not (built|available)|Distributed package doesn't have NCCL/iu,
  },
  {
    kind: "not-a-number",
    pattern:
      /(?<![\w/])(?:train[_ ]?|val[_ ]?)?loss\w*["']?\s*[:=]?\s*["'(]?-?nan\b|loss is (?:nan|inf)|loss became (?:nan|inf)|nan (detected|encountered|loss)|non-finite (loss|grad)|returned nan values|loss scale (?:is )?already at minimum|minimum loss scale reached/iu,
  },
  {
    // Checks of programs: `found NaN in local grad norm`.
    kind: "not-a-number",
    pattern:
      /^(?:[\w.]+(?:Error|Exception)\b.*|.*\b(?:found|detected|encountered|unexpected result) )\b(?:nan|non-?finite|inf(?:inite)?)\b/iu,
  },
  {
    // Before those about connections: it could not open its own.
    kind: "exception",
    pattern: /EADDRINUSE|address already in use|failed to listen/iu,
  },
  {
    kind: "process-killed",
    pattern:
      /worker \(pid\S* \d+\) is killed by signal: Killed|exits with return code = -9\b|process \d+ terminated with signal SIGKILL|Signal 9 \(SIGKILL\) received by PID/u,
  },
  {
    kind: "mismatch",
    pattern:
      /collective mismatch in your code|op\.preamble\.length|Detected mismatch between collectives on ranks|Mismatch between collective operation/iu,
  },
  {
    kind: "timeout",
    pattern:
      /Timed out waiting \d+ms|due to a collective timeout|Watchdog caught collective operation timeout|collective operation timeout|failed to pass monitoredBarrier/iu,
  },
  {
    kind: "connection",
    // Programs word it themselves: that a worker left, or that the ring is broken.
    pattern:
      /\b(?:rank|peer|neighbou?r|worker|partner|actor|node|task)\b[^.:]{0,20}\b(?:is gone|left|died|dead|vanished|disconnected|not responding|unreachable)\b|\b(?:ring|star|pipeline|link|channel) (?:is |was )?broken|\bno data from\b|caused by an exception on one of the ranks|another (?:task|rank|process|worker) (?:has )?(?:died|failed|exited)/iu,
  },
  {
    kind: "connection",
    pattern:
      /connection (reset|closed|refused|aborted)|reset by peer|broken pipe|socket (closed|is closed|error)|remote process exited|ncclRemoteError|ncclSystemError|recvBytes failed|failed to recv, got 0 bytes|DistNetworkError|DistStoreError|store.*timed? ?out|Connection lost|peer .*(died|disconnected)|NCCL communicator was aborted|^EOFError\s*$|verbindung\b.*(?:verloren|beendet|unterbrochen|zurückgesetzt)|connexion\b.*(?:perdue|fermée|interrompue|initialisée)|conexión\b.*(?:perdida|cerrada|interrumpida|reinicializada|restablecida)|连接.{0,8}(?:重置|重设|关闭|断开|丢失|中断)|接続.{0,8}(?:切断|リセット)|No route to host|Network is unreachable|unexpected end of (stream|file) from/iu,
  },
  {
    kind: "stopped",
    // Launchers inside the program say that one of their processes failed; that process says why.
    pattern: /^(?:[\w.]+\.)?(?:ChildFailedError|ProcessRaisedException|ProcessExitedException)\b/u,
  },
  {
    kind: "exception",
    pattern:
      /^[a-z_]\w*(?:\.\w+)*\.error(?::|$)|^(?:[\s|+]*\|\s)?(?:[\w.]+\.)*(?:[A-Z]\w*(?:Error|Exception|Interrupt|Exit)|(?:Base)?ExceptionGroup)\b(?::|$)|Segmentation fault|Fatal Python error|terminate called|core dumped|\bpanicked at\b|^AssertionError|Assertion .*failed|Bus error/u,
  },
  {
    kind: "stopped",
    pattern:
      /received SIGTERM|SignalException.*got signal|Sending process \d+ closing signal|CANCELLED AT/u,
  },
];

/** Cheap test before the patterns: most lines of a training contain none of these. */
const hint =
  /err|enomem|except|kill|memor|space|quota|edquot|preempt|limit|fail|xid|ecc|bus\b|lost|nan|non-finite|conn|reset|closed|pipe|timed|timeout|abort|fault|terminat|core dumped|panicked|no such|denied|not found|sigterm|signal|cancelled|unreachable|no route|exit|insufficient|too old|ordinal|glibc|unrecognized|import|mismatch|preamble|efbig|too large|loss (?:is|became|scale)|oom\b|cudnn|cublas| left |died|dead|gone|vanished|broken|no data|another|caused by|link (?:is )?down|halted|heartbeat|missing ranks|waiting for|eaddrinuse|in use|to listen|storagefull|found inf|found nan|memlimit|runlimit|lost comm|monitoredbarrier|verbind|conexi|speicher|espac/iu;
/** The same in the letters of other languages; apart, because such patterns are slow. */
const otherHint = /连接|接続|mémoire|内存|メモリ|空间|空き/u;
const otherLetters = /[^\p{ASCII}]/u;

/** A program that reports such a line as information or warning goes on. */
const mildKinds: ReadonlySet<SignKind> = new Set([
  "connection",
  "timeout",
  "configuration",
  "exception",
]);
const mild =
  /^\W*(?:\S+ ){0,3}(?:INFO|DEBUG|WARN|WARNING)\b|warning:|\bretry(?:ing)?\b|^\W*[WI]\d{4} \d\d:|^[\d-]+ [\d:.]+: [WI] |\bNCCL INFO\b/iu;

/** Text beyond this is not looked at. */
const maximumCharacters = 2000;

/** Whether a line with other digits may be a sign although this one is none: by the numbers of errors, signals and ends. */
export function dependsOnDigits(text: string): boolean {
  return /errno|signal|return code/iu.test(text);
}

/** Whether the patterns have to look at a line. No word of the tests has digits. */
export function mayBeSign(text: string): boolean {
  return hint.test(text) || (otherLetters.test(text) && otherHint.test(text));
}

/** What a line printed by a program, a launcher or a scheduler is a sign of; undefined for most. */
export function signOfLine(text: string): LineSign | undefined {
  if (!mayBeSign(text)) return undefined;
  const line = text.length > maximumCharacters ? text.slice(0, maximumCharacters) : text;
  const bare = withoutLabel(line);
  const row = rows.find(({ pattern }) => pattern.test(bare));
  if (row === undefined || (mildKinds.has(row.kind) && mild.test(bare))) return undefined;
  return { kind: row.kind, ...namedIn(line, row.kind) };
}

/** Lines about a connection name the rank at its other end, which did not print them; only a label before the line names the speaker. */
const anyRank = /\brank\s*[:= ]\s*(\d+)|\[rank(\d+)\]/iu;
/** `kubectl get pods`: the pods of a job are numbered. */
const podRow = /^\S*-(\d+)\s+\d+\/\d+\s+OOMKilled\b/u;
const labelRank = /^\s*\[rank\s?(\d+)\]/iu;

/** The rank, the host and the process that a line names. */
function namedIn(line: string, kind: SignKind): Omit<LineSign, "kind"> {
  const isOfOthers = kind === "connection" || kind === "timeout";
  const missing = isOfOthers ? missingIn(line) : [];
  const rank = numberIn((isOfOthers ? labelRank : anyRank).exec(line) ?? podRow.exec(line));
  const process = numberIn(/Killed process (\d+)/u.exec(line));
  return {
    ...(rank === undefined ? {} : { namedRank: rank }),
    ...hostIn(line),
    ...(process === undefined ? {} : { namedProcess: process }),
    ...(missing.length === 0 ? {} : { missingRanks: missing }),
  };
}

/** The first group that took part in a match. */
function numberIn(match: RegExpExecArray | null): number | undefined {
  const found = match?.slice(1).find((each) => each !== undefined);
  return found === undefined ? undefined : Number(found);
}

function hostIn(line: string): Omit<LineSign, "kind"> {
  const match = /\bon node (\S+?)[,.:]?(?:\s|$)|slurmstepd: error: (\S+?):/u.exec(line);
  const host = match?.[1] ?? match?.[2];
  return host === undefined ? {} : { namedHost: host };
}

/** After these words, JAX, PyTorch and Horovod list whom they waited for in vain. */
const missingList =
  /timed out task names: (?<tasks>.*)|Task (?<task>\S*task:\d+) heartbeat timeout|(?:unhealthy|stopped sending heartbeats)\W+(?<silent>\/job\S*)|Ranks? (?<barrier>[\d, ]+) failed to pass monitoredBarrier|^Missing ranks:(?<ranks>.*)/iu;

function missingIn(line: string): number[] {
  const groups = missingList.exec(line)?.groups;
  if (groups === undefined) return [];
  const { tasks, task, silent, barrier, ranks } = groups;
  const named = (tasks ?? task ?? silent)?.matchAll(/task:(\d+)/gu) ?? [];
  const listed = (barrier ?? ranks)?.matchAll(/\d+/gu) ?? [];
  return [
    ...[...named].map((each) => Number(each[1])),
    ...[...listed].map((each) => Number(each[0])),
  ];
}

/** `[rank3]: `, `[default3]:`, `3: `: labels that launchers put before each line. */
function withoutLabel(line: string): string {
  return line.replace(/^(?:\[?(?:rank|default)?\s?\d+\]?:\s?)/u, "");
}
