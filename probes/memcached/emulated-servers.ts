import type { EmulatedServer } from '../probe.js';

export const emulatedServers: readonly EmulatedServer[] = [
  {
    name: 'memcached-1.6.18',
    about:
      'memcached 1.6.18 of Debian 12 with `-U 11211`, six values stored: stats is 2,235 bytes in two datagrams',
    reply: (request) => answerOf(request, { 'stats\r\n': statistics() }),
  },
  {
    name: 'memcached-off',
    about: 'memcached as Debian sets it up, and every one since 1.5.6: no UDP port, silence',
    reply: () => [],
  },
];

/** The first datagram of stats has 1,400 bytes with its frame: UDP_MAX_PAYLOAD_SIZE of memcached.h. */
const MOST_BYTES = 1400;
const FRAME_BYTES = 8;

/** protocol.txt: a frame of request id, sequence number, how many datagrams, and zero; an unframed request is ignored. */
function answerOf(request: Uint8Array, answers: Readonly<Record<string, string>>): readonly Uint8Array[] {
  if (request.length <= FRAME_BYTES) return [];
  const command = Buffer.from(request.subarray(FRAME_BYTES)).toString('latin1');
  const text = new TextEncoder().encode(Object.hasOwn(answers, command) ? answers[command] : 'ERROR\r\n');
  const most = MOST_BYTES - FRAME_BYTES;
  const total = Math.ceil(text.length / most);
  return Array.from({ length: total }, (_, sequence) => {
    const part = text.subarray(sequence * most, (sequence + 1) * most);
    const datagram = new Uint8Array(FRAME_BYTES + part.length);
    datagram.set(request.subarray(0, 2));
    new DataView(datagram.buffer).setUint16(2, sequence);
    new DataView(datagram.buffer).setUint16(4, total);
    datagram.set(part, FRAME_BYTES);
    return datagram;
  });
}

function statistics(): string {
  return `${STATISTICS.trim()
    .split('\n')
    .map((line) => `STAT ${line}\r\n`)
    .join('')}END\r\n`;
}

const STATISTICS = `
pid 7575
uptime 3
time 1796074501
version 1.6.18
libevent 2.1.12-stable
pointer_size 64
rusage_user 0.019807
rusage_system 0.047538
max_connections 1024
curr_connections 2
total_connections 3
rejected_connections 0
connection_structures 3
response_obj_oom 0
response_obj_count 1
response_obj_bytes 16384
read_buf_count 2
read_buf_bytes 32768
read_buf_bytes_free 16384
read_buf_oom 0
reserved_fds 5
cmd_get 0
cmd_set 6
cmd_flush 0
cmd_touch 0
cmd_meta 0
get_hits 0
get_misses 0
get_expired 0
get_flushed 0
delete_misses 0
delete_hits 0
incr_misses 0
incr_hits 0
decr_misses 0
decr_hits 0
cas_misses 0
cas_hits 0
cas_badval 0
touch_hits 0
touch_misses 0
store_too_large 0
store_no_memory 0
auth_cmds 0
auth_errors 0
bytes_read 1500141
bytes_written 48
limit_maxbytes 67108864
accepting_conns 1
listen_disabled_num 0
time_in_listen_disabled_us 0
threads 1
conn_yields 0
hash_power_level 16
hash_bytes 524288
hash_is_expanding 0
slab_reassign_rescues 0
slab_reassign_chunk_rescues 0
slab_reassign_evictions_nomem 0
slab_reassign_inline_reclaim 0
slab_reassign_busy_items 0
slab_reassign_busy_deletes 0
slab_reassign_running 0
slabs_moved 0
lru_crawler_running 0
lru_crawler_starts 1
lru_maintainer_juggles 47
malloc_fails 0
log_worker_dropped 0
log_worker_written 0
log_watcher_skipped 0
log_watcher_sent 0
log_watchers 0
unexpected_napi_ids 0
round_robin_fallback 0
bytes 1500365
curr_items 6
total_items 6
slab_global_page_pool 0
expired_unfetched 0
evicted_unfetched 0
evicted_active 0
evictions 0
reclaimed 0
crawler_reclaimed 0
crawler_items_checked 0
lrutail_reflocked 0
moves_to_cold 0
moves_to_warm 0
moves_within_lru 0
direct_reclaims 0
lru_bumps_dropped 0
`;
