import { UserError } from "../../foundation/errors/user-error.ts";
import { defineCommand, exitCodes } from "../command-table.ts";

export const completionCommand = defineCommand({
  name: "completion",
  summary: "Print a completion script for bash, zsh or fish",
  usage: "<bash | zsh | fish>",
  arguments: [{ name: "shell", help: "`bash`, `zsh` or `fish`" }],
  argumentCount: { minimum: 1, maximum: 1 },
  takesProgram: false,
  examples: [
    {
      command: 'eval "$(pitwall completion bash)"',
      does: "complete commands and options in this shell; add the line to ~/.bashrc to keep it",
    },
    {
      command: "pitwall completion fish > ~/.config/fish/completions/pitwall.fish",
      does: "the same for fish",
    },
  ],
  options: {},
  exits: [{ code: 0, when: "printed" }],
  async act({ face, shared, loadCommands, arguments: [name = ""] }) {
    const { completionScript, shells } = await import("../reference/completion-script.ts");
    const shell = shells.find((known) => known === name);
    if (shell === undefined) {
      throw new UserError("unknown-shell", `no completion for the shell \`${name}\``, {
        hint: `supported shells: ${shells.join(", ")}`,
      });
    }
    const script = completionScript(shell, await loadCommands());
    if (shared.json) {
      const { writeJson } = await import("../terminal/atlas-screen.ts");
      writeJson(face, "completion", { shell, script });
    } else face.out.write(script);
    return exitCodes.yes;
  },
});
