import { containerStatus } from '../../../support/builders.ts';
import {
  clusterCertificate,
  clusterService,
  controlPlane,
  dataPlane,
  kongLogOf,
  registry,
} from '../../../support/kong.ts';
import type { AnalyzerCases } from '../../../support/test-analyzer.ts';
import { given, logOnly, over, reissued, subject, valid } from './given-kong.ts';

/** What the objects show, and what remains where no control plane was asked. */
export const byObject: AnalyzerCases['reports'] = [
  {
    name: 'the Service it is told does not exist',
    given: given({ objects: [dataPlane(), controlPlane()], documents: [registry([])] }),
    expect: [
      {
        message: 'serviceUnusable',
        subject,
        severity: 'critical',
        values: { problem: 'there is no Service `kong-cp-kong-cluster` in namespace `kong`' },
      },
      { message: 'unlisted', subject },
    ],
  },
  {
    name: 'connected, but the Service has no ready endpoint any more',
    given: given({ objects: [dataPlane(), controlPlane(), ...clusterService({ ready: false })] }),
    expect: [{ message: 'serviceUnusable', subject, severity: 'warning' }],
  },
  {
    name: 'connected, but the certificate is over',
    given: given({ objects: [dataPlane(), controlPlane(), ...clusterService(), clusterCertificate(over)] }),
    expect: [{ message: 'certificateOver', subject, severity: 'warning' }],
  },
  {
    name: 'two certificates in shared mode',
    given: given({
      objects: [
        dataPlane('kong-dp-0', {
          spec: { volumes: [{ name: 'cluster-cert', secret: { secretName: 'kong-dp-cert' } }] },
        }),
        controlPlane(),
        ...clusterService(),
        clusterCertificate(valid),
        clusterCertificate(reissued, 'kong-dp-cert'),
      ],
    }),
    expect: [{ message: 'certificatesDiffer', subject, severity: 'warning' }],
  },
  {
    name: 'its container does not run',
    given: given({
      objects: [
        dataPlane('kong-dp-0', {
          status: {
            containerStatuses: [
              containerStatus('proxy', {
                ready: false,
                restartCount: 5,
                state: { waiting: { reason: 'CrashLoopBackOff' } },
              }),
            ],
          },
        }),
        controlPlane(),
        ...clusterService(),
      ],
      documents: [registry([])],
      logs: [
        {
          ...kongLogOf('kong-dp-0', [
            30,
            'Error: cluster certificate and key must be provided to use Hybrid mode',
          ]),
          previous: true,
        },
      ],
    }),
    expect: [
      { message: 'notRunning', subject, values: { state: '`CrashLoopBackOff`' } },
      { message: 'refusedToStart', subject },
      { message: 'unlisted', subject },
    ],
  },
  {
    name: 'no control plane asked: it says itself that it has no configuration',
    given: {
      ...logOnly([
        8,
        '[notice] 1259#0: *412 [lua] ready.lua:111: not ready for proxying: no configuration available (empty configuration present), client: 10.20.0.1, server: kong_status',
      ]),
      objects: [dataPlane('kong-dp-0', { container: { ready: false } })],
    },
    expect: [
      { message: 'waitsForConfiguration', subject, confidence: 'likely' },
      { message: 'notReady', subject },
      { message: 'serviceUnusable', subject, severity: 'warning' },
    ],
  },
  {
    name: "words of a guide that are not Kong's",
    given: logOnly([8, '[error] failed to connect to control plane']),
    expect: [{ message: 'foreignWords', subject, confidence: 'possible', severity: 'warning' }],
  },
];
