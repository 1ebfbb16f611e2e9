import { UsageError } from '../../domain/usage-error.js';
import type { Shard } from '../../sweep/shard.js';
import { textOption } from './arguments.js';
import type { Arguments } from '../command.js';

const MOST_SHARDS = 1000;

/**
 * `--shard 2/4`, which needs a seed: only runs of one order make a whole together.
 * @throws UsageError for anything else, and without `--seed`.
 */
export function shardOption(argv: Arguments): Shard | undefined {
  const text = textOption(argv, 'shard');
  if (text === undefined) return undefined;
  const [, index = '', of = ''] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (index === '' || shard.index > shard.of || shard.of > MOST_SHARDS)
    throw new UsageError(
      `--shard: "${text}" is not a shard`,
      `write I/N, with I from 1 to N and N at most ${MOST_SHARDS}: --shard 1/4`,
    );
  if (textOption(argv, 'seed') === undefined)
    throw new UsageError('--shard needs --seed', 'give each shard the same one: --seed spring-2027');
  return shard;
}

/** As run.json has it. */
export function formatShard({ index, of }: Shard): string {
  return `${index}/${of}`;
}
