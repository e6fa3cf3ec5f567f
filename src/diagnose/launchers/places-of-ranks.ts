/** On which host a rank is, as a line says. */
interface Place {
  rank: number;
  host: string;
}

/** A name of a host has letters and a number; devices, interfaces and parts of programs have other names. */
const host = String.raw`(?<host>(?!(?:gpu|cuda|npu|hpu|xpu|tpu|device|rank|step|iter|epoch|port|eth|ib|mlx|node_?rank|version|cpu|core|numa|slot|stage|layer)[\d_:.-]*(?:[\s,;)]|$))[A-Za-z][\w-]*\d[\w.-]*)`;
const rank = String.raw`\b(?:global[ _]?)?rank\s*[:=#]?\s*(?<rank>\d{1,5})\b`;

const sentences: readonly RegExp[] = [
  // `hello from rank 3 of 8 on cn11`, `Rank  0 Pid 131398 on mlperf1 device 0`.
  new RegExp(
    String.raw`${rank}(?!.*\brank\W{0,3}\d)(?:[^.:;]{0,30}?)\s(?:on|@)\s+(?:host |node |machine )?${host}`,
    "iu",
  ),
  // `rank=3 host=cn11`, `[rank 3] hostname: cn11`.
  new RegExp(
    String.raw`${rank}(?!.*\brank\W{0,3}\d).{0,40}\b(?:host(?:name)?|node(?:name)?)\s*[:=]\s*${host}`,
    "iu",
  ),
  new RegExp(
    String.raw`\b(?:host(?:name)?|node(?:name)?)\s*[:=]\s*${host}.{0,60}?(?<!local[ _]|node[ _])${rank}(?!.*\brank\W{0,3}\d)`,
    "iu",
  ),
];

/** Cheap test: most lines say nothing of the kind. */
export function mayTellPlace(text: string): boolean {
  return /(?:\b|_)rank\b.*(?:\bon\b|host|node|@)|\b(?:host|node)\w*\s*[:=].*rank|^\s*Data for node: |\bProcess rank: \d/iu.test(
    text,
  );
}

const nodeOfMap = /^\s*Data for node: (\S+)/u;
const rankOfMap = /\bApp: \d+ Process rank: (\d+)\b/u;

/** Follows one log: Open MPI's map names a host, and below it the ranks on it. */
export class PlacesOfRanks {
  #node: string | undefined;

  /** Whether the map of a host has begun. */
  get isOpen(): boolean {
    return this.#node !== undefined;
  }

  push(text: string): Place | undefined {
    const node = nodeOfMap.exec(text)?.[1];
    if (node !== undefined) {
      this.#node = node;
      return undefined;
    }
    const mapped = rankOfMap.exec(text)?.[1];
    if (mapped !== undefined && this.#node !== undefined)
      return { rank: Number(mapped), host: this.#node };
    for (const sentence of sentences) {
      const { rank: number, host: name } = sentence.exec(text)?.groups ?? {};
      if (number !== undefined && name !== undefined) return { rank: Number(number), host: name };
    }
    return undefined;
  }
}
