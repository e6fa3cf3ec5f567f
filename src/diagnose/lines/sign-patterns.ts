/** What a printed line is a sign of. */
export const signKinds = [
  "accelerator-memory",
  "host-memory",
  "disk-full",
  /** A checkpoint that was not written completely, or was changed since. */
  "bad-checkpoint",
  "preemption",
  "time-limit",
  "node-failed",
  /** What started the ranks was ended, or the terminal that it belongs to was closed. */
  "launcher-ended",
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
  /** A tool that compares ranks names the slow ones. */
  "slow-rank",
  /** A computation that was done again gave another result. */
  "not-reproducible",
  /** A tool says that something made no progress, without a rank that others waited for. */
  "no-progress",
  /** Steps wait for their data. */
  "data-wait",
  /** Clocks are lowered because of the temperature. */
  "thermal",
  /** Copies of the model are no longer equal. */
  "replicas-differ",
  /** A link that loses or delays what it carries. */
  "weak-link",
  /** The clock of a host was set while the job ran. */
  "clock-moved",
  "exception",
  /** An error or a fatal message that no pattern explains. */
  "severe",
  /** The last line of a traceback, of an exception that no name shows to be an error of the program's own. */
  "other-exception",
] as const;
export type SignKind = (typeof signKinds)[number];

/** One of these patterns; all ignore case, or none. */
interface SignRow {
  kind: SignKind;
  pattern: RegExp;
}

/** Rows are matched as a whole, so that a line is compared with few patterns. */
function row(kind: SignKind, ...parts: readonly RegExp[]): SignRow {
  const [first] = parts;
  const source = parts.map((part) => part.source).join("|");
  return { kind, pattern: new RegExp(source, first?.flags ?? "u") };
}

/** The first row that matches a line gives its sign, so specific ones precede general ones. */
export const signRows: readonly SignRow[] = [
  row(
    "timeout",
    // Coordinators that wait for members list the missing ones.
    /Barrier timed out|waiting for clients|Timed out initializing process group|failed to pass monitoredBarrier/iu,
    /waiting for remainder of ranks|^Missing ranks:|\[(?:missing|ready) ranks: /iu,
    /not received the Notify record from remote rank|did not get (?:\w+ )?heartbeat/iu,
  ),
  row("slow-rank", /\bstragglers?\b.*\branks?\W+(?:\w+\(rank=)?\d/iu),
  row("thermal", /\b[HS]W Thermal Slowdown\s*:\s*Active\b/iu),
  row("no-progress", /\btask \S+:\d+ blocked for more than\b/u),
  row("not-reproducible", /\bresult is not reproducible\b/iu),
  row(
    "connection",
    /heartbeat timeout|stopped sending heartbeats|another task died|reached monitoredBarrier, but/iu,
  ),
  row(
    "accelerator-memory",
    /(CUDA|HIP|XPU|NPU|MPS backend|GPU)( error:)? out of memory|cuda\.OutOfMemoryError|torch\.OutOfMemoryError/u,
    /(?:Cuda|Hip) failure (?:\d+ )?'?out of memory|CUBLAS_STATUS_ALLOC_FAILED|cudaErrorMemoryAllocation/u,
    /(?:RESOURCE_EXHAUSTED|Resource exhausted):.*\b(?:out of memory|OOM|reserve \S+ at the|HBM|allocate)\b/u,
    /OOM when allocating tensor|ResourceExhausted(?:Error)?(?!.*\b(?:space|disks?|storage|quota|inodes?|files?)\b)|\b[Aa]llocation [Ff]ail(?:ed|ure)\b/u,
    // Names of errors of CUDA, HIP, Level Zero and their libraries; texts of XLA's compiler and allocator.
    /\b(?:CUDA|hip|HIP|UR_RESULT|ZE_RESULT|CUBLAS|CUDNN|CUSOLVER|CUSPARSE|MIOPEN)_?(?:ERROR|STATUS)_(?:OUT_OF(?:_DEVICE)?_MEMORY|ALLOC_FAILED)\b|\bhipError(?:OutOfMemory|MemoryAllocation)\b/u,
    /Triton Error \[\w+\]: out of memory|\b[Rr]an out of memory (?:in memory space|trying to allocate)|Exceeded (?:hbm|vmem|smem) capacity/u,
    /[Ff]ailed to alloc(?:ate)?\b.{0,20}\b(?:[Dd]evice|DEVICE|GPU|HBM)\b/u,
  ),
  row(
    "host-memory",
    /oom[-_ ]?kill|\w*oomd?(?:\[\d+\])?: .*\b(?:sending SIG|killed|killing)|Out of memory: Kill|killed due to memory pressure|TERM_MEMLIMIT|Killed process \d+/iu,
    /node running low on memory|low on resource: memory|OUT_OF_MEMORY|OOM Killed|memory cgroup out of memory/iu,
    // A limit, in the words of any scheduler.
    /\b(?:mem(?:ory)?|rss|vmem)\b(?:[^.]|\.\d){0,40}\bexceed\w*\b(?:[^.]|\.\d){0,40}\blimit\b/iu,
    /\b(?:exceed\w*|gone over)\b[^.]{0,30}\bmem(?:ory)?\b[^.]{0,10}\blimit\b|\bkilled\b.* due to memory pressure/iu,
    /DefaultCPUAllocator: (can't|not enough)|^\s*(?:[\w.]+\.)?_?[A-Z]?\w*MemoryError\b/iu,
    /Unable to allocate [\d.]+ [KMGTPE]?i?B\b|Cannot allocate memory|std::bad_alloc|\[Errno 12\]|\bENOMEM\b/iu,
    // Memory that processes share.
    /worker \(pid\S* \d+\) is killed by signal: Bus error|out of shared memory|insufficient shared memory/iu,
    /creating shared memory segment|failed to extend \/dev\/shm|write to file <\/torch_\d+.*No space left/iu,
    /\/dev\/shm\b.*No space left|No space left.*\/dev\/shm\b/iu,
    /Nicht genügend Hauptspeicher|d'allouer (?:de )?la mémoire|Ne peut allouer de la mémoire/iu,
    /No se pu(?:do|ede) asignar (?:la )?memoria|无法分配内存|メモリを(?:確保|割り当て)/iu,
  ),
  row(
    "disk-full",
    /No space left on device|StorageFull|\[Errno (?:28|122)\]|\bENOSPC\b|Disk quota exceeded|\bEDQUOT\b/u,
    /File too large|\bEFBIG\b|File size limit exceeded|\b[Dd]isk is full\b/u,
    // A limit, in the words of any scheduler.
    /\bstorage\b[^.]{0,40}\bexceed\w*\b[^.]{0,40}\blimit\b|low on resource: \S*storage/u,
    // NumPy and PyTorch hide the error of the system behind a write that was too short.
    /OSError: \d+ requested and \d+ written|PytorchStreamWriter failed writing/u,
    /inline_container\.cc.*(?:unexpected pos|fwrite)|basic_ios::clear: iostream error/u,
    /kein Speicherplatz mehr|(?:Aucun|Plus d.)\s?espace disponible|No queda espacio|设备上没有空间|空き領域がありません/u,
  ),
  row(
    "preemption",
    /DUE TO PREEMPTION|(?<!got )\bPREEMPTED\b|spot (instance )?(interruption|termination)/iu,
    /(?:instance|VM) will be (preempted|terminated)|imminent node shutdown/iu,
  ),
  row(
    "time-limit",
    /DUE TO TIME LIMIT|TERM_RUNLIMIT|job killed: walltime|active longer than specified deadline/iu,
    /\bexceed\w*\b[^.]{0,30}\b(?:wall ?(?:clock )?time|run ?time limit|execution time|time limit)\b/iu,
  ),
  row(
    "node-failed",
    /DUE TO NODE FAILURE|\bNODE_FAIL\b|Node failure on|lost communication with a remote daemon|^\s*Remote daemon: \[.*\bon node\b/u,
    /\bits node has died\b|\bNODE_DIED\b/u,
    /\bLink (?:is )?D(?:OWN|own)\b|mlx\d_core.*(?:Cable unplugged|\bLink down)\b/u,
  ),
  row(
    "launcher-ended",
    // SIGHUP: the terminal or the session is gone.
    /\bReceived (?:1|SIGHUP) death signal|\bclosing signal SIGHUP\b|\bgot signal: (?:1|SIGHUP)\b|\breceived (?:signal )?SIGHUP\b/iu,
    /\bKilling process \d+ \((?:torchrun|accelerate|deepspeed|mpirun|mpiexec|prterun|horovodrun|srun|launch\w*)\) with signal\b/iu,
  ),
  row(
    "accelerator-error",
    /(?:NVRM: Xid|\bXid \(PCI)(?!.*\): (?:45|63)\b)|fallen off the bus|GPU is lost|(?:core|device) halted (?:unexpectedly|prematurely)/iu,
    /Memory access fault by GPU|Unable to determine the device handle for GPU/iu,
    /\/dev\/(?:accel|nvidia|kfd|davinci|neuron)\d*\b.*\bfatal\b/iu,
    /uncorrectable (NVLink|ECC|memory) error|cudaErrorECCUncorrectable|ECC error(?!s\s*(?:$|:\s*0\b))/iu,
    // Errors of CUDA and HIP that the device reports, by text and by name; the others are the program's.
    /(?:CUDA|HIP|Triton|cuda runtime)\W+(?:error|failure)?.{0,14}?\b(?:uncorrectable|unspecified launch failure|unknown error|hardware stack error|misaligned address|an illegal (?:memory access|instruction)(?!.{0,20}by a peer)|invalid (?:program counter|device address space)|launch timed out)/iu,
    /\b(?:cuda|hip)Error(?:IllegalAddress|IllegalInstruction|LaunchFailure|LaunchTimeout|ECCUncorrectable|ECCNotCorrectable|NvlinkUncorrectable|HardwareStackError|MisalignedAddress|InvalidAddressSpace|InvalidPc|Contained)\b/u,
    /\bCUDA_ERROR_(?:ILLEGAL_(?:ADDRESS|INSTRUCTION)|LAUNCH_(?:FAILED|TIMEOUT)|ECC_UNCORRECTABLE|NVLINK_UNCORRECTABLE|HARDWARE_STACK_ERROR|MISALIGNED_ADDRESS|INVALID_(?:ADDRESS_SPACE|PC))\b/u,
    /\b(?:UR|ZE)_RESULT_ERROR_DEVICE_LOST\b|\bSXid \(PCI|\bRmInitAdapter failed|AER: (?:Multiple )?Uncorrect(?:ed|able) \((?:Fatal|Non-Fatal)\)/u,
    /CUDNN_STATUS_(?:EXECUTION_FAILED|INTERNAL_ERROR|MAPPING_ERROR)|CUBLAS_STATUS_(?:EXECUTION_FAILED|INTERNAL_ERROR)/iu,
  ),
  row(
    "bad-checkpoint",
    /PytorchStreamReader failed|SafetensorError: .*(?:deserializ|header|incomplete)/iu,
    /\b(?:checkpoint|ckpt)\b[^.:]{0,60}\b(?:corrupt(?:ed)?|truncated|incomplete|damaged)\b|\b(?:corrupt(?:ed)?|truncated|damaged) checkpoint\b/iu,
    /not an sstable|DataLossError\b.*(?:checksum|sstable|restore)/iu,
  ),
  row(
    "configuration",
    /ModuleNotFoundError|^\s*ImportError|cannot import name|FileNotFoundError|PermissionError|unrecognized arguments/iu,
    /driver version is insufficient|\bdriver\b.*\btoo old\b|invalid device ordinal|No CUDA GPUs are available/iu,
    /^KeyError: '[A-Z][A-Z\d]*_[A-Z\d_]+'$/iu,
    // Slurm, before a program runs.
    /slurmstepd: error: execve\(\)|srun: error: (?:Task launch|Application launch|Unable to create step)\b.*(?:failed|error)?/u,
    /no kernel image is available|no CUDA-capable device|system has unsupported display driver|Failed to initialize NVML|No devices were found/u,
    /no socket interface found|\binterface \S+ (?:was |is )?(?:not found|missing)|\b(?:variable|plugin|driver) \S+ is not (?:set|installed|loaded)/iu,
    /version `?GLIBC|error while loading shared libraries|cannot open shared object file|command not found|: not found$/iu,
    /^(?:[\w.]+(?:Error|Exception)): .*(?:requires?|required|needs?|or newer)\b.*\b(?:found|installed|got|have)\b/iu,
    /version mismatch|Backend nccl .*not (built|available)|Distributed package doesn't have NCCL/iu,
  ),
  row(
    "not-a-number",
    /(?<![\w/])(?:train[_ ]?)?(?<!\b(?:val\w*|eval\w*|test)[ _/:.-]{1,3})loss\w*["']?\s*[:=]?\s*["'(]?-?nan\b|loss is (?:nan|inf)|loss became (?:nan|inf)/iu,
    /nan (detected|encountered|loss)|non-finite (loss|grad)|returned nan values/iu,
    /loss scale (?:is )?already at minimum|minimum loss scale reached/iu,
    // Checks of programs: `found NaN in local grad norm`.
    /^(?:[\w.]+(?:Error|Exception)\b.*|.*\b(?:found|detected|encountered|unexpected result) )\b(?:nan|non-?finite|inf(?:inite)?)\b/iu,
  ),
  // Before those about connections: it could not open its own.
  row("exception", /EADDRINUSE|address already in use|failed to listen/iu),
  row(
    "process-killed",
    /worker \(pid\S* \d+\) is killed by signal: Killed|exits with return code = -9\b/u,
    /process \d+ terminated with signal SIGKILL|Signal 9 \(SIGKILL\) received by PID/u,
  ),
  row(
    "mismatch",
    /op\.preamble\.length/iu,
    // What one rank sent does not fit into what another one expected.
    /\b(?:recv|receiv\w*|got|message|tensor)\b[^.]{0,30}\bfrom (?:peer |rank |stage )+\d+\b.{0,40}\bexpected\b.*\b(?:got|received|but)\b/iu,
    /\bmismatch(?:ed)? (?:(?:in|between|of) )?(?:the )?collectives?\b|\bcollective mismatch\b/iu,
  ),
  row(
    "timeout",
    /Timed out waiting \d+ms|due to a collective timeout|Watchdog caught collective operation timeout/iu,
    /collective operation timeout|failed to pass monitoredBarrier/iu,
    // What PyTorch's watchdog and monitor of NCCL print besides.
    /Some NCCL operations have failed or timed out|we are taking the entire process down|\bTimeout at NCCL work:|Exception \(either an error or timeout\) detected by watchdog|timed out in blocking wait|signal dumping/iu,
  ),
  row(
    "connection",
    // Programs word it themselves: that a worker left, or that the ring is broken.
    /\b(?:rank|peer|neighbou?r|worker|partner|actor|node|task)\b[^.:]{0,20}\b(?:is gone|left|died|dead|vanished|disconnected|not responding|unreachable)\b/iu,
    /\b(?:ring|star|pipeline|link|channel) (?:is |was )?broken|\bno data from\b|caused by an exception on one of the ranks/iu,
    /another (?:task|rank|process|worker) (?:has )?(?:died|failed|exited)/iu,
    /connection (?:reset|closed|refused|aborted|timed out)|reset by peer|broken pipe|socket (closed|is closed|error)|Connection lost/iu,
    /remote process exited|ncclRemoteError|ncclSystemError|NCCL communicator was aborted|peer .*(died|disconnected)/iu,
    /recvBytes failed|failed to recv, got 0 bytes|DistNetworkError|DistStoreError|store.*timed? ?out|^EOFError\s*$/iu,
    /failed to send a keep-alive heartbeat|Rendezvous(?:Connection|Closed|Timeout|State)Error|failed to connect to all addresses/iu,
    /unhandled system error|NET\/IB\w* ?: ?Got completion .*(?:status=|with (?:error|status) )[1-9]|NET\/IB ?: .*\bgot async\w* (?:fatal )?event/iu,
    // NCCL, about its sockets and the services of other ranks.
    /NCCL WARN .*(?:\bCall to (?:connect|recv|send|accept|poll|read|write)\b.* failed|\bConnect to \S+ failed|Proxy Call to rank \d+ failed|Failed to execute operation \w+ from rank|Socket recv failed|Connection closed by)/u,
    /Failed to check the "should dump" flag|\[Errno (?:32|101|103|104|107|110|111|112|113)\]|encountered by a peer/u,
    /No route to host|Network is (?:unreachable|down)|Host is down|Transport endpoint is not connected|unexpected end of (stream|file) from/iu,
    /verbindung\b.*(?:verloren|beendet|unterbrochen|zurückgesetzt)|connexion\b.*(?:perdue|fermée|interrompue|initialisée)/iu,
    /conexión\b.*(?:perdida|cerrada|interrumpida|reinicializada|restablecida)/iu,
    /连接.{0,8}(?:重置|重设|关闭|断开|丢失|中断)|接続.{0,8}(?:切断|リセット)/iu,
  ),
  // Launchers that do not say which of their processes it was: DeepSpeed shows the command of the last one it started.
  row(
    "severe",
    /exits with return code = (?!-(?:4|6|7|8|9|11)\b)-?[1-9]|^(?:subprocess\.)?CalledProcessError: |^a non-zero exit code\. Per user-direction/u,
  ),
  // Launchers inside the program say that one of their processes failed; that process says why.
  row(
    "stopped",
    /^(?:[\w.]+\.)?(?:ChildFailedError|ProcessRaisedException|ProcessExitedException)\b/u,
  ),
  row(
    "exception",
    /^[a-z_]\w*(?:\.\w+)*\.error(?::|$)/u,
    /^(?:[\s|+]*\|\s)?(?:[\w.]+\.)*(?:[A-Z]\w*(?:Error|Exception|Interrupt|Exit)|(?:Base)?ExceptionGroup)\b(?::|$)/u,
    /Segmentation fault|Fatal Python error|terminate called|core dumped|\bpanicked at\b|Bus error/u,
    // DeepSpeed: SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV.
    /exits with return code = -(?:4|6|7|8|11)\b/u,
    /^AssertionError|Assertion .*failed/u,
  ),
  row(
    "stopped",
    /received SIGTERM|Received (?:2|15|SIGINT|SIGTERM) death signal|SignalException.*got signal|Sending process \d+ closing signal|CANCELLED AT/u,
  ),
];

/** Cheap test before the patterns: most lines of a training contain none of these. */
const hint = new RegExp(
  [
    /sighup|hang ?up|hung up|logged out|killing process|err|except|fault|panicked|abort|assert|fail|signal|terminat|core dumped|kill|sigterm|cancelled|exit|halted|xid|ecc|bus\b/,
    /memor|blocked for|out_of_m|enomem|memlimit|oom\b|space|storagefull|quota|edquot|efbig|too large|speicher|espac/,
    /preempt|limit|exceed|deadline|pressure|low on|lost|notready|no such|denied|not found|insufficient|too old|ordinal|glibc|unrecognized|import/,
    /nan|non-finite|found inf|found nan|loss (?:is|became|scale)|cudnn|cublas/,
    /conn|reset|closed|pipe|timed|timeout|unreachable|no route|broken| left |died|dead|gone|vanished|no data|another|caused by|remote daemon|encountered by|transport endpoint/,
    /link (?:is )?down|heartbeat|(?:missing|ready|remainder of|remote) rank|waiting for|monitoredbarrier|alloc|straggler|reproducible|eaddrinuse|in use|to listen|mismatch|preamble/,
    /wall ?(?:clock|time)|duration|reached|expir|unavailable|offline|power|reclaim|evict|revok|notice|maintenance|outbid|priority/,
    /stuck|hung|stall|progress|starv|bottleneck|slower|throttl|thermal|overheat|inode|full|truncat|corrupt|crc|magic|checksum|incomplete/,
    /never|joined|completed|internal|degraded|packet|congest|flap|symbol|stepped|jumped|skew|hash|different|sdc|panic|critical|uncaught|unhandled|sigsegv|sigabrt|last seen/,
    /finite|diverg|overflow|inconsisten|disagree|violation|unhealthy|accessible|unrecover|timeout|missing|absent|respond/,
    /verbind|conexi|unhandled system|got completion|streamreader|safetensor|checkpoint|ckpt|sstable|dataloss/,
  ]
    .map((part) => part.source)
    .join("|"),
  "iu",
);
/** The same in the letters of other languages; apart, because such patterns are slow. */
const otherHint = /连接|接続|mémoire|内存|メモリ|空间|空き/u;
const otherLetters = /[^\p{ASCII}]/u;

/** Whether the patterns have to look at a line. No word of the tests has digits. */
export function mayBeSign(text: string): boolean {
  return hint.test(text) || (otherLetters.test(text) && otherHint.test(text));
}
