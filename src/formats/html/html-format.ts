import type { Format } from "../format.ts";

export const htmlPage: Format = {
  name: "html",
  summary: "one self-contained page with curves and results, for mail and printing",
  fileEndings: [".html"],
  write: {
    gives: "page",
    options: [],
    needsVerdict: false,
    next: (file) => ({
      command: `xdg-open ${file}`,
      does: "opens the page; it needs no network and no other file",
    }),
  },
};
