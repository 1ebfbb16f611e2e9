/**
 * A UDP client as a program of its own, so that it can run in a namespace:
 *   node ask.js until-answer ADDRESS PORT HEX WITHIN_MS   prints the first answer in hex; exit 1 without one
 *   node ask.js once ADDRESS PORT HEX                     sends one datagram and leaves
 */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';

const [mode, address = '', port, hex = '', withinMs = '0'] = process.argv.slice(2);
const request = Buffer.from(hex, 'hex');
const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
const send = (then?: () => void): void => {
  socket.send(request, Number(port), address, (error) => {
    if (error) throw error;
    then?.();
  });
};

if (mode === 'once') {
  send(() => socket.close());
} else {
  const retry = setInterval(send, 150);
  const giveUp = setTimeout(() => {
    finish(1);
  }, Number(withinMs));
  const finish = (code: number): void => {
    clearInterval(retry);
    clearTimeout(giveUp);
    process.exitCode = code;
    socket.close();
  };
  socket.once('message', (answer) => {
    console.log(answer.toString('hex'));
    finish(0);
  });
  send();
}
