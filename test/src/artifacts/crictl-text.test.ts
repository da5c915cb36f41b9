import { describe, expect, it } from 'vitest';
import { containerListBody } from '../../../src/artifacts/crictl-text.ts';
import { nodeContainers } from '../../../src/artifacts/node-containers.ts';
import { CRICTL_TABLE } from '../../support/dkp-bundle.ts';

function parsed(text: string) {
  return nodeContainers.parse(containerListBody(Buffer.from(text)));
}

describe('the table of crictl ps', () => {
  it('gives containers with state, attempt and pod', () => {
    expect(parsed(CRICTL_TABLE)).toEqual([
      {
        id: '1f73f2d81bf98',
        name: 'etcd',
        attempt: 1,
        namespace: 'kube-system',
        pod: 'etcd-node-1',
        image: '5c6acd67e9cd1',
        state: 'running',
      },
      {
        id: '0c2a9ee8a7c3d',
        name: 'etcd',
        attempt: 0,
        namespace: 'kube-system',
        pod: 'etcd-node-1',
        image: '5c6acd67e9cd1',
        state: 'exited',
      },
    ]);
  });

  it('of older versions has no names of pods', () => {
    const table = [
      'CONTAINER ID        IMAGE               CREATED             STATE               NAME                ATTEMPT             POD ID',
      '1f73f2d81bf98       5c6acd67e9cd1       2 hours ago         Running             etcd                12                  a9c1d1ab1ee11',
    ].join('\n');

    const [container, ...others] = parsed(table);

    expect(others).toEqual([]);
    expect(container).toMatchObject({ name: 'etcd', attempt: 12, state: 'running' });
    expect(container).not.toHaveProperty('pod');
  });

  it('ends where something else follows', () => {
    const table = `${CRICTL_TABLE}POD ID              CREATED\na9c1d1ab1ee11       2 hours ago\n`;

    expect(parsed(`time="x" level=warning msg="runtime connect"\n${table}`)).toHaveLength(2);
  });

  it('without a row is of a node without containers', () => {
    expect(parsed(CRICTL_TABLE.split('\n')[0]!)).toEqual([]);
  });

  it('leaves JSON as it is, and what is neither to the parser, which refuses it', () => {
    expect(parsed('{"containers":[{"id":"a","metadata":{"name":"b"}}]}')).toMatchObject([
      { id: 'a', name: 'b' },
    ]);
    expect(() => parsed('crictl: command not found\n')).toThrow();
  });
});
