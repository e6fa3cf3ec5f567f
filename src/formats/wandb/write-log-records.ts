import { crc32 } from "../binary/crc32.ts";
import { joinBytes } from "../binary/join-bytes.ts";

const fileHeader = Uint8Array.from([0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0x00]);
const blockBytes = 32_768;
const chunkHeaderBytes = 7;
const chunkTypes = { full: 1, first: 2, middle: 3, last: 4 } as const;

/** Writes records as a `.wandb` file, the format that `WandbLogRecords` reads. */
export function writeLogRecords(records: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [fileHeader];
  let length = fileHeader.length;
  const append = (part: Uint8Array): void => {
    parts.push(part);
    length += part.length;
  };
  const roomInBlock = (): number => blockBytes - (length % blockBytes);
  for (const record of records) {
    let at = 0;
    do {
      if (roomInBlock() < chunkHeaderBytes) append(new Uint8Array(roomInBlock()));
      const data = record.subarray(at, at + roomInBlock() - chunkHeaderBytes);
      const isFirst = at === 0;
      at += data.length;
      append(chunk(chunkTypes[chunkKind({ isFirst, isLast: at === record.length })], data));
    } while (at < record.length);
  }
  return joinBytes(parts);
}

function chunkKind({ isFirst, isLast }: { isFirst: boolean; isLast: boolean }) {
  if (isFirst) return isLast ? "full" : "first";
  return isLast ? "last" : "middle";
}

function chunk(type: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(chunkHeaderBytes + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, crc32(Uint8Array.of(type), data), true);
  view.setUint16(4, data.length, true);
  view.setUint8(6, type);
  bytes.set(data, chunkHeaderBytes);
  return bytes;
}
