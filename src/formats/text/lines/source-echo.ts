/** Lines that occur only in source code. */
const code =
  /^\s*(?:import [\w.]+|from [\w.]+ import |def \w+\(|class [A-Za-z_]\w*[(:]|@\w|#!|#include\b|(?:if|for|while|with|elif) .*:\s*(?:#.*)?$|(?:else|try|finally):|except\b.*:|return\b|raise\b|print\(|\w[\w.]*\(.*\)\s*$|"""|'''|(?:const|let|var|function) )/u;
const opening =
  /^(?:import [\w.]+|from [\w.]+ import |def \w+\(|class [A-Za-z_]\w*[(:]|#!\/|"""|'''|#include\b)/u;
/** A Python warning; the next line is the source that caused it. */
const warning = /^\S.*:\d+: \w*Warning: /u;
/** The last line of a traceback that a program printed without the rest. */
const exception = /^(?:\w+\.)*[A-Z]\w*(?:Error|Exception): (?![\d.])/u;
/** The frame around the tracebacks of rich. */
const boxed = /^\s*[│┃|╰╭└┌+]/u;
const boxEnd = /^\s*[╰└]/u;
/** The last line of a traceback of IPython. */
const raised = /^(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Exit|Warning)\b/u;
/** Lines of a traceback of IPython before its last one. */
const inNotebook = /^(?:$|\s|-{2,}>|File |Cell |Input |\.{3})/u;
/** Arguments as `argparse` prints them. */
const settings = /\bNamespace\(\w+=/u;
const rule = /^[=\-*#_~]{10,}\s*$/u;
const assignment = /^\s*[\w.[\]'"]+\s*(?::\s*\w+\s*)?[-+*/]?=[^=]/u;
/** The source has ended after this many consecutive lines that do not look like source. */
const quietLines = 3;

/**
 * Distinguishes a program's source, which some programs such as modded-nanogpt print first, from its
 * output: a line `val_acc=0.95` in the source is not an evaluation. Also detects tracebacks.
 */
export class SourceEcho {
  #state: "output" | "source" | "traceback" | "boxed" | "notebook" | "warning" = "output";
  #quietCount = 0;

  /** Whether the next line may still be source or traceback. */
  get isInside(): boolean {
    return this.#state !== "output";
  }

  /** What a line is part of. Lines must be passed in order. */
  kindOf(line: string): "output" | "source" | "traceback" {
    const started = startOfTraceback(line);
    if (started !== undefined) {
      this.#state = started;
      return "traceback";
    }
    switch (this.#state) {
      case "traceback":
        return this.#inTraceback(line);
      case "boxed":
        return this.#inBox(line);
      case "notebook":
        return this.#inNotebook(line);
      case "warning":
        this.#state = "output";
        return /^\s/u.test(line) ? "source" : this.kindOf(line);
      case "source":
        return this.#inSource(line);
      case "output":
        return this.#inOutput(line);
    }
  }

  #inOutput(line: string): "output" | "source" | "traceback" {
    if (warning.test(line)) {
      this.#state = "warning";
      return "traceback";
    }
    if (exception.test(line)) return "traceback";
    if (settings.test(line)) return "source";
    if (!opening.test(line)) return "output";
    this.#state = "source";
    this.#quietCount = 0;
    return "source";
  }

  #inTraceback(line: string): "output" | "traceback" {
    // An exception group is indented by bars.
    if (/^[\s|+]/u.test(line) || line === "") return "traceback";
    // The exception is the last line of a traceback.
    this.#state = "output";
    return "traceback";
  }

  #inBox(line: string): "output" | "source" | "traceback" {
    const isInside = boxed.test(line);
    if (!isInside || boxEnd.test(line)) this.#state = "output";
    return isInside ? "traceback" : this.kindOf(line);
  }

  #inNotebook(line: string): "output" | "source" | "traceback" {
    if (inNotebook.test(line)) return "traceback";
    this.#state = "output";
    return raised.test(line) ? "traceback" : this.kindOf(line);
  }

  #inSource(line: string): "output" | "source" {
    if (rule.test(line)) {
      this.#state = "output";
      return "source";
    }
    const looksLikeCode =
      line.trim() === "" ||
      /^\s/u.test(line) ||
      code.test(line) ||
      /[([{,:\\]\s*$/u.test(line) ||
      /^[)\]}]/u.test(line) ||
      /^\s*#/u.test(line);
    if (looksLikeCode) {
      if (line.trim() !== "") this.#quietCount = 0;
      return "source";
    }
    this.#quietCount += 1;
    const isOver = !assignment.test(line) || this.#quietCount >= quietLines;
    if (!isOver) return "source";
    this.#state = "output";
    return "output";
  }
}

/** The form of the traceback that a line begins: Python's, rich's in a frame, or IPython's with numbered lines. */
function startOfTraceback(line: string): "traceback" | "boxed" | "notebook" | undefined {
  const [, before = "", after] = /^(.*)Traceback \(most recent call last\)(.*)$/u.exec(line) ?? [];
  if (after === undefined) return undefined;
  if (/^:\s*$/u.test(after)) return "traceback";
  if (/[─━╭┌]/u.test(before)) return "boxed";
  return raised.test(before) && after.trim() === "" ? "notebook" : undefined;
}
