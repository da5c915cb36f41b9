import { afterAll, expect, it } from 'vitest';
import { describeFaults } from './faults/describe-faults.ts';
import { kongFaults } from './faults/kong.ts';
import { startKongStandIn } from './kong-stand-in.ts';

const standIn = await startKongStandIn();
afterAll(() => standIn.close());

const { staged } = describeFaults('what is wrong with Kong', kongFaults(standIn));

it('asks the control plane through port-forward, and only reads', () => {
  expect(standIn.requests.length).toBeGreaterThan(0);
  expect(standIn.requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
});

it('tells what the evicted pods are, which read as Completed', () => {
  const piles = staged().report.findings.filter(({ analyzerId }) => analyzerId === 'kong/prefix-volume-full');

  expect(piles.map(({ messageId, values }) => [messageId, values.count ?? null])).toContainEqual([
    'evicted',
    2,
  ]);
});
