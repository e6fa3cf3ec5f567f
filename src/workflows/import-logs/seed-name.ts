const seedName = /(?:^|[._/-])(?:random_|global_|train_)?seed$/iu;

/** Whether a setting is the seed of a training: `seed`, `random_seed`, `trainer.seed`. */
export function isSeedName(name: string): boolean {
  return seedName.test(name.trim().replaceAll(" ", "_"));
}

/** Undefined if the text is not a seed. */
export function seedNumber(text: string): number | undefined {
  return /^\d{1,15}$/u.test(text) ? Number(text) : undefined;
}
