/** What a stretch of text means; the face decides which colour that is, or none. */
export interface Paint {
  strong(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  /** Hints, paths and names that the user typed or can type. */
  name(text: string): string;
  /** For the second read. */
  faint(text: string): string;
}

/** No colour at all: files, pipes and tests. */
export const plainPaint: Paint = {
  strong: (text) => text,
  good: (text) => text,
  bad: (text) => text,
  warn: (text) => text,
  name: (text) => text,
  faint: (text) => text,
};
