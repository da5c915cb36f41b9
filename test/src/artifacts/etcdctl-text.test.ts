import { expect, it } from 'vitest';
import { etcdStatus } from '../../../src/artifacts/etcd-status.ts';
import { isMemberList, memberListBody } from '../../../src/artifacts/etcdctl-text.ts';

const LIST = `1d021ffdd096a804, started, demo-control-plane-1, https://172.17.0.6:2380, https://172.17.0.6:2379, false
40fd14fa28910cab, started, demo-control-plane-0, https://172.17.0.4:2380, https://172.17.0.4:2379
87651970646a8073, unstarted, , https://172.17.0.5:2380, , true
`;
const bytes = (text: string) => new TextEncoder().encode(text);

it('reads the table of etcdctl member list: ids of 64 bits, old versions, members that never started', () => {
  expect(etcdStatus.parse(memberListBody(bytes(LIST))).members).toEqual([
    {
      id: '2090268352040052740',
      name: 'demo-control-plane-1',
      peerURLs: ['https://172.17.0.6:2380'],
      clientURLs: ['https://172.17.0.6:2379'],
      isLearner: false,
    },
    {
      id: '4682922252190157995',
      name: 'demo-control-plane-0',
      peerURLs: ['https://172.17.0.4:2380'],
      clientURLs: ['https://172.17.0.4:2379'],
      isLearner: false,
    },
    {
      id: '9756232138279780467',
      name: '',
      peerURLs: ['https://172.17.0.5:2380'],
      clientURLs: [],
      isLearner: true,
    },
  ]);
});

it('knows the table by its lines', () => {
  expect(isMemberList(LIST)).toBe(true);
  expect(isMemberList('1d021ffdd096a804 started\n')).toBe(false);
  expect(() => memberListBody(bytes('Error: context deadline exceeded\n'))).toThrow('no member');
});
