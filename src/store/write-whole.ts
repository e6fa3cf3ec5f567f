import { write } from "node:fs";

/**
 * Repeats the write until all bytes are written: a system call can write fewer bytes than
 * requested, especially on an almost full disk.
 */
export function writeWhole(fd: number, bytes: Buffer, length: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const writeFrom = (start: number): void => {
      write(fd, bytes, start, length - start, null, (error, writtenBytes) => {
        if (error) reject(error);
        else if (start + writtenBytes >= length) resolve();
        else writeFrom(start + writtenBytes);
      });
    };
    writeFrom(0);
  });
}
