import { createSocket } from "node:dgram";
import { isIP } from "node:net";

/** The discard port; nothing is sent there. */
const anyPort = 9;

/** The address of this machine on the network that reaches another address; undefined if there is no route. */
export function addressTowards(address: string | undefined): Promise<string | undefined> {
  const family = isIP(address ?? "");
  if (address === undefined || family === 0) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const socket = createSocket(family === 4 ? "udp4" : "udp6");
    const finish = (found: string | undefined): void => {
      socket.close();
      resolve(found);
    };
    socket.once("error", () => finish(undefined));
    socket.connect(anyPort, address, () => finish(socket.address().address));
  });
}
