import type { SignKind } from "../lines/sign-patterns.ts";

/** What a line is about: a thing, and what is wrong with it, near each other in any order; or words that say both. */
export interface Topic {
  kind: SignKind;
  things: RegExp;
  troubles: RegExp;
  /** These say it alone. */
  alone?: RegExp;
}

const lost =
  /\b(?:lost|unreachable|unresponsive|not respond\w*|no longer respond\w*|stopped respond\w*|not ready|down|offline|powered? (?:off|lost)|crashed|dead|died|rebooted|reboot|disappear\w*|vanished|unavailable|drain(?:ed|ing)?|missed|hardware (?:failure|fault|error)|has failed|failed health|is gone|disconnect\w*|went away|terminated by the (?:system|cloud)|shut ?down unexpectedly|host ?error|internal (?:\w+ )?(?:failure|error)|no contact|marked? (?:as )?(?:dead|down|lost|failed|unhealthy))/giu;

/**
 * The vocabulary of faults. Programs word the same fault differently, but name the same things and the same troubles; a line that no pattern knows is
 * understood by these. Of topics that fit equally well, the first one counts.
 */
export const topics: readonly Topic[] = [
  {
    kind: "host-memory",
    things:
      /\b(?:memory|pag(?:e|ing) file|mem(?:cg)?|ram|rss|oom|heap|malloc|cudaMalloc|hipMalloc|hbm|vram|mmap|alloc(?:ate|ation|ating)?|swap|working set)\b/giu,
    troubles:
      /\b(?:out of|oom|exhaust\w*|insufficient|not enough|no more|more (?:memory )?than (?:is |are )?(?:available|allowed)|fail(?:ed|ure|s)?|unable|cannot|can't|could not|couldn't|exceed\w*|over (?:its |the )?limit|is (?:full|too small)|ran out|kill(?:ed|er|ing)?|pressure|evict\w*|low on)\b/giu,
    alone:
      /\bOOM(?:[\s_-]?Kill\w*)\b|\b(?:out[- ]of|not enough)[- ](?:gpu |device |host )?memory\b|\bENOMEM\b/iu,
  },
  {
    kind: "disk-full",
    things:
      /\b(?:disks?|storage|file ?systems?|volumes?|partitions?|inodes?|quotas?|scratch|tmpfs|mount(?: point)?|pvc|bucket|free space|space|blocks|\/tmp|nvme\w*|datastore|lustre|gpfs)\b/giu,
    troubles:
      /\b(?:full|no (?:free )?space|no free|exhaust\w*|exceed\w*|insufficient|out of|used up|not enough|ran out|over (?:its |the )?(?:quota|limit)|(?:quota|limit|capacity)(?: \w+){0,2} reached|100 ?%|0 (?:bytes )?(?:free|left|available))/giu,
    alone: /\bno space left\b|\bENOSPC\b|\bout of (?:disk|inodes|space)\b|\bquota exceeded\b/iu,
  },
  {
    kind: "time-limit",
    things:
      /\b(?:time ?limit|wall ?(?:clock )?(?:time|limit)|wall ?clock|run ?time|duration|deadline|time ?budget|allotted time|allocated time|max(?:imum)? (?:job |run )?time|(?:job|pod|workflow|run|task|attempt|execution|pipeline|build)\b.{0,20}\b(?:time(?:out)?|duration|time limit)|time to live|ttl|reservation|lease|execution took|soft limit)\b/giu,
    troubles:
      /\b(?:exceed\w*|reached|expir\w*|longer than|over|hit|used up|elapsed|ran out|out of|passed|past|up|kill(?:ed|ing)|terminat\w*|cancel\w*|stopp(?:ed|ing)|ended)\b/giu,
    // The state of a scheduler: `Ended, Run time 04:00:21, TIMEOUT`.
    alone: /\b(?:[Ss]tate|[Ss]tatus|[Ee]nded|[Ff]ailed|[Rr]eason)\b.{0,40}\bTIMEOUT\b/u,
  },
  {
    kind: "preemption",
    things:
      /\b(?:instances?|vms?|nodes?|jobs?|pods?|machines?|tasks?|workers?|hosts?|allocations?|leases?|workloads?|capacity|clusters?|containers?|servers?|reservation|spot|slice|priority|resources?)\b/giu,
    troubles:
      /\b(?:preempt(?:ed|ing|ion|s)?|reclaim(?:ed|ing|s)?|reclamation|evict(?:ed|ing|ion)|revok(?:ed|ing)|revocation|interruption|taken (?:back|away)|requeued?|bumped|termination notice|host maintenance|outbid|higher[- ]priority|maintenance event|terminated by the (?:cloud|provider))\b/giu,
    alone:
      /\btype=preempt\b|\bspot\b.{0,30}\b(?:interrupt\w*|terminat\w*|reclaim\w*)|\btermination notice\b/iu,
  },
  {
    kind: "launcher-ended",
    things:
      /\b(?:launchers?|torchrun|mpirun|mpiexec|prterun|horovodrun|(?:accelerate|deepspeed) launch\w*|elastic agent|launching process|(?:controlling |login )?terminal|tty|pty|(?:login|ssh|user|shell|interactive|tmux|screen) (?:session|connection|client|server)|session(?:-\d+\.scope)?|tmux|login shell|parent process)\b/giu,
    troubles:
      /\b(?:sighup|hang[- ]?up|hung up|logged out|log(?:ged)?[- ]?off|(?:was|has been|got|been|were) (?:killed|terminated|closed|stopped|ended)|(?:is|has) gone|has (?:died|exited|ended|disappeared)|died|exited unexpectedly|disappeared|disconnected|closed by (?:remote|user|the user)|kill -9)\b/giu,
  },
  {
    kind: "accelerator-error",
    things:
      /\b(?:gpus?|cuda|hip|rocm|npus?|tpus?(?: chip)?|hpus?|accelerators?|chips?|devices?|hbm|nvlink|nvswitch|xid|sram|dram|pcie|aer|neuron\w*|gaudi|amdgpu|nvidia|nvrm|nvml|dcgm|ascend|davinci|row remap\w*|ecc)\b/giu,
    troubles:
      /\b(?:uncorrect\w*|fell off|fallen off|hardware (?:error|fault|interrupt)|fatal|reset (?:begin|required|needed|failed)|page fault|memory fault|illegal (?:instruction|address|memory access)|double[- ]bit|multi[- ]?bit|halt(?:ed)?|hung|hang|unresponsive|no longer accessible|is lost|GPU[_ ]IS[_ ]LOST|ERR_?\w*LOST|heartbeat lost|unrecoverable|machine check|unhealthy|bus error|contained|uncontained|ring \w+ timeout|dbe|link (?:error|failure)|training failed|falling off)\b/giu,
    alone:
      /\bXid\b(?!.*\): (?:45|63)\b).{0,30}\b\d{2,3}\b|\bGPU (?:is lost|reset begin)|\bGPU[_ ]IS[_ ]LOST\b|\b(?:chip|gpu|device|hsa|tpu|npu) (?:driver|session|hardware|status)? ?(?:error|failure|exception)\b|\buncorrectable (?:ecc|memory|nvlink|sram|dram)\b/iu,
  },
  {
    kind: "bad-checkpoint",
    things:
      /\b(?:checkpoints?|ckpts?|snapshots?|state[_ ]?dict|optimi[sz]er state|safetensors|(?:model|weights?) files?|weights?(?=[/._ ])|shards? of the (?:model|checkpoint)|restor(?:e|ing)|resum(?:e|ing)|zip archive|params?\.\w+|\S+\.(?:pt|pth|ckpt|safetensors|h5|gguf|npz|msgpack|distcp|orbax))\b/giu,
    troubles:
      /\b(?:corrupt\w*|truncat\w*|incomplete|crc\S*|checksum|(?:bad|invalid|wrong) magic|magic (?:number|characters?|bytes)|unexpected (?:eof|end)|damaged|invalid header|bad zip|central directory|unreadable|size (?:differs|mismatch of file)|expected \d+ bytes?|got \d+ bytes?|data was truncated|unpickling|data[_ ]loss|digest|hash (?:mismatch|differs)|partial(?:ly)? written)/giu,
  },
  {
    kind: "not-a-number",
    things:
      /\b(?:loss(?:es)?|grad(?:ient)?s?(?:[ _]norm)?|norm|logits?|activations?|weights?|param(?:eter)?s?|tensor|outputs?|objective|scale|nll|cost|value|batch)\b/giu,
    troubles:
      /\b(?:nan|nans|NaN|not a number|non-?finite|not finite|infinit[ey]|inf|invalid loss|diverged|overflow(?:ed)?)\b/giu,
    alone: /\binvalid loss\b|\bloss (?:has )?diverged\b|\bFloatingPointError\b.*\bnan\b/iu,
  },
  {
    kind: "mismatch",
    things:
      /\b(?:collectives?|all[-_ ]?reduce|all[-_ ]?gather|broadcast|reduce[-_ ]?scatter|all[-_ ]?to[-_ ]?all|op(?:eration)? order|sequence numbers?|order of (?:calls|collectives|operations))\b/giu,
    troubles:
      /\b(?:mismatch\w*|inconsisten\w*|disagree\w*|out of order|order violation|does not match|do not match|differ(?:s|ent)?|expected \w+,? (?:but )?got|desync\w*|while (?:the )?(?:ranks?|workers?|others?))\b/giu,
  },
  {
    kind: "no-progress",
    things:
      /\b(?:data ?loader|ranks?|workers?|process(?:es)?|tasks?|replicas?|trainers?|learners?|members?|participants?|actors?|threads?|training|job|collective|barrier|rendezvous|step|heartbeats?|watchdog|progress)\b/giu,
    troubles:
      /\b(?:no progress|not (?:making|report\w*|make) (?:any )?progress|did not (?:report|make|reach|arrive|join|enter|respond|check in|complete|finish)\b|hung|hangs?|stuck|stalled|deadlock\w*|unresponsive|not respond\w*|no heartbeats?|(?:missed|lost|stale|missing|expired) heartbeats?|heartbeats? (?:missed|lost|timeout|timed out|expired|stopped|missing|stale)|never (?:arrived|entered|reached|joined|checked in|reported|called)|missing|absent|frozen|timed out|fail(?:ed|s|ing)? to (?:send (?:a )?)?(?:heartbeat|respond|report|join|enter|reach|arrive|check in)|last (?:completed|seen)|has not (?:reported|checked in|arrived|entered|reached|joined|made)|silent)/giu,
  },
  {
    kind: "slow-rank",
    things:
      /\b(?:ranks?|workers?|process(?:es)?|replicas?|gpus?|nodes?|hosts?|step time|iteration time|trainers?)\b/giu,
    troubles:
      /\b(?:stragglers?|straggling|slow(?:er|est)? (?:than|rank|worker|node|gpu|process|replica|host)|[\d.]+ ?x slower|[\d.]+ ?(?:%|percent) slower|lag(?:s|ging)? behind|slowest|is slow)\b/giu,
  },
  {
    kind: "data-wait",
    things:
      /\b(?:data ?loader\w*|input pipeline|data (?:loading|pipeline|wait|fetch\w*)|prefetch\w*|input queue|batch queue|dataset|(?:next )?batch(?:es)?(?! (?:norm|size))|data)\b/giu,
    troubles:
      /\b(?:starv\w*|bottleneck(?! ?[\d(]| with\b| block)|too slow|input[- ]bound|data[- ]bound|stall(?:ed|s|ing)?|(?:spent|time|busy) waiting|gpus? (?:is |are )?idle|cannot keep up|can't keep up|queue (?:is )?empty)\b/giu,
  },
  {
    kind: "node-failed",
    things:
      /\b(?:(?:nodes?|hosts?|machines?|vms?|servers?|gpu|compute|worker ?node)[-_]?\d+|compute\.instances|nodes?|hosts?|machines?|instances?|vms?|servers?|daemons?|kubelet|slurmd|sbatchd|blade|hypervisor|nic|port|cable|link|interface|bmc|system|kernel|compute\w*)\b/giu,
    troubles: lost,
    alone: /\bkernel panic\b|\bpower (?:failure|outage)\b|\bhardware failure of\b/iu,
  },
  {
    kind: "thermal",
    things: /\b(?:thermal\w*|temperature|overheat\w*|too hot|hot ?spot|heat|°C|degrees)\b/giu,
    troubles:
      /\b(?:throttl\w*|slow ?down|clocks? (?:reduced|lowered|dropped|capped|limited)|reduc\w+ clocks?|shut ?down|above (?:the )?(?:limit|threshold)|exceed\w*|overheat\w*|violation)\b/giu,
  },
  {
    kind: "not-reproducible",
    things:
      /\b(?:results?|outputs?|computation|checksums?|identical inputs?|same inputs?|replay(?:ed)?|re-?execution|sdc|bit ?flips?)\b/giu,
    troubles:
      /\b(?:not (?:reproducible|bit(?:wise)?[- ]?(?:identical|equal))|silent data corruption|sdc (?:check|test|scan)? ?(?:failed|detected|found)|bit ?flips? (?:detected|found)|different results?|differs? (?:on|when|after|from) (?:re|the first|replay))/giu,
    alone: /\bsilent data corruption\b/iu,
  },
  {
    kind: "replicas-differ",
    things:
      /\b(?:param(?:eter)?s?|weights?|replicas?|model states?|model copies|optimi[sz]er states?)(?:[ _](?:hash\w*|checksums?|states?))?\b/giu,
    troubles:
      /\b(?:(?:hash\w*|checksums?|parameters?|weights?) (?:of \S+ \S+ )?(?:do(?:es)? not match|not matching|mismatch|differ\w*|diverge\w*)|out of sync|desync\w*|diverged? (?:from|across|between)|not (?:equal|identical|in sync) (?:on|across|between)|differ(?:s|ent)? (?:on|across|between|from) (?:all )?(?:the )?(?:other )?(?:\d+ )?(?:ranks|replicas|workers))/giu,
  },
  {
    kind: "weak-link",
    things:
      /\b(?:links?|ports?|nics?|network|infiniband|ib|roce|ethernet|interfaces?|fabric|switch\S*|cables?|packets?|segments?|latency|bandwidth)\b/giu,
    troubles:
      /\b(?:degraded|packet loss|dropped packets|packets? (?:dropped|lost)|retransmi\w*|symbol errors?|congest\w*|flapp\w*|downshift\w*|speed (?:reduced|lowered)|running at reduced|crc errors?|high (?:latency|loss)|lossy|rising errors?)\b/giu,
    alone: /\bslow (?:link|network|nic|interconnect|port)\b/iu,
  },
  {
    kind: "clock-moved",
    things: /\b(?:system clock|clock|ntp|chronyd?|time of day|wall ?clock)\b/giu,
    troubles:
      /\b(?:stepped|jumped|moved (?:back|forward)\w*|went backwards?|skew(?:ed)?|set back|time jump)\b/giu,
  },
  {
    kind: "process-killed",
    things:
      /\b(?:ranks?|workers?|process(?:es)?|tasks?|child|children|replicas?|trainers?|pid|subprocess|status|signal|exit\w*)\b/giu,
    alone: /\b(?:received|got|by|with|sent)\b.{0,12}\bSIGKILL\b/iu,
    troubles: /\b(?:sigkill|signal[: =]+(?:sig)?(?:9|kill)\b|kill -9)/giu,
  },
  {
    kind: "connection",
    things:
      /\b(?:connections?|peers?|remotes?|socket|channel|link|transport|stream|pipe|ring|neighbou?rs?|broker|store|endpoint)\b/giu,
    troubles:
      /\b(?:lost|los[es]|closed|reset|broken|refused|unreachable|eof|down|timed out|gone|hung up|dropped|aborted|disconnect\w*|fail\w*)\b/giu,
  },
];

/** Memory of these is not that of the host. */
export const accelerators =
  /\b(?:gpus?|cuda\w*|hip\w*|hbm|vram|[tnh]pus?|xla|(?:on |for )?device[ #:[]*\d|DEVICE\(|accelerators?)\b/iu;
