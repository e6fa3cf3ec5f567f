const heading = /hyperparameters were used during training:/iu;
const entry = /^[-*] ([\w ]+): (.+)$/u;

/** The hyperparameters in a model card that Hugging Face's trainer wrote: `- seed: 42`. */
export function* modelCardSettings(markdown: string): Generator<[string, string]> {
  const start = heading.exec(markdown);
  if (start === null) return;
  for (const line of markdown.slice(start.index).split(/\r?\n/u).slice(1)) {
    const [, name, value] = entry.exec(line.trim()) ?? [];
    if (name !== undefined && value !== undefined) yield [name.trim(), value.trim()];
    else if (line.trim() !== "") return;
  }
}
