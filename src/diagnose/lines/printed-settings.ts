/** A version, an interface or a variable that a process prints about its environment. */
export interface PrintedSetting {
  name: string;
  value: string;
  file: string;
  line: number;
  /** Who prints it, or whom the line names. */
  rank: number | undefined;
  host: string | undefined;
  text: string;
}

interface Printed {
  file: string;
  line: number;
  rank: number | undefined;
  text: string;
}

/** Cheap test: few lines have one of these. */
const hint =
  /\bSpeed|\bRate:|version|[Uu]sing |NCCL_|_IFNAME|_LIB|OMP_|CUDA_|UCX_|GLOO_|TORCH|torch|[Dd]river/u;

/** `NCCL version 2.27.5+cuda12.9`, `torch: 2.5.1`, `driver version 535.54`. */
const version =
  /(?<name>\b(?:nccl|rccl|torch|pytorch|cuda|cudnn|rocm|python|driver|nvidia driver|kernel|mofed|ofed|firmware|glibc|libfabric|ofi|ucx|tensorflow|jax|jaxlib|transformers|deepspeed|megatron|apex|flash[-_]attn|triton|numpy|mpi|open ?mpi)\b(?: (?:driver|runtime|library|net plugin|plugin))?)[ _-]?(?:version)?["']?(?: is)?\s*[:=]{0,2}\s*["']?v?(?<value>\d+(?:\.\d+)+)/giu;
/** `Bootstrap : Using eth0:10.8.0.4<0>`, `NET/IB : Using [0]mlx5_0`, `Using network Socket`. */
const using =
  /(?<name>\bBootstrap|\bNET\/\w+) ?: Using (?:\[0\])?(?<value>[\w.-]+)|\bUsing (?<network>network) (?<net>\w+)|\b(?<key>interface|iface|ifname)["']?\s*[:=]\s*["']?(?<card>[\w.-]+)/giu;
/** `NCCL_SOCKET_IFNAME set by environment to docker0`, `NCCL_IB_DISABLE=1`. */
const variable =
  /\b(?<name>(?:NCCL|RCCL|GLOO|UCX|OMP|CUDA|TORCH|FI|HSA|XLA|LD)_[A-Z][A-Z\d_]*)(?:\s?[=:]\s?["']?| set (?:by environment )?to )(?<value>[\w./:,^=-]+)/gu;
/** `rank 4 version 22602 rank 0 version 22705`. */
const compared = /\brank (?<rank>\d{1,5}) (?<name>version|config|setting) (?<value>[\w.-]+)/giu;
/** Of a card, as `ethtool`, `ibstat` and `lspci` print it. */
const rate =
  /^\s*(?<name>Speed|Rate): (?<value>\d+)(?:Mb\/s)?\s*$|\b(?<key>LnkSta):\s*Speed (?<card>[\d.]+)GT/gu;
/** Each process has its own. */
const ofProcess =
  /VISIBLE_DEVICES|_PATH$|_ID$|_FILE$|_DIR$|RANK|_PORT$|_ADDR|_HOST|UNIQUE|_PID|_TOPO|_CACHE|_LOG/iu;
/** NCCL puts the host before its lines. */
const nccl = /^(?<host>[\w.-]+):\d+:\d+ \[\d+\] /u;

const keptNames = 64;
const keptOfName = 4096;

/** What the processes print about what they run on and with, in bounded memory. */
export class PrintedSettings {
  readonly #byName = new Map<string, Map<string, PrintedSetting>>();

  /** @returns whether the line states some */
  push(printed: Printed): boolean {
    const { text } = printed;
    if (text.length > 400 || !hint.test(text)) return false;
    const stated = statedIn(text);
    for (const { name, value } of stated) this.#add(name, value, printed);
    const pairs = [...text.matchAll(compared)];
    for (const { groups = {} } of pairs.length > 1 ? pairs : []) {
      const rank = Number(groups["rank"]);
      this.#add(`compared ${groups["name"]}`, groups["value"] ?? "", { ...printed, rank });
    }
    return stated.length + pairs.length > 0;
  }

  #add(name: string, value: string, { file, line, rank, text }: Printed): void {
    const known = this.#byName.get(name) ?? new Map<string, PrintedSetting>();
    if (!this.#byName.has(name) && this.#byName.size >= keptNames) return;
    this.#byName.set(name, known);
    const key = `${file} ${rank}`;
    const host = nccl.exec(text)?.groups?.["host"];
    if (!known.has(key) && known.size < keptOfName)
      known.set(key, { name, value, file, line, rank, host, text });
  }

  get all(): PrintedSetting[] {
    return [...this.#byName.values()].flatMap((each) => Array.from(each.values()));
  }
}

function statedIn(text: string): Pick<PrintedSetting, "name" | "value">[] {
  return [version, using, variable, rate]
    .flatMap((pattern) => Array.from(text.matchAll(pattern)))
    .map(({ groups = {} }) => ({
      name: (groups["name"] ?? groups["network"] ?? groups["key"] ?? "").toLowerCase(),
      value: groups["value"] ?? groups["net"] ?? groups["card"] ?? "",
    }))
    .filter(({ name }) => !ofProcess.test(name));
}
