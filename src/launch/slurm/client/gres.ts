/** The GPUs of each node in a list of generic resources: `gpu:4`, `gpu:a100:4(S:0-1),license:1`, `gpu`. */
export function gpusInGres(text: string): { count: number; type: string | undefined } {
  let count = 0;
  let type: string | undefined;
  for (const entry of text.replaceAll(/\([^)]*\)/gu, "").split(",")) {
    const [name, ...rest] = entry.trim().split(":");
    if (name !== "gpu" && name !== "gres/gpu") continue;
    const last = rest.at(-1);
    const hasCount = last !== undefined && /^\d+$/u.test(last);
    count += hasCount ? Number(last) : 1;
    type ??= hasCount ? rest.at(-2) : last;
  }
  return { count, type };
}
