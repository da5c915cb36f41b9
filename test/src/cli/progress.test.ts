import { describe, expect, it } from 'vitest';
import { collectors } from '../../../collectors/index.ts';
import { createProgress } from '../../../src/cli/progress.ts';
import type { ProgressEvent } from '../../../src/collect/progress.ts';

function written() {
  let text = '';
  const stream = {
    isTTY: false,
    write: (chunk: string) => {
      text += chunk;
      return true;
    },
  } as unknown as NodeJS.WriteStream;
  return { stream, lines: () => text.split('\n').slice(0, -1) };
}

const ENDED: ProgressEvent & { type: 'collector' } = {
  type: 'collector',
  id: 'kubernetes/logs',
  outcome: 'collected',
  seconds: 12.4,
  entries: 1204,
  objects: 0,
  bytes: 97_000_000,
  missed: [],
};
const OPTIONS = { portForward: false, nodes: false };

describe('progress as text', () => {
  it('has one line per collector with counts, bytes and seconds', () => {
    const { stream, lines } = written();
    const progress = createProgress(stream, OPTIONS);

    progress.onEvent(ENDED);
    progress.onEvent({ ...ENDED, id: 'kubernetes/resources', objects: 12_034, entries: 1, seconds: 3.26 });
    progress.onEvent({
      ...ENDED,
      id: 'etcd/members',
      outcome: 'not-found',
      reason: 'no pod runs etcd',
      entries: 0,
      bytes: 0,
    });

    expect(lines()).toEqual([
      '  kubernetes/logs                     ok: 1 204 entries, 92.5 MiB, 12 s',
      '  kubernetes/resources                ok: 12 034 objects, 1 entry, 92.5 MiB, 3.3 s',
      '  etcd/members                        not-found: no pod runs etcd',
    ]);
  });

  it('has the outcomes below each other, whichever collector it is', () => {
    const { stream, lines } = written();
    const progress = createProgress(stream, OPTIONS);

    for (const { meta } of collectors) progress.onEvent({ ...ENDED, id: meta.id });

    expect([...new Set(lines().map((line) => line.indexOf(' ok: ')))]).toHaveLength(1);
  });

  it('names a namespace that does not exist', () => {
    const { stream, lines } = written();

    createProgress(stream, OPTIONS).onEvent({ type: 'absent-namespaces', names: ['shpo'] });

    expect(lines()).toEqual(['No such namespace: shpo; nothing of it can be collected']);
  });

  it('names at the end each reason once, with the first it holds for', () => {
    const { stream, lines } = written();
    const late = { outcome: 'timed-out', reason: 'the time was over' } as const;
    const rows = ['shop', 'kong', 'dns', 'web'].map((namespace) => {
      return { artifact: 'logs', scope: { type: 'namespace', namespace }, ...late } as const;
    });
    const refused = { artifact: 'resources:core/Secret', scope: { type: 'cluster' } } as const;

    createProgress(stream, OPTIONS).summary({
      file: 'bundle.tar.gz',
      size: 2048,
      sha256: 'abc',
      complete: true,
      reachable: true,
      collectors: [],
      rows: [...rows, { ...refused, outcome: 'forbidden', reason: 'not allowed' }],
    });

    expect(lines()).toEqual([
      'Not collected (5), with the reasons in the bundle:',
      '  logs namespace/shop, logs namespace/kong, logs namespace/dns and 1 more: timed-out, the time was over',
      '  resources:core/Secret cluster: forbidden, not allowed',
      '2 KiB, sha256 abc',
    ]);
  });

  it('says below the line what was refused, how often and why', () => {
    const { stream, lines } = written();

    createProgress(stream, OPTIONS).onEvent({
      ...ENDED,
      outcome: 'partial',
      reason: 'pods "a" is forbidden',
      missed: [
        { outcome: 'forbidden', reason: 'pods "a" is forbidden', count: 1200 },
        { outcome: 'timed-out', reason: 'no answer within 60 s', count: 1 },
      ],
    });

    expect(lines()).toEqual([
      '  kubernetes/logs                     partial: 1 204 entries, 92.5 MiB, 12 s',
      '    1 200 forbidden: pods "a" is forbidden',
      '    1 timed-out: no answer within 60 s',
    ]);
  });

  it('tells every ten seconds how far it is where no line can move, and what is left', () => {
    let time = 0;
    const { stream, lines } = written();
    const progress = createProgress(stream, { ...OPTIONS, timeoutSeconds: 600 }, () => time);
    const row = { artifact: 'logs', scope: { type: 'cluster' }, outcome: 'collected' } as const;

    for (let done = 1; done <= 30; done++) {
      time += 1000;
      progress.onEvent({ type: 'row', row, done, expected: 1500 });
    }

    expect(lines()).toEqual([
      '  10 of 1 500 read, 0 KiB, about 590 s left',
      '  20 of 1 500 read, 0 KiB, about 580 s left',
      '  30 of 1 500 read, 0 KiB, about 570 s left',
    ]);
  });

  it('says what was taken over from an earlier bundle, or why nothing was', () => {
    const { stream, lines } = written();
    const progress = createProgress(stream, OPTIONS);
    const event = { type: 'resumed', from: '2026-03-01T12:00:00.000Z', entries: 80, bytes: 123_000 } as const;

    progress.onEvent(event);
    progress.onEvent({ ...event, entries: 0, bytes: 0, again: 'it was redacted by other rules' });

    expect(lines()).toEqual([
      'Taken over from the bundle begun at 2026-03-01T12:00:00.000Z: 80 entries, 121 KiB; the rest is read now',
      'Nothing is taken over of the bundle begun at 2026-03-01T12:00:00.000Z: it was redacted by other rules',
    ]);
  });
});
