import { describe, expect, it } from 'vitest';
import { bareContainerId, memoryKills } from '../../../src/derive/memory-kills.ts';
import { pod } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';

const ID = 'e43c78110357e22a7be52430e402f4d4689254dca6e8d30049e37b55594b314d';
const KEY = '/Pod/shop/web-1';

function killsIn(group: string, metadata: object, constraint = 'CONSTRAINT_MEMCG') {
  const text = `oom-kill:constraint=${constraint},nodemask=(null),cpuset=/,mems_allowed=0,task_memcg=${group},task=java -jar,pid=7,uid=0\n`;
  const given = {
    objects: [pod('web-1', { metadata: { ...metadata } }), pod('web-2')],
    logs: [{ node: 'node-1', unit: 'kernel', text }],
  };
  const kills = derivedFrom(memoryKills, given);
  return { mine: kills.of(KEY), others: kills.of('/Pod/shop/web-2') };
}

describe('kills by the kernel', () => {
  const uid = '3df5dfd5-6187-4cd5-b70c-1ce9c12aee83';

  it('are found by the cgroup of the cgroupfs driver', () => {
    const { mine, others } = killsIn(`/kubepods/burstable/pod${uid}/${ID}`, { uid });

    expect(mine).toMatchObject([{ scope: 'limit', program: 'java -jar', containerId: ID }]);
    expect(others).toEqual([]);
  });

  it('are found by the slice of the systemd driver, which the node filled', () => {
    const slice = `kubepods-besteffort-pod${uid.replaceAll('-', '_')}.slice`;

    expect(
      killsIn(`/kubepods.slice/${slice}/crio-${ID}.scope`, { uid }, 'CONSTRAINT_NONE').mine,
    ).toMatchObject([{ scope: 'node', containerId: ID }]);
  });

  it('of a process of the node belong to no pod', () => {
    expect(killsIn('/system.slice/sshd.service', { uid }).mine).toEqual([]);
  });
});

describe('bareContainerId', () => {
  it('drops the name of the runtime', () => {
    expect([bareContainerId(`containerd://${ID}`), bareContainerId(undefined)]).toEqual([ID, '']);
  });
});
