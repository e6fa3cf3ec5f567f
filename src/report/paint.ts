/** Marks the role of a piece of text; the CLI chooses the color, if any. */
export interface Paint {
  strong(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  /** Hints, paths and names that the user typed or can type. */
  name(text: string): string;
  /** Secondary information. */
  faint(text: string): string;
}

/** No color, for files, pipes and tests. */
export const plainPaint: Paint = {
  strong: (text) => text,
  good: (text) => text,
  bad: (text) => text,
  warn: (text) => text,
  name: (text) => text,
  faint: (text) => text,
};
