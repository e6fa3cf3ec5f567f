import { UserError } from "../../foundation/user-error.ts";
import { parsePricePerHour } from "../../foundation/units.ts";
import type { Price } from "../../schema/run/price.ts";
import {
  findPrice as findCataloguePrice,
  readPriceEntries,
} from "../../store/catalogue/catalogue.ts";

/**
 * A price as the user wrote it (`12.29/h`, `2.49/h/accelerator`), else by its catalogue name.
 *
 * @param nowMs the day that a written price is said to hold
 * @throws UserError `price-invalid`, `unknown-price`, `price-not-published`
 */
export async function findPrice(text: string, nowMs: number): Promise<Price> {
  const written = parsePricePerHour(text);
  if (written !== undefined) {
    if (written.usdPerHour <= 0) throw invalid(text);
    return {
      ...written,
      source: "as given by --price",
      date: new Date(nowMs).toISOString().slice(0, 10),
    };
  }
  if (!/[a-z]/iu.test(text) || /^\$|\s|\/h/u.test(text)) throw invalid(text);
  const found = findCataloguePrice(text, await readPriceEntries());
  switch (found.kind) {
    case "found":
      return found.value;
    case "unknown":
      throw new UserError("unknown-price", `the price catalogue has no \`${found.wanted}\``, {
        at: "--price",
        hint:
          found.nearest === undefined
            ? `write the price itself, \`--price 12.29/h\`; known are ${found.known.slice(0, 5).join(", ")} and ${found.known.length - 5} more`
            : `did you mean \`${found.nearest}\`? Or write the price itself: \`--price 12.29/h\``,
      });
    case "no-price":
      throw new UserError(
        "price-not-published",
        `the catalogue knows \`${found.wanted}\`, but no such price of it`,
        {
          at: "--price",
          hint: `it has ${found.offered.map((name) => `\`${name}\``).join(", ")}`,
        },
      );
  }
}

function invalid(text: string): UserError {
  return new UserError("price-invalid", `can't read \`${text}\` as a price`, {
    at: "--price",
    hint: "dollars per hour of a node, `12.29/h`, of an accelerator, `2.49/h/accelerator`, or a catalogue name, `aws/p4d.24xlarge`",
  });
}
