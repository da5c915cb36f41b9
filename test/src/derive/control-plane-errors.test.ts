import { describe, expect, it } from 'vitest';
import { deriveContext } from '../../../src/analyze/inputs.ts';
import { controlPlaneErrors } from '../../../src/derive/control-plane-errors.ts';
import { ago } from '../../support/builders.ts';
import { componentLog, staticPod } from '../../support/control-plane-builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';

const klog = (level: string, text: string) => `${level}0115 11:59:00.000000       1 server.go:338] ${text}`;
const zap = (level: string, text: string) =>
  `{"level":"${level}","ts":"2026-01-15T11:59:00Z","msg":"${text}"}`;

describe('control-plane-errors', () => {
  it('finds error lines of healthy components in all their forms', () => {
    const errors = derivedFrom(controlPlaneErrors, {
      objects: [staticPod('kube-scheduler', 'cp-1'), staticPod('etcd', 'cp-1'), staticPod('etcd', 'cp-2')],
      logs: [
        componentLog('kube-scheduler', 'cp-1', [
          [90, klog('I', 'ordinary')],
          [80, klog('E', '"Leaderelection lost"')],
          [70, klog('F', 'the end')],
        ]),
        componentLog('etcd', 'cp-1', [
          [60, zap('warn', 'slow')],
          [50, zap('error', 'Health check error')],
        ]),
        componentLog('etcd', 'cp-2', [
          [40, '2026-01-15 11:59:20.000000 E | rafthttp: failed to read 9d355f4e8ce901cf'],
          [30, '2026-01-15 11:59:30.000000 I | etcdserver: fine'],
          [20, '2026-01-15 11:59:40.000000 C | etcdmain: walpb: crc mismatch'],
        ]),
      ],
    });

    expect(errors.map(({ instance, text }) => [instance.subject.name, text])).toEqual([
      ['kube-scheduler-cp-1', klog('E', '"Leaderelection lost"')],
      ['kube-scheduler-cp-1', klog('F', 'the end')],
      ['etcd-cp-1', zap('error', 'Health check error')],
      ['etcd-cp-2', '2026-01-15 11:59:20.000000 E | rafthttp: failed to read 9d355f4e8ce901cf'],
      ['etcd-cp-2', '2026-01-15 11:59:40.000000 C | etcdmain: walpb: crc mismatch'],
    ]);
  });

  it('keeps the last five lines with place and time, of the previous log too', () => {
    const lines = Array.from({ length: 9 }, (_, index) => [90 - index, klog('E', `error ${index}`)] as const);
    const errors = derivedFrom(controlPlaneErrors, {
      objects: [staticPod('kube-apiserver', 'cp-1')],
      logs: [
        componentLog('kube-apiserver', 'cp-1', lines),
        componentLog('kube-apiserver', 'cp-1', [[3600, klog('E', 'before the restart')]], true),
      ],
    });

    expect(errors).toHaveLength(5);
    expect(errors.at(-1)).toMatchObject({
      text: klog('E', 'error 8'),
      path: 'logs/kube-system/kube-apiserver-cp-1/kube-apiserver.log',
      line: 9,
      time: expect.stringContaining(ago(82).slice(0, 19)),
    });
  });

  it('makes a table of them', () => {
    const errors = derivedFrom(controlPlaneErrors, {
      objects: [staticPod('etcd', 'cp-1')],
      logs: [componentLog('etcd', 'cp-1', [[50, zap('fatal', 'failed to open WAL')]])],
    });
    const table = controlPlaneErrors.table?.(errors, deriveContext);

    expect(table?.columns.map(({ id }) => id)).toEqual(['component', 'instance', 'time', 'line', 'place']);
    expect(table?.rows[0]?.[0]).toBe('etcd');
    expect(table?.rows[0]?.[4]).toBe('logs/kube-system/etcd-cp-1/etcd.log:1');
  });

  it('leaves out containers that are none of the control plane', () => {
    const errors = derivedFrom(controlPlaneErrors, {
      objects: [staticPod('etcd', 'cp-1')],
      logs: [{ namespace: 'tenant-a', pod: 'etcd-0', container: 'etcd', text: `${zap('error', 'x')}\n` }],
    });

    expect(errors).toEqual([]);
  });
});
