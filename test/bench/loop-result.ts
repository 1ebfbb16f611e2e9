/** What the simple loops of the bench print. */
export interface LoopResult {
  readonly packetsPerSecond: number;
  /** Bytes and datagrams by responder, as `a.b.c.d`. */
  readonly replies: readonly Replies[];
}

export type Replies = readonly [ip: string, bytes: number, datagrams: number];

/** Counts what comes, by sender. */
export function createReplyCount(): {
  add(ip: string, bytes: number): void;
  list(): readonly Replies[];
} {
  const counts = new Map<string, [string, number, number]>();
  return {
    add(ip, bytes) {
      const entry = counts.get(ip);
      if (entry === undefined) counts.set(ip, [ip, bytes, 1]);
      else {
        entry[1] += bytes;
        entry[2]++;
      }
    },
    list: () => [...counts.values()],
  };
}
