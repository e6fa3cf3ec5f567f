import { readFileSync } from "node:fs";

/** The text of a page under `docs`. */
export function readPage(page: string): string {
  return readFileSync(new URL(`../../docs/${page}`, import.meta.url), "utf8");
}

/** The commands of a page's `sh` blocks, and the exit code that a comment behind the command announces. */
export function commandsOf(page: string): { command: string; status: number }[] {
  const blocks = [...readPage(page).matchAll(/^```sh\n([\s\S]*?)^```$/gmu)];
  return blocks.flatMap(([, block = ""]) =>
    block
      .trim()
      .split("\n")
      .map((line) => {
        const [command = "", code = "0"] = line.split(/\s+# exit code /u);
        return { command, status: Number(code) };
      }),
  );
}
