import type { FindingRecord } from '../../src/domain/finding-record.js';
import type { RunRecord } from '../../src/domain/run-record.js';
import { standingOf } from '../../src/domain/run-standing.js';
import { isExposed } from '../../src/domain/status.js';
import type { AsGroup } from '../by-as.js';
import { asLabel, groupByAs } from '../by-as.js';
import { cleanText } from '../clean-text.js';
import { customerFile } from './customer-file.js';

/** A letter to one owner, and what it speaks of. */
export interface Letter {
  /** Without language and ending: `notices/C-1001`. */
  readonly path: string;
  /** `fixed`: something is, and nothing is known to be exposed; `closing`: of nothing else is it unknown either. */
  readonly kind: 'exposures' | 'fixed' | 'closing';
  /** Absent: unknown. */
  readonly customer: string | undefined;
  /** In which ASes the rows lie, in their order. */
  readonly networks: readonly Pick<AsGroup, 'asn' | 'asName'>[];
  /** Of how many exposures it is unknown whether they are still there. */
  readonly unknown: number;
  /** Exposed now, or fixed. */
  readonly rows: readonly FindingRecord[];
}

/**
 * The letters of a run, in the order of their first rows: one a customer, whatever ASes the hosts lie in, and one an AS
 * for the hosts whose owner is unknown. Only a whole run writes any: the silence of another proves nothing,
 * and what it saw is not all. Where nothing of an owner is known to be exposed any more, a letter says what was fixed in
 * this run; it closes the matter where of no other one it is unknown whether it is still there.
 */
export function lettersOf(run: RunRecord, records: readonly FindingRecord[]): readonly Letter[] {
  if (standingOf(run) !== 'whole') return [];
  const owners = new Map<string, Owner>();
  for (const group of groupByAs(run, records))
    for (const record of group.records) {
      const customer = cleanText(record.customer);
      const path = letterPath(customer, group);
      const owner = owners.get(path) ?? { path, customer, networks: [], rows: [] };
      owners.set(path, owner);
      if (owner.networks.at(-1) !== group) owner.networks.push(group);
      owner.rows.push(record);
    }
  const choice = run.settings.notices?.letters ?? 'all';
  return [...owners.values()].flatMap((owner) => {
    const letter = letterTo(owner);
    return letter !== undefined && isWanted(letter, choice) ? [letter] : [];
  });
}

/** Whose hosts have rows, of whatever status. */
interface Owner {
  readonly path: string;
  readonly customer: string | undefined;
  readonly networks: AsGroup[];
  readonly rows: FindingRecord[];
}

/** Where the letter to an owner stands; a name that no customer has is in the folder of the AS. */
export function letterPath(customer: string | undefined, group: Pick<AsGroup, 'asn'>): string {
  const folder = customer === undefined ? `${asLabel(group)}/` : '';
  return `notices/${folder}${customerFile(customer)}`;
}

function letterTo(owner: Owner): Letter | undefined {
  const rows = owner.rows.filter(({ status }) => isExposed(status) || status === 'fixed');
  const spoken = new Set(rows.map(({ asn }) => asn));
  const networks = owner.networks.filter(({ asn }) => spoken.has(asn));
  if (rows.length === 0) return undefined;
  const unknown = owner.rows.length - rows.length;
  const isExposedStill = rows.some(({ status }) => isExposed(status));
  return {
    ...owner,
    kind: isExposedStill ? 'exposures' : unknown > 0 ? 'fixed' : 'closing',
    unknown,
    networks,
    rows,
  };
}

/** What `--notices` names: `new` wants something new or reopened, `changed` something fixed too. */
export type LetterChoice = 'new' | 'changed' | 'all';

function isWanted({ kind, rows }: Letter, choice: LetterChoice): boolean {
  if (choice === 'all') return true;
  const hasNews = rows.some(
    ({ status }) => status === undefined || status === 'new' || status === 'reopened',
  );
  if (choice === 'new') return kind === 'exposures' && hasNews;
  return hasNews || rows.some(({ status }) => status === 'fixed');
}
