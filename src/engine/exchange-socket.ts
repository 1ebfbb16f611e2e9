import { errorCode } from '../domain/error-code.js';
import type { Clock } from '../domain/time.js';
import type { OpenExchangeSocket } from '../measure/run-exchange.js';
import { PORT_CLOSED } from '../measure/run-exchange.js';
import type { GuardedSocket, GuardedSocketOptions } from '../udp/guarded-socket.js';
import type { LossWatch } from './loss-watch.js';

/** Where the sockets of exchanges come from, and who hears what the system refused. */
export interface ExchangeSockets {
  readonly openSocket: (
    socket: Pick<GuardedSocketOptions, 'family' | 'onDatagram' | 'onSendError' | 'connectTo'>,
  ) => Promise<GuardedSocket>;
  readonly losses: Pick<LossWatch, 'measurementRefused'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const NO_DESCRIPTOR_MS = 250;

/**
 * The socket of one exchange. Where the process has no descriptor left it waits: one comes free when another exchange
 * ends. @throws the system's error, which is counted as a loss.
 */
export async function openExchangeSocket(
  { openSocket, losses, clock, signal }: ExchangeSockets,
  { family, onDatagram, onSendError }: Parameters<OpenExchangeSocket>[0],
  how: Pick<GuardedSocketOptions, 'connectTo'> = {},
): Promise<GuardedSocket> {
  for (;;) {
    try {
      return await openSocket({
        ...how,
        family,
        onDatagram,
        onSendError(code, to) {
          // A closed port is an answer.
          if (code !== PORT_CLOSED) losses.measurementRefused(code, to);
          onSendError(code);
        },
      });
    } catch (error) {
      const code = errorCode(error);
      const isTransient = code === 'EMFILE' || code === 'ENFILE' || code === 'ENOBUFS';
      if (!isTransient || signal.aborted) {
        losses.measurementRefused(code, '');
        throw error;
      }
      await clock.sleep(NO_DESCRIPTOR_MS, signal);
    }
  }
}
