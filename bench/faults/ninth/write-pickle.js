// Values as torch::jit::Pickler writes them (protocol 2): texts are memorised, whole numbers have one, four or eight bytes.

/** @param value texts, numbers, bigints, booleans, null, arrays and plain objects; `{ tuple: [...] }` is a tuple */
export function writePickle(value) {
  const parts = [Buffer.from([0x80, 2])];
  const memory = new Map();
  const push = (...bytes) => parts.push(Buffer.from(bytes));
  const wide = (code, bits, number) => {
    const bytes = Buffer.alloc(bits / 8 + 1);
    bytes[0] = code;
    if (bits === 32) bytes.writeInt32LE(Number(number), 1);
    else bytes.writeBigInt64LE(BigInt(number), 1);
    parts.push(bytes);
  };
  const text = (words) => {
    const known = memory.get(words);
    if (known !== undefined) {
      push(0x68, known);
      return;
    }
    const bytes = Buffer.from(words);
    const size = Buffer.alloc(5);
    size[0] = 0x58;
    size.writeUInt32LE(bytes.length, 1);
    parts.push(size, bytes);
    if (memory.size < 256) {
      push(0x71, memory.size);
      memory.set(words, memory.size);
    }
  };
  const number = (given) => {
    if (typeof given === "number" && !Number.isInteger(given)) {
      const bytes = Buffer.alloc(9);
      bytes[0] = 0x47;
      bytes.writeDoubleBE(given, 1);
      parts.push(bytes);
    } else if (given >= 0 && given < 256) push(0x4b, Number(given));
    else if (given >= -(2 ** 31) && given < 2 ** 31) wide(0x4a, 32, given);
    else {
      push(0x8a);
      wide(8, 64, given);
    }
  };
  const write = (each) => {
    if (each === null) push(0x4e);
    else if (typeof each === "boolean") push(each ? 0x88 : 0x89);
    else if (typeof each === "string") text(each);
    else if (typeof each === "number" || typeof each === "bigint") number(each);
    else if (Array.isArray(each)) {
      push(0x5d, 0x28);
      for (const part of each) write(part);
      push(0x65);
    } else if (each.tuple !== undefined) {
      push(0x28);
      for (const part of each.tuple) write(part);
      push(0x74);
    } else {
      push(0x7d, 0x28);
      for (const [name, part] of Object.entries(each)) {
        text(name);
        write(part);
      }
      push(0x75);
    }
  };
  write(value);
  push(0x2e);
  return Buffer.concat(parts);
}
