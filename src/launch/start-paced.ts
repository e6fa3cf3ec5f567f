import { setTimeout as sleep } from "node:timers/promises";

/** Acts on all items at the same time, but begins with only so many in each second. */
export function startPaced<Item, Result>(
  items: readonly Item[],
  perSecond: number | undefined,
  act: (item: Item) => Promise<Result>,
): Promise<PromiseSettledResult<Result>[]> {
  return Promise.allSettled(
    items.map(async (item, index) => {
      if (perSecond !== undefined && index > 0) await sleep((index * 1000) / perSecond);
      return act(item);
    }),
  );
}
