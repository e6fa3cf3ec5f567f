export const speedrunColumns = ["record", "minutes", "description", "date"] as const;
