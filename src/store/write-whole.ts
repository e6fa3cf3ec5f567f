import { write } from "node:fs";

/** A system call may write less than asked, above all on a disk that is getting full. */
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
