import { kongClusteringStatus } from '../../../../src/artifacts/kong-clustering-status.ts';
import { ago } from '../../../support/builders.ts';
import { broken, dataPlane, kongLogOf, registry, row } from '../../../support/kong.ts';
import type { AnalyzerCases } from '../../../support/test-analyzer.ts';
import { given, PLANES, QUIET, subject } from './given-kong.ts';

/** What the list of the control plane shows. */
export const byList: AnalyzerCases['reports'] = [
  {
    name: 'silence, and failures only from before the control plane last heard of it',
    given: given({
      documents: [registry([row('kong-dp-0', 600)])],
      logs: [kongLogOf('kong-dp-0', [7200, broken('failed to connect: connection refused')])],
    }),
    expect: [{ message: 'staleRow', subject, confidence: 'certain', values: { age: 600 }, since: ago(600) }],
  },
  {
    name: 'not in the list',
    given: given({ documents: [registry([row('kong-dp-9', 3, { ip: '10.20.0.19' })])] }),
    expect: [{ message: 'notInRegistry', subject, confidence: 'certain' }],
  },
  {
    name: 'not in the list of a control plane that was given by its URL',
    given: given({
      documents: [
        {
          artifact: kongClusteringStatus,
          scope: { type: 'endpoint', endpoint: 'https://admin.example' },
          bytes: JSON.stringify({
            controlPlane: { url: 'https://admin.example' },
            replies: [{ path: '/clustering/data-planes', status: 200, body: { data: [] } }],
          }),
        },
      ],
    }),
    expect: [{ message: 'notInRegistry', subject, confidence: 'likely' }],
  },
  {
    name: 'late by a few seconds',
    given: given({ documents: [registry([row('kong-dp-0', 52)])] }),
    expect: [{ message: 'lateHeartbeat', subject, severity: 'warning', values: { age: 52 } }],
  },
  {
    name: 'all silent at once while no log names a failing link',
    given: given({
      objects: [...PLANES, dataPlane('kong-dp-1', { status: { podIP: '10.20.0.16' } })],
      documents: [registry([row('kong-dp-0', 900), row('kong-dp-1', 915, { ip: '10.20.0.16' })])],
      logs: [QUIET, { ...QUIET, pod: 'kong-dp-1' }],
    }),
    expect: [
      {
        message: 'controlPlaneNotRecording',
        subject: 'Pod/kong/kong-cp-0',
        confidence: 'likely',
        values: { count: 2, age: 900 },
      },
    ],
  },
  {
    name: 'one silent data plane, and a control plane that says it cannot write',
    given: given({
      documents: [registry([row('kong-dp-0', 900)])],
      logs: [
        QUIET,
        kongLogOf('kong-cp-0', [
          20,
          '[error] 1264#0: *2 [lua] control_plane.lua:1: [clustering] unable to update clustering data plane status: [postgres] connection refused',
        ]),
      ],
    }),
    expect: [{ message: 'controlPlaneNotRecording', subject: 'Pod/kong/kong-cp-0', confidence: 'certain' }],
  },
  {
    name: 'silent at different times: each for itself',
    given: given({
      objects: [...PLANES, dataPlane('kong-dp-1', { status: { podIP: '10.20.0.16' } })],
      documents: [registry([row('kong-dp-0', 900), row('kong-dp-1', 7200, { ip: '10.20.0.16' })])],
    }),
    expect: [
      { message: 'staleRow', subject },
      { message: 'staleRow', subject: 'Pod/kong/kong-dp-1' },
    ],
  },
];
