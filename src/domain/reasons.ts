import type { Family } from './address.js';

/*
 * Why things are as a run says: codes with their data, for programs and in every language. What they mean in English and in
 * Japanese stands in reports/reasons.ts, and docs/report-format.md lists them.
 */

/** Why a run was stopped before its end: by a signal, by the last day of its authorisation, by a scope that could not be read again. */
export type StopReason = 'signal' | 'expiry' | 'scope';

/** Why a network of the scope was not covered. */
export type LeftOutReason =
  /** An IPv6 prefix with more addresses than a sweep can ask; `shortest` is the shortest that is swept. */
  | { readonly reason: 'ipv6-too-wide'; readonly shortest: number }
  /** The source address that the user named is of this, the other family. */
  | { readonly reason: 'source-family'; readonly family: Family };

/** Why a responder is no exposure, where the engine says so; besides these stand the refusals of the protocols. */
export type NotExposedReason =
  /** The scope excluded it after it had answered. */
  | 'excluded-during-run'
  /** Another address answered the sweep, and the measurement was not answered. */
  | 'off-address-unconfirmed'
  /** No reader knows its bytes, and it does not amplify. */
  | 'unidentified'
  /** No reader knows its bytes, and another probe reports it. */
  | 'unidentified-elsewhere'
  /** A weak reader knows its bytes, and so does one that knows its protocol. */
  | 'recognised-elsewhere';

/** What the engine adds to what a probe says of an answer. */
export type Remark =
  /** The same request brought answers of very different sizes, in the sweep and each time that it was asked alone. */
  | { readonly code: 'unstable'; readonly data: { readonly least: number; readonly most: number } }
  /** The answers to one question grew smaller when it was asked again; `bytes` of each, in order. */
  | { readonly code: 'dwindling'; readonly data: { readonly times: number; readonly bytes: string } }
  /** No reader knows the bytes, but they amplify. */
  | { readonly code: 'unrecognised'; readonly data: { readonly why: string } }
  /** The answer took longer than most: its last datagram came so late, and what had come 2 s after the request. */
  | {
      readonly code: 'long-answer';
      readonly data: {
        readonly datagrams: number;
        readonly seconds: number;
        readonly still_sending: boolean;
        readonly datagrams_within_2s: number;
        readonly amplification_within_2s: number;
      };
    };

/** What the checks before the first packet warn of, or what this system did not tell. */
export type CheckReason =
  | { readonly code: 'clock-not-synchronised' }
  | { readonly code: 'disk-not-told'; readonly data: { readonly folder: string } }
  | { readonly code: 'disk-low'; readonly data: { readonly folder: string; readonly free_mb: number } }
  | { readonly code: 'open-files-not-told'; readonly data: { readonly needed: number } }
  | { readonly code: 'open-files-few'; readonly data: { readonly most: number; readonly needed: number } }
  | { readonly code: 'source-not-told' }
  | {
      readonly code: 'targets-unreachable';
      readonly data: { readonly targets: string; readonly error: string };
    }
  | { readonly code: 'ports-not-told' }
  | {
      readonly code: 'ports-few';
      readonly data: { readonly first: number; readonly last: number; readonly needed: number };
    }
  | { readonly code: 'neighbours-not-told'; readonly data: { readonly targets: number } }
  | { readonly code: 'neighbours-full'; readonly data: { readonly targets: number } }
  | { readonly code: 'receive-buffer-not-told' }
  | {
      readonly code: 'receive-buffer-small';
      readonly data: { readonly given: number; readonly asked: number; readonly wanted: number };
    }
  | {
      readonly code: 'connections-many';
      readonly data: { readonly count: number; readonly most: number; readonly needed: number };
    };
