import { anyObject, containerStatus, pod } from '../../../support/builders.ts';
import {
  broken,
  clusterService,
  controlPlane,
  dataPlane,
  kongLogOf,
  notAsked,
  registry,
  row,
} from '../../../support/kong.ts';
import { planeProbes, planeStatus } from '../../../support/kong-plane-builders.ts';
import type { AnalyzerCases } from '../../../support/test-analyzer.ts';
import { given, logOnly, PLANES, QUIET, subject } from './given-kong.ts';

const DENY = anyObject('networking.k8s.io/v1', 'NetworkPolicy', 'default-deny', 'kong', {
  spec: { podSelector: {}, policyTypes: ['Egress'], egress: [] },
});
const FLANNEL = pod('kube-flannel-1', {
  metadata: { namespace: 'kube-flannel', labels: { app: 'flannel' } },
});
const CONNECTED = 'CONNECTED(00000003)';

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
    ],
  },
  {
    name: 'connected, but the Service has no ready endpoint any more',
    given: given({ objects: [dataPlane(), controlPlane(), ...clusterService({ ready: false })] }),
    expect: [{ message: 'serviceUnusable', subject, severity: 'warning' }],
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
    }),
    expect: [{ message: 'notRunning', subject, values: { state: '`CrashLoopBackOff`' } }],
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
  {
    name: 'a NetworkPolicy drops what it sends, as log and list show',
    given: given({
      objects: [...PLANES, DENY],
      documents: [registry([row('kong-dp-0', 600)])],
      logs: [kongLogOf('kong-dp-0', [8, broken('failed to connect: timeout')])],
    }),
    expect: [{ message: 'policyBlocks', subject, confidence: 'likely' }],
  },
  {
    name: 'a NetworkPolicy drops what it sends, by its log alone',
    given: {
      ...logOnly([8, broken('failed to connect: timeout')]),
      objects: [...PLANES, DENY],
    },
    expect: [{ message: 'policyBlocks', subject, confidence: 'possible' }],
  },
  {
    name: 'a NetworkPolicy that the network plugin does not enforce',
    given: given({
      objects: [...PLANES, DENY, FLANNEL],
      documents: [registry([row('kong-dp-0', 600)])],
      logs: [kongLogOf('kong-dp-0', [8, broken('failed to connect: timeout')])],
    }),
    expect: [{ message: 'unreachable', subject }],
  },
  {
    name: 'refused: a NetworkPolicy does not answer',
    given: given({
      objects: [...PLANES, DENY],
      documents: [registry([row('kong-dp-0', 600)])],
      logs: [kongLogOf('kong-dp-0', [8, broken('failed to connect: connection refused')])],
    }),
    expect: [{ message: 'unreachable', subject }],
  },
  {
    name: 'the name does not resolve when it is tried from the container',
    given: given({
      documents: [
        registry([row('kong-dp-0', 600)]),
        planeProbes('kong-dp-0', [{ id: 'dns', command: ['getent'], exitCode: 2, output: '' }]),
      ],
      logs: [QUIET],
    }),
    expect: [
      {
        message: 'dnsFailed',
        subject,
        confidence: 'certain',
        values: { detail: 'the name does not resolve' },
      },
    ],
  },
  {
    name: 'the port answers without TLS when it is tried from the container',
    given: given({
      documents: [
        registry([row('kong-dp-0', 600)]),
        planeProbes('kong-dp-0', [
          {
            id: 'tls',
            command: ['openssl'],
            exitCode: 1,
            output: `${CONNECTED}\n140:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:ssl/record:1`,
          },
        ]),
      ],
      logs: [QUIET],
    }),
    expect: [{ message: 'tlsFailed', subject, values: { detail: 'wrong version number' } }],
  },
  {
    name: 'the Service leads to another port of the control plane',
    given: given({
      objects: [
        dataPlane(),
        controlPlane(),
        ...clusterService().map((object) =>
          object.kind === 'Service'
            ? { ...object, spec: { ...(object.spec as object), ports: [{ port: 8005, targetPort: 8001 }] } }
            : object,
        ),
      ],
      documents: [registry([])],
    }),
    expect: [
      {
        message: 'serviceUnusable',
        subject,
        values: {
          problem:
            'Service `kong-cp-kong-cluster` leads port 8005 to port 8001 of `kong-cp-0`, which listens for data planes at 8005',
        },
      },
    ],
  },
  {
    name: 'no control plane asked: its Status API says that it has no configuration',
    given: given({
      objects: [dataPlane('kong-dp-0', { container: { ready: false } }), controlPlane(), ...clusterService()],
      documents: [
        planeStatus('kong-dp-0', undefined, 'no configuration available (empty configuration present)'),
      ],
      rows: [notAsked()],
    }),
    expect: [
      { message: 'waitsForConfiguration', subject, confidence: 'likely' },
      { message: 'notReady', subject },
    ],
  },
];
