import { UserError } from "../../../foundation/errors/user-error.ts";
import { parsePricePerHour } from "../../../foundation/numbers/units.ts";
import type { Price } from "../../../schema/run/request/price.ts";
import {
  findPrice as findCataloguePrice,
  readPriceEntries,
} from "../../../store/catalogue/catalogue.ts";

/**
 * Parses a price (`12.29/h`, `2.49/h/accelerator`) or looks it up by its catalog name.
 *
 * @param nowMs used as the date of a price that the user wrote
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
      throw new UserError("unknown-price", `the price catalog has no entry \`${found.wanted}\``, {
        at: "--price",
        hint:
          found.nearest === undefined
            ? `specify a price, \`--price 12.29/h\`, or a catalog entry: ${found.known.slice(0, 5).join(", ")} and ${found.known.length - 5} more`
            : `did you mean \`${found.nearest}\`? Or specify a price: \`--price 12.29/h\``,
      });
    case "no-price":
      throw new UserError(
        "price-not-published",
        `the catalog entry \`${found.wanted}\` has no such price`,
        {
          at: "--price",
          hint: `available: ${found.offered.map((name) => `\`${name}\``).join(", ")}`,
        },
      );
  }
}

function invalid(text: string): UserError {
  return new UserError("price-invalid", `invalid price \`${text}\``, {
    at: "--price",
    hint: "use dollars per node hour (`12.29/h`), per accelerator hour (`2.49/h/accelerator`), or a catalog entry (`aws/p4d.24xlarge`)",
  });
}
