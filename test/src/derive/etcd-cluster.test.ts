import { describe, expect, it } from 'vitest';
import { etcdCluster, hexId } from '../../../src/derive/etcd-cluster.ts';
import { quorumOf } from '../../../src/derive/etcd-members.ts';
import {
  etcdDocument,
  etcdMetricsOf,
  etcdPods,
  etcdStatusOf,
  MEMBERS,
} from '../../support/control-plane-builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';

describe('etcd-cluster', () => {
  it('joins members with pods, status and metrics', () => {
    const etcd = derivedFrom(etcdCluster, {
      objects: etcdPods(),
      documents: [etcdDocument(), etcdMetricsOf('cp-2', ['etcd_server_has_leader 1'])],
    });

    expect(
      etcd.members.map(({ name, subject, status, metrics }) => [
        name,
        'name' in subject && subject.name,
        status?.value.memberId,
        metrics !== undefined,
      ]),
    ).toEqual([
      ['cp-1', 'etcd-cp-1', MEMBERS[0]?.id, false],
      ['cp-2', 'etcd-cp-2', MEMBERS[1]?.id, true],
      ['cp-3', 'etcd-cp-3', MEMBERS[2]?.id, false],
    ]);
    expect(etcd.version).toBe('3.5.15');
    expect(etcd.members.every(({ answers }) => answers)).toBe(true);
  });

  it('finds a member’s pod by address where names have a suffix', () => {
    const list =
      '{"members":[{"ID":11,"name":"cp-2-3fa8","peerURLs":["https://10.0.0.2:2380"],"clientURLs":["https://10.0.0.2:2379"]}]}';
    const etcd = derivedFrom(etcdCluster, {
      objects: etcdPods(2),
      documents: [etcdStatusOf('cp-1', [{ command: 'member list', stdout: list }])],
    });

    expect(etcd.members[0]?.subject).toMatchObject({ kind: 'Pod', name: 'etcd-cp-2' });
  });

  it('does not mistake 10.0.0.1 for 10.0.0.10', () => {
    const list =
      '{"members":[{"ID":11,"name":"other","peerURLs":["https://10.0.0.10:2380"],"clientURLs":["https://10.0.0.10:2379"]}]}';
    const etcd = derivedFrom(etcdCluster, {
      objects: etcdPods(1),
      documents: [etcdStatusOf('cp-1', [{ command: 'member list', stdout: list }])],
    });

    expect(etcd.members[0]?.subject).toEqual({ external: 'member', name: 'other' });
  });

  it('takes the metrics port’s word that a member answers', () => {
    const etcd = derivedFrom(etcdCluster, {
      objects: etcdPods(1),
      documents: [etcdStatusOf('cp-1', [], [{ path: '/health', status: 200, text: '{"health":"true"}' }])],
    });

    expect(etcd.members[0]?.answers).toBe(true);
    expect(etcd.listed).toBe(false);
  });

  it('does not know of a member that was not asked', () => {
    const [member] = derivedFrom(etcdCluster, { objects: etcdPods(1) }).members;

    expect(member?.answers).toBeUndefined();
  });
});

describe('quorumOf', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
  ])('of %i members needs %i', (count, needed) => {
    const members = Array.from({ length: count }, (_, index) => ({
      id: String(1000 + index),
      name: `cp-${index + 1}`,
    }));
    const etcd = derivedFrom(etcdCluster, { objects: etcdPods(count), documents: [etcdDocument(members)] });

    expect(quorumOf(etcd).needed).toBe(needed);
  });
});

describe('hexId', () => {
  it('writes an id as etcdctl does', () => {
    expect(hexId('975050037397374526')).toBe('d8812d7cd4d463e');
    expect(hexId(undefined)).toBe('');
  });
});
