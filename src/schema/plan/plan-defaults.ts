/** Defaults of `pitwall plan` and of its page. */
export const planDefaults = { maxCount: 1024, seed: "1" } as const;
