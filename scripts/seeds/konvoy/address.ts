import type { SeedRow } from '../seed-row.ts';

const CHANGED = 'node/address-changed';

/** Nodes whose address changes. */
export const addressRows: readonly SeedRow[] = [
  {
    lines: [491, 495],
    kind: 'symptom',
    says: 'In a cloud Konvoy reaches nodes at their public address, `ansible_host` of inventory.yaml; it changes.',
    answers: [
      { analyzer: CHANGED, message: 'inventoryOutdated' },
      { analyzer: CHANGED, check: 'inventory' },
      { analyzer: 'konvoy/run-failed', message: 'hostUnreachable' },
    ],
  },
  {
    lines: 497,
    kind: 'remedy',
    says: 'Write inventory.yaml anew: `konvoy up` or `konvoy provision`.',
    answers: [{ analyzer: CHANGED, message: 'inventoryOutdated' }],
  },
  {
    lines: [501, 503],
    kind: 'remedy',
    says: 'On own machines: change inventory.yaml by hand.',
    answers: [
      { analyzer: CHANGED, message: ['inventoryOutdated', 'certificateOfOtherAddress', 'memberElsewhere'] },
    ],
    correction: {
      says: 'The inventory is not all: certificates and the member list of etcd hold the old address of a control-plane node too.',
      page: 'node/address-changed',
      quote: 'Otherwise: issue the certificates anew, tell etcd the new peer URL',
    },
  },
];
