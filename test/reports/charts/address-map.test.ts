import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addressMap as mapSteps } from '../../../reports/html/charts/address-map.js';
import type { AddressPanels, Cell } from '../../../reports/html/charts/address-panels.js';
import { addressPanels as panelSteps } from '../../../reports/html/charts/address-panels.js';
import type { Chart } from '../../../reports/html/charts/index.js';
import { exposedByProbe } from '../../../reports/html/charts/exposed.js';
import type { Steps } from '../../../reports/html/steps.js';
import {
  formatAddress,
  formatPrefix,
  ipv4,
  lastOf,
  parseAddress,
  prefixOf,
} from '../../../src/domain/address.js';
import type { RunRecord } from '../../../src/domain/run-record.js';
import type { Severity } from '../../../src/domain/finding.js';
import { SEVERITIES } from '../../../src/domain/finding.js';
import { isExposed, STATUSES } from '../../../src/domain/status.js';
import { sampleRun } from '../sample-run.js';
import { assertChartLaws, numberIn, tableRows } from './chart-laws.js';
import { manyRecords, record, wideRun } from './many-records.js';

function finished<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

function addressMap(...given: Parameters<typeof mapSteps>): Chart {
  return finished(mapSteps(...given));
}

function addressPanels(...given: Parameters<typeof panelSteps>): AddressPanels {
  return finished(panelSteps(...given));
}

/** A run of these networks. */
function runOf(networks: readonly string[], more: Partial<RunRecord> = {}): RunRecord {
  return { ...sampleRun, targets: { ...sampleRun.targets, networks }, ...more };
}

const anyPrefixes = fc.uniqueArray(
  fc
    .tuple(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 9, max: 32 }))
    .map(([address, length]) => formatPrefix(prefixOf(ipv4(address), length))),
  { minLength: 1, maxLength: 30 },
);
const anyRecords = fc.array(
  fc
    .record({
      address: fc.oneof(
        fc.integer({ min: 0, max: 0xffff_ffff }),
        fc.integer({ min: 0x0a00_0000, max: 0x0a00_0fff }),
      ),
      severity: fc.constantFrom(...SEVERITIES),
      status: fc.constantFrom(...STATUSES),
    })
    .map(({ address, ...more }) => record({ ...more, ip: formatAddress(ipv4(address)) })),
  { maxLength: 40 },
);

describe('the map of addresses', () => {
  it('has every exposure once: in a square, or in a block that it names as not drawn', () => {
    fc.assert(
      fc.property(anyPrefixes, anyRecords, (networks, records) => {
        const map = addressPanels(runOf(networks), records);
        const exposed = records.filter(({ status }) => isExposed(status));
        assert.equal(
          exposedIn(cellsOf(map)) + sum(map.notDrawn.map((block) => block.exposed)),
          exposed.length,
        );
        const chart = addressMap(runOf(networks), records);
        assertChartLaws(chart);
        if (exposed.length > 0)
          assert.equal(sum(tableRows(chart).map((row) => numberIn(row[1]))), exposed.length);
      }),
    );
  });

  it('has at most 4,096 squares on curves and 96 lines of 64, each in a place of its own, in whatever scope', () => {
    fc.assert(
      fc.property(anyPrefixes, anyRecords, (networks, records) => {
        const map = addressPanels(runOf(networks), records);
        assert.ok(cellsOf(map).length <= 96 * 64);
        if (map.order === 'curve') assert.ok(cellsOf(map).length <= 4096);
        for (const { cells, columns, rows, block, cellLength } of map.panels) {
          assert.ok(new Set(cells.map(({ x, y }) => `${x} ${y}`)).size === cells.length);
          assert.ok(cells.every(({ x, y }) => x >= 0 && x < columns && y >= 0 && y < rows));
          assert.equal(new Set(cells.map(({ first }) => first)).size, cells.length);
          assert.ok(block.length <= cellLength);
        }
      }),
    );
  });

  it('counts in each block it has no room for the addresses and the exposures that lie in it', () => {
    const scattered = fc.uniqueArray(
      fc
        .tuple(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 22, max: 32 }))
        .map(([address, length]) => prefixOf(ipv4(address), length)),
      // Disjoint, as run.json has them.
      { minLength: 12, maxLength: 60, selector: ({ first }) => Math.floor(Number(first) / 1024) },
    );
    fc.assert(
      fc.property(scattered, anyRecords, fc.nat(), (prefixes, records, offset) => {
        const inside = prefixes.map(({ first }, i) =>
          record({ ip: formatAddress(first), status: STATUSES[(i + offset) % STATUSES.length] ?? 'new' }),
        );
        const all = [...records, ...inside, ...inside.slice(0, 3)];
        for (const { block, addresses, exposed } of addressPanels(runOf(prefixes.map(formatPrefix)), all)
          .notDrawn) {
          const holds = (address: number): boolean => address >= block.first && address <= lastOf(block);
          assert.equal(
            addresses,
            sum(prefixes.filter(({ first }) => holds(Number(first))).map(({ length }) => 2 ** (32 - length))),
          );
          assert.equal(
            exposed,
            all.filter(({ ip, status }) => isExposed(status) && holds(Number(parseAddress(ip)))).length,
          );
        }
      }),
    );
  });

  it('shows every target in one of its panels or blocks', () => {
    fc.assert(
      fc.property(anyPrefixes, (networks) => {
        const map = addressPanels(runOf(networks), []);
        const blocks = [...map.panels, ...map.notDrawn].map(({ block }) => block);
        for (const text of networks) {
          const [address = '', length] = text.split('/');
          const octets = address.split('.').map(Number);
          const first = octets.reduce((value, octet) => value * 256 + octet, 0);
          const last = first + 2 ** (32 - Number(length)) - 1;
          for (const end of [first, last])
            assert.ok(
              blocks.some((block) => end >= Number(block.first) && end <= Number(lastOf(block))),
              text,
            );
        }
      }),
    );
  });

  const cases: readonly (readonly [string, readonly string[], string, readonly string[]])[] = [
    [
      'the lab, an address a square',
      ['127.64.1.0/26', '127.64.2.0/26'],
      'lines',
      ['127.64.1.0/24 /32 16x4', '127.64.2.0/24 /32 16x4'],
    ],
    ['a /24', ['192.0.2.0/24'], 'lines', ['192.0.2.0/24 /32 32x8']],
    [
      'a /20, the largest of which an address is a square',
      ['10.0.0.0/20'],
      'lines',
      Array.from({ length: 16 }, (_, i) => `10.0.${i}.0/24 /32 64x4`),
    ],
    ['a /19 in /24s, two squares side by side', ['10.0.0.0/19'], 'curve', ['10.0.0.0/19 /24 8x4']],
    ['a /16 in /24s', ['10.0.0.0/16'], 'curve', ['10.0.0.0/16 /24 16x16']],
    ['a /11 in /22s', ['10.0.0.0/11'], 'curve', ['10.0.0.0/11 /22 64x32']],
    ['a /12 in /24s', ['10.0.0.0/12'], 'curve', ['10.0.0.0/12 /24 64x64']],
    ['a /8 in /20s', ['10.0.0.0/8'], 'curve', ['10.0.0.0/8 /20 64x64']],
    [
      'two /16s far apart, a panel each',
      ['10.0.0.0/16', '172.16.0.0/16'],
      'curve',
      ['10.0.0.0/16 /24 16x16', '172.16.0.0/16 /24 16x16'],
    ],
  ];
  for (const [name, networks, order, panels] of cases)
    it(`draws ${name}`, () => {
      const map = addressPanels(runOf(networks), []);
      assert.equal(map.order, order);
      assert.deepEqual(
        map.panels.map(
          ({ block, cellLength, columns, rows }) =>
            `${formatPrefix(block)} /${cellLength} ${columns}x${rows}`,
        ),
        panels,
      );
    });

  it('joins the two squares of an odd length: each cell lies beside the one before', () => {
    const cells = cellsOf(addressPanels(runOf(['10.0.0.0/15']), [])).toSorted((a, b) => a.first - b.first);
    assert.equal(cells.length, 512);
    for (const [i, { x, y }] of cells.slice(1).entries())
      assert.equal(Math.abs(x - (cells[i]?.x ?? NaN)) + Math.abs(y - (cells[i]?.y ?? NaN)), 1);
    assert.deepEqual([cells[0]?.x, cells[0]?.y, cells[511]?.x, cells[511]?.y], [0, 0, 31, 0]);
  });

  it('names the blocks for which there is no room, those with least in them', () => {
    const networks = Array.from({ length: 12 }, (_, i) => `${i + 11}.0.0.0/16`);
    const records = [11, 22].map((octet) => record({ ip: `${octet}.0.0.1` }));
    const map = addressPanels(runOf(networks), records);
    assert.equal(map.panels.length, 9);
    assert.deepEqual(
      [map.panels[0], map.panels[8]].map((panel) => panel && formatPrefix(panel.block)),
      ['11.0.0.0/16', '22.0.0.0/16'],
    );
    assert.match(
      addressMap(runOf(networks), records).svg.toString(),
      /Not drawn, with 0 exposed: 19\.0\.0\.0\/16, 20\.0\.0\.0\/16, 21\.0\.0\.0\/16\./,
    );
  });

  it('tells not asked, nothing found, exposed by the worst, and not known apart', () => {
    const run = runOf(['192.0.2.0/28'], {
      losses: {
        ...sampleRun.losses,
        unknown: [{ probe: 'chargen', addresses: 1, prefixes: ['192.0.2.3/32'] }],
      },
    });
    const map = addressPanels(run, [
      record({ ip: '192.0.2.1', severity: 'low' }),
      record({ ip: '192.0.2.1', severity: 'high', probe: 'chargen' }),
      record({ ip: '192.0.2.2', status: 'fixed' }),
      record({ ip: '192.0.2.4', status: 'unknown' }),
    ]);
    const at = (last: number): Cell | undefined => cellsOf(map).find(({ x }) => x === last);
    assert.deepEqual([at(1)?.exposed, at(1)?.worst, at(1)?.isUnknown], [2, 'high', false]);
    assert.deepEqual([at(2)?.exposed, at(2)?.worst, at(2)?.isUnknown], [0, undefined, false]);
    assert.deepEqual([at(3)?.isUnknown, at(4)?.isUnknown, at(5)?.isUnknown], [true, true, false]);
    assert.ok(cellsOf(map).every(({ isTarget }) => isTarget));
  });

  it('knows nothing of what a stopped run did not find', () => {
    const map = addressPanels(runOf(['192.0.2.0/24'], { complete: false }), []);
    assert.ok(cellsOf(map).every(({ isUnknown }) => isUnknown));
  });

  it('shows a severity that this version lacks by its own word, as cleaned as any', () => {
    const foreign = 'dire\u202e' as Severity;
    for (const count of [1, 400]) {
      const records = Array.from({ length: count }, (_, i) =>
        record({ ip: `192.0.${2 + (i >> 8)}.${i & 255}`, severity: foreign }),
      );
      const run = runOf(['192.0.2.0/23']);
      const chart = addressMap(run, records);
      assertChartLaws(chart);
      assert.match(tableRows(chart)[0]?.[2] ?? '', /^dire$/);
      assertChartLaws(exposedByProbe(run, records, []));
    }
  });

  it('does not know what a shard did not find, for it may be in the part of another', () => {
    const run = runOf(['192.0.2.0/24'], { settings: { ...sampleRun.settings, shard: '2/4' } });
    assert.ok(cellsOf(addressPanels(run, [])).every(({ isUnknown }) => isUnknown));
    assert.match(addressMap(run, []).svg.toString(), /one shard of several/);
    assert.doesNotMatch(addressMap(run, []).svg.toString(), /asked, nothing found/);
  });

  it('does not know what the scope excluded while the run lasted', () => {
    const run = runOf(['192.0.2.0/24'], {
      scope_reloads: [{ time: sampleRun.started, newly_excluded: ['192.0.2.8/31'] }],
    });
    assert.deepEqual(
      cellsOf(addressPanels(run, [])).flatMap(({ first, isUnknown }) => (isUnknown ? first % 256 : [])),
      [8, 9],
    );
  });

  it('says where of a square only a part was asked', () => {
    const found = [record({ ip: '10.0.0.1' })];
    const partly = runOf(['10.0.0.0/17', '10.0.200.1/32']);
    const parts = cellsOf(addressPanels(partly, found)).filter(({ isPart }) => isPart);
    assert.deepEqual(
      parts.map(({ first }) => formatAddress(first)),
      ['10.0.200.0'],
    );
    const texts = (run: RunRecord): string => addressMap(run, found).svg.toString();
    assert.match(texts(partly), /asked, at least in part; nothing found/);
    assert.match(texts(runOf(['10.0.0.0/17'])), />asked, nothing found</);
  });

  it('counts marked squares among those with targets, and names a table only where there is one', () => {
    const about = (networks: readonly string[], ips: readonly string[], more = {}): string =>
      /<desc[^>]*>([^/]*\/\d\d[^<]*)<\/desc>/.exec(
        addressMap(
          runOf(networks, more),
          ips.map((ip) => record({ ip })),
        ).svg.toString(),
      )?.[1] ?? '';
    assert.match(
      about(['192.0.2.1/32'], ['192.0.2.1', '192.0.2.2']),
      /1 of 1 squares with targets have something exposed, and 1 without\. The table has them by subnet\./,
    );
    assert.doesNotMatch(about(['192.0.2.0/24'], [], { complete: false }), /table|表/);
    const many = Array.from({ length: 51 }, (_, i) => `10.0.${i}.1`);
    assert.match(about(['10.0.0.0/16'], many), /The table has the 50 subnets with most/);
  });

  it('never says that nothing is exposed in IPv6 of which not all is known, and names it', () => {
    const networks = ['2001:db8::/112'];
    const texts = (more: Partial<RunRecord>, unknown: readonly string[] = []): string =>
      addressMap(
        runOf(networks, more),
        unknown.map((ip) => record({ ip, status: 'unknown' })),
      ).svg.toString();
    assert.match(texts({}), /Nothing exposed was found in [\d,]+ addresses/);
    const losses = {
      ...sampleRun.losses,
      any: true,
      unknown: [{ probe: 'chargen', addresses: 2, prefixes: ['2001:db8::8/127'] }],
    };
    for (const [text, named] of [
      [texts({ complete: false }), '2001:db8::/112'],
      [texts({ losses }), '2001:db8::8/127'],
      [texts({ losses: { ...losses, unknown: [] } }, ['2001:db8::5']), '2001:db8::5'],
    ] as const) {
      assert.doesNotMatch(text, /found in [\d,]+ addresses/);
      assert.match(text, /Nothing exposed was found, but not all is known/);
      assert.ok(text.includes(`not known, or not all of it: ${named}<`), text);
    }
  });

  it('lists IPv6 by /64', () => {
    const records = ['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1'].map((ip) => record({ ip }));
    const chart = addressMap(runOf(['2001:db8::/112']), records);
    assertChartLaws(chart);
    assert.deepEqual(
      tableRows(chart).map(([subnet, exposed]) => [subnet, exposed]),
      [
        ['2001:db8::/64', '2'],
        ['2001:db8:0:1::/64', '1'],
      ],
    );
    assert.match(chart.svg.toString(), /<li>2001:db8::\/64 <span lang="en">2 exposed/);
  });

  it('is not drawn for a clean sweep', () => {
    const chart = addressMap(sampleRun, []);
    assertChartLaws(chart);
    assert.equal(chart.table, undefined);
    assert.match(chart.svg.toString(), /Nothing exposed was found in 575 addresses/);
    assert.doesNotMatch(chart.svg.toString(), /<svg/);
  });

  it('has no more than 50 subnets in its table, and says where the others are', () => {
    const rows = tableRows(addressMap(wideRun, manyRecords(10_000)));
    assert.equal(rows.length, 51);
    assert.match(rows.at(-1)?.[0] ?? '', /^\d+ more: see prefixes.csv/);
  });

  it('stays below 150 KB with every /24 of a /12 exposed, and at 10,000 findings, the same every time', () => {
    const everywhere = Array.from({ length: 4096 }, (_, i) =>
      record({ ip: formatAddress(ipv4(0x0a00_0001 + i * 256)), severity: 'medium' }),
    );
    for (const [run, records] of [
      [runOf(['10.0.0.0/12']), everywhere],
      [wideRun, manyRecords(10_000)],
      [
        runOf(['10.0.0.0/20']),
        everywhere
          .slice(0, 16)
          .flatMap(({ ip }) =>
            everywhere.slice(0, 256).map((_, host) => record({ ip: ip.replace(/1$/, String(host)) })),
          ),
      ],
    ] as const) {
      const chart = addressMap(run, records);
      assertChartLaws(chart);
      assert.ok(chart.svg.toString().length < 150_000, String(chart.svg.toString().length));
      assert.deepEqual(addressMap(run, records), chart);
    }
  });
});

function cellsOf({ panels }: AddressPanels): readonly Cell[] {
  return panels.flatMap(({ cells }) => cells);
}

function exposedIn(cells: readonly Cell[]): number {
  return sum(cells.map(({ exposed }) => exposed));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
