import { describe, expect, it } from 'vitest';
import { parseNodeArchive, parseNodeCoverage } from '../../../src/artifacts/node-archive.ts';
import { parseNodeStream } from '../../../src/artifacts/node-stream.ts';

const ABOUT =
  '{"format":"kubecase-node-archive","formatVersion":1,"node":"cp-1","time":"2026-03-01T12:00:00Z"}\n';
const bytes = (text: string): Uint8Array => Buffer.from(text);

function frame(path: string, body: string): string {
  return `kubecase-entry ${path} ${Buffer.byteLength(body)}\n${body}`;
}

describe('node-archive.json', () => {
  it('gives the node and the time by its clock', () => {
    expect(parseNodeArchive(bytes(ABOUT))).toEqual({
      node: 'cp-1',
      observedAt: { time: '2026-03-01T12:00:00Z', source: 'collector', errorSeconds: 180 },
    });
  });

  it('has no time when it cannot be read as one', () => {
    expect(parseNodeArchive(bytes(ABOUT.replace('2026-03', 'soon'))).observedAt).toBeUndefined();
  });

  it.each([
    ['another format', '{"format":"other"}', /format is not/],
    ['a newer version', ABOUT.replace('Version":1', 'Version":2'), /version 2/],
    ['no name', ABOUT.replace('"cp-1"', '""'), /name its node/],
  ])('is refused with %s', (_, text, words) => {
    expect(() => parseNodeArchive(bytes(text))).toThrow(words);
  });
});

describe('coverage.tsv', () => {
  it('gives rows of documents, units and containers', () => {
    const text = [
      '#node\tcp-1',
      'node-time\terror\ttimedatectl: no bus',
      'node-system\tcollected\t',
      'logs/kubelet\tnot-found\tno lines',
      'logs/kube-system/etcd-cp-1/etcd/previous\ttruncated\tnewest bytes',
      'other\terror\tx',
      'node-time\tbroken\tx',
    ].join('\n');

    expect(parseNodeCoverage(bytes(text))).toEqual([
      {
        artifact: 'node-time',
        scope: { type: 'node', node: 'cp-1' },
        outcome: 'error',
        reason: 'timedatectl: no bus',
      },
      { artifact: 'node-system', scope: { type: 'node', node: 'cp-1' }, outcome: 'collected' },
      {
        artifact: 'logs',
        scope: { type: 'unit', node: 'cp-1', unit: 'kubelet' },
        outcome: 'not-found',
        reason: 'no lines',
      },
      {
        artifact: 'logs',
        scope: {
          type: 'container',
          namespace: 'kube-system',
          pod: 'etcd-cp-1',
          container: 'etcd',
          previous: true,
        },
        outcome: 'truncated',
        reason: 'newest bytes',
      },
    ]);
  });

  it('gives nothing without the node', () => {
    expect(parseNodeCoverage(bytes('node-time\terror\tx\n'))).toEqual([]);
  });
});

describe('a stream of the script', () => {
  const whole = [
    frame('node-archive.json', ABOUT),
    frame('documents/node-system/_node/cp-1.txt', 'kubecase-entry x 1\nüber\n'),
    frame('logs/_node/cp-1/kubelet.log', 'a line\n'),
    frame('logs/kube-system/etcd-cp-1/etcd.previous.log', 'last words\n'),
    frame('coverage.tsv', '#node\tcp-1\nnode-time\terror\tno bus\n'),
  ].join('');

  it('is taken apart by sizes, whatever the bytes say', () => {
    const stream = parseNodeStream(bytes(whole), 'cp-1');

    expect(stream.complete).toBe(true);
    expect(Buffer.from(stream.documents.get('node-system') ?? []).toString()).toContain('über');
    expect(stream.logs.map(({ scope }) => scope)).toEqual([
      { type: 'unit', node: 'cp-1', unit: 'kubelet' },
      { type: 'container', namespace: 'kube-system', pod: 'etcd-cp-1', container: 'etcd', previous: true },
    ]);
    expect(stream.rows).toMatchObject([{ artifact: 'node-time', outcome: 'error' }]);
  });

  it('cut anywhere gives whole frames only', () => {
    const all = bytes(whole);
    for (let length = 0; length < all.length; length++) {
      const stream = parseNodeStream(all.subarray(0, length), 'cp-1');
      expect(stream.complete).toBe(false);
      for (const { bytes: log } of stream.logs) expect(Buffer.from(log).toString()).toMatch(/\n$/);
    }
  });

  it('speaks for the node that was asked and no other', () => {
    const lies = [
      frame('documents/node-system/_node/other.txt', 'x'),
      frame('logs/_node/other/kubelet.log', 'y\n'),
      frame('logs/kube-system/etcd-other/etcd.log', 'z\n'),
      frame('resources/core/pods/shop.json', '{}'),
      frame('documents/kong-clustering-status/_node/x.json', '{}'),
      frame('coverage.tsv', '#node\tother\nnode-time\terror\tx\n'),
    ].join('');

    const stream = parseNodeStream(bytes(lies), 'cp-1');

    expect([...stream.documents.keys()]).toEqual(['node-system']);
    expect(stream.logs.map(({ scope }) => scope)).toEqual([{ type: 'unit', node: 'cp-1', unit: 'kubelet' }]);
    expect(stream.rows.map(({ scope }) => scope)).toEqual([{ type: 'node', node: 'cp-1' }]);
  });

  it.each(['', 'sh: chroot: not found\n', 'kubecase-entry ../../x -1\n'])(
    'of no frames is empty: %j',
    (text) => {
      const stream = parseNodeStream(bytes(text), 'cp-1');

      expect(stream).toMatchObject({ archive: undefined, logs: [], rows: [], complete: false });
    },
  );
});
