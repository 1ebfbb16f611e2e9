import * as z from 'zod';
import type { Ask, Exchange, Probe, RequestForm } from '../probe.js';

/**
 * The scope's key `snmp`: the communities that are tried. `public` is what agents come with; an owner adds the
 * others that were ever in use. They are asked in the clear and stand in the reports.
 */
export const snmpSettings = z
  .strictObject({
    communities: z
      .array(
        z
          .string({ error: 'a community must be text: write it in quotes where it looks like a number' })
          .regex(/^[\x20-\x7e]{1,32}$/, {
            error: 'a community must have 1 to 32 printable ASCII characters',
          }),
        { error: 'communities must be a list, such as [public]' },
      )
      .min(1, { error: 'communities is empty: leave it out for [public], or leave out the probe' })
      .max(4, { error: 'communities has more than 4 entries: each is one more request to every target' })
      .superRefine((communities, context) => {
        const twice = communities.find((community, i) => communities.indexOf(community) < i);
        if (twice !== undefined)
          context.addIssue({ code: 'custom', message: `communities lists ${JSON.stringify(twice)} twice` });
      })
      .default(['public']),
  })
  .prefault({});

/**
 * What is asked in the name of each community: `first` of every target, `further` where that brought something.
 * @param further in this order; may depend on all that was answered so far.
 */
export function perCommunity(
  communities: readonly string[],
  first: (community: string) => RequestForm,
  further: (community: string, done: readonly Exchange[]) => readonly Ask[],
): Pick<Probe, 'sweepForms' | 'next'> {
  const [one = 'public', ...others] = communities;
  return {
    sweepForms: [first(one), ...others.map(first)],
    next(done) {
      const isAsked = ({ name }: RequestForm): boolean => done.some(({ form }) => form === name);
      return communities
        .filter((community) => isAsked(first(community)))
        .flatMap((community) => further(community, done))
        .find(({ form }) => !isAsked(form));
    },
  };
}
