const safeId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

/** Lower-case digits and consonants that are easy to distinguish and cannot spell a word. */
const suffixAlphabet = "23456789bcdfghjkmnpqrstvwxz";
const suffixLength = 4;
const maximumNameLength = 40;

/**
 * A new id for the runs of one command: `digits-20261122-143005-k3f9`. The time is UTC.
 *
 * @param random uniform in [0, 1)
 */
export function makeSeriesId(made: {
  name: string;
  createdMs: number;
  random: () => number;
}): string {
  const stamp = new Date(made.createdMs).toISOString().slice(0, 19);
  const [day = "", time = ""] = stamp.replaceAll(/[-:]/g, "").split("T");
  return `${safeName(made.name)}-${day}-${time}-${randomSuffix(made.random)}`;
}

/** The id of a run in its series; runs count from 1. */
export function makeRunId(seriesId: string, index: number): string {
  return `${seriesId}-${index}`;
}

/**
 * Whether an id is a valid directory name on every system and cannot name a directory outside the
 * home.
 */
export function isSafeId(id: string): boolean {
  return safeId.test(id);
}

function safeName(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replaceAll(/\p{Mark}/gu, "")
    .toLowerCase();
  const words = plain.split(/[^a-z0-9]+/).filter((word) => word !== "");
  return words.join("-").slice(0, maximumNameLength).replace(/-$/, "") || "run";
}

function randomSuffix(random: () => number): string {
  let suffix = "";
  while (suffix.length < suffixLength) {
    suffix += suffixAlphabet.charAt(Math.floor(random() * suffixAlphabet.length));
  }
  return suffix;
}
