/** The process behind `busy.ts`: notes when datagrams come to a port, whatever their address. `receiver-process.js PORT` */
import { createSocket } from 'node:dgram';

/** What has come since the last question. */
export interface Arrivals {
  readonly datagrams: number;
  /** From the first to the last. */
  readonly milliseconds: number;
}

let datagrams = 0;
let firstMs = 0;
let lastMs = 0;

const socket = createSocket('udp4');
socket.on('message', () => {
  lastMs = performance.now();
  if (datagrams++ === 0) firstMs = lastMs;
});
socket.bind(Number(process.argv[2]), '0.0.0.0', () => {
  // A busy machine reads late.
  socket.setRecvBufferSize(64 * 1024 * 1024);
  process.send?.(socket.address().port);
});
process.on('message', () => {
  const arrivals: Arrivals = { datagrams, milliseconds: lastMs - firstMs };
  process.send?.(arrivals);
  datagrams = 0;
});
