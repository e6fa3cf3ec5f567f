/** The maximum number of unread samples; only the newest are kept. */
const maximumBacklog = 600;

/** Values pushed on one side, read with `for await` on the other, by one reader. */
export function sampleStream<Value>(): {
  values: AsyncIterable<Value>;
  push(value: Value): void;
  end(): void;
} {
  const backlog: Value[] = [];
  let wake: (() => void) | undefined;
  let isEnded = false;

  function push(value: Value): void {
    if (isEnded) return;
    backlog.push(value);
    if (backlog.length > maximumBacklog) backlog.shift();
    wake?.();
  }

  async function* read(): AsyncGenerator<Value> {
    for (;;) {
      const next = backlog.shift();
      if (next !== undefined) {
        yield next;
        continue;
      }
      if (isEnded) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    values: { [Symbol.asyncIterator]: read },
    push,
    end: () => {
      isEnded = true;
      wake?.();
    },
  };
}
