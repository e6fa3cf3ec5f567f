import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { SystemDescription } from "../../schema/system-description.ts";
import { readAccelerators } from "../../store/catalogue/catalogue.ts";

const nameExample = "`8xh100-sxm`, or `4x8xh100-sxm` for four nodes";

/**
 * The system that a training ran on, as far as the user states it: `8xh100-sxm`, `4x8xh100-sxm` for four nodes.
 *
 * @throws UserError `accelerators-invalid`, `accelerator-unknown`
 */
export async function systemOf(accelerators: string | undefined): Promise<SystemDescription> {
  if (accelerators === undefined)
    return { system_name: "unknown", number_of_nodes: 1, accelerators_per_node: 0 };
  const parts = /^(?:(\d{1,6})x)?(?:(\d{1,6})x)?([a-z].*)$/iu.exec(accelerators.trim());
  const [, first = "1", second, typed = ""] = parts ?? [];
  const [nodes, perNode] = second === undefined ? ["1", first] : [first, second];
  if (parts === null || Number(nodes) < 1 || Number(perNode) < 1)
    throw new UserError("accelerators-invalid", `invalid accelerators \`${accelerators}\``, {
      at: "--accelerators",
      hint: `a count and a name: ${nameExample}`,
    });
  const name = await knownName(typed);
  return {
    system_name: accelerators,
    number_of_nodes: Number(nodes),
    accelerators_per_node: Number(perNode),
    accelerator_model_name: name,
  };
}

async function knownName(typed: string): Promise<string> {
  const known = await readAccelerators();
  const wanted = typed.trim().toLowerCase();
  const found = known.find(({ name, aliases }) => name === wanted || aliases.includes(wanted));
  if (found !== undefined) return found.name;
  const names = known.flatMap(({ name, aliases }) => [name, ...aliases]);
  const nearest = nearestWord(wanted, names) ?? names.find((name) => name.startsWith(wanted));
  throw new UserError("accelerator-unknown", `unknown accelerator \`${typed}\``, {
    at: "--accelerators",
    hint:
      nearest === undefined
        ? `known: ${known.map(({ name }) => name).join(", ")}`
        : `did you mean \`${nearest}\`?`,
  });
}
