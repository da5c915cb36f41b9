import { describe, expect, it } from 'vitest';
import { expired } from '../../../analyzers/certificate/expired.ts';
import { clusterCertificateInvalid } from '../../../analyzers/kong/cluster-certificate-invalid.ts';
import { configurationOutOfSync } from '../../../analyzers/kong/configuration-out-of-sync.ts';
import { dataPlaneNotConnected } from '../../../analyzers/kong/data-plane-not-connected.ts';
import { dataPlaneStale } from '../../../analyzers/kong/data-plane-stale.ts';
import { versionIncompatible } from '../../../analyzers/kong/version-incompatible.ts';
import { crashLoop } from '../../../analyzers/workload/crash-loop.ts';
import { analyzeStore } from '../../../src/analyze/analyze.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import type { AnyAnalyzer } from '../../../src/model/analyzer.ts';
import { ago, containerStatus } from '../../support/builders.ts';
import { certificatePem } from '../../support/certificates.ts';
import { type Given, storeOf } from '../../support/given.ts';
import {
  broken,
  clusterCertificate,
  clusterService,
  controlPlane,
  dataPlane,
  kongLogOf,
  notAsked,
  registry,
  row,
} from '../../support/kong.ts';
import { runOn } from '../../support/test-analyzer.ts';

const YEAR = 365 * 86_400;
const valid = await certificatePem('kong_clustering', ago(YEAR), ago(-YEAR));
const over = await certificatePem('kong_clustering', ago(3 * YEAR), ago(86_400));
const ORDER = ['pod', 'logs', 'registry', 'dns', 'tcp', 'tls', 'service', 'policy'];

/** State of each row, and the reason of unseen ones. */
function checklist(given: Given): string[] {
  const { rows } = runOn(dataPlaneNotConnected, given);
  return ORDER.flatMap((check) =>
    rows
      .filter(({ checkId }) => checkId === check)
      .map(({ state, reason }) => (reason ? `${state}: ${reason}` : state)),
  );
}

function causesOf(given: Given) {
  const analyzers = [
    dataPlaneNotConnected,
    dataPlaneStale,
    configurationOutOfSync,
    clusterCertificateInvalid,
    versionIncompatible,
    expired,
    crashLoop,
  ] as AnyAnalyzer[];
  const { findings, graph, results } = analyzeStore(storeOf(analyzers, given), analyzers);
  const catalog = new Map(analyzers.map(({ meta }) => [meta.id, meta.messages]));
  const byId = new Map(findings.map((finding) => [finding.id, finding.messageId]));
  return diagnose(findings, graph, catalog, results).map(({ messageId, subjects, symptoms }) => ({
    messageId,
    subjects: subjects.map(({ name }) => name).sort(),
    symptoms: symptoms.map((id) => byId.get(id)).sort(),
  }));
}

describe('the checklist of a data plane', () => {
  const objects = [dataPlane(), controlPlane(), ...clusterService(), clusterCertificate(valid)];

  it('has fine rows only for one that is connected', () => {
    const given = {
      objects,
      documents: [registry([row('kong-dp-0', 12)])],
      logs: [kongLogOf('kong-dp-0', [60, 'start'])],
    };

    expect(checklist(given)).toEqual(Array.from(ORDER, () => 'fine'));
  });

  it('marks each row the failure shows in, and no other', () => {
    const documents = [registry([row('kong-dp-0', 600)])];
    const network = {
      objects,
      documents,
      logs: [kongLogOf('kong-dp-0', [8, broken('failed to connect: timeout')])],
    };
    const tls = {
      objects,
      documents,
      logs: [kongLogOf('kong-dp-0', [8, broken('ssl handshake failed: 18: self-signed certificate')])],
    };

    const later = 'unseen: an earlier step fails';
    expect(checklist(network)).toEqual(['fine', 'bad', 'bad', 'fine', 'bad', later, 'fine', 'fine']);
    expect(checklist(tls)).toEqual(['fine', 'bad', 'bad', 'fine', 'fine', 'bad', 'fine', 'fine']);
  });

  it('does not fill the row of the list where no control plane was asked', () => {
    const given = {
      objects,
      rows: [notAsked()],
      logs: [kongLogOf('kong-dp-0', [8, broken('failed to connect: timeout')])],
    };

    expect(checklist(given).slice(0, 3)).toEqual([
      'fine',
      'bad',
      'unseen: its control plane was not asked: no pod runs a Kong control plane here',
    ]);
  });

  it('says of each row why it could not be seen', () => {
    const given = {
      objects: [dataPlane()],
      rows: [notAsked('port-forward was switched off')],
      forbidden: ['logs', 'resources:core/Service', 'resources:networking.k8s.io/NetworkPolicy'].map(
        (id) => ({ id }),
      ),
    };

    const untried = 'unseen: its log was not read, and no command was run in the container (`--exec`)';
    expect(checklist(given)).toEqual([
      'fine',
      'unseen: not allowed to read logs',
      'unseen: its control plane was not asked: port-forward was switched off',
      untried,
      untried,
      untried,
      'unseen: Services were not seen: not allowed to read resources:core/Service',
      'unseen: NetworkPolicies were not seen: not allowed to read resources:networking.k8s.io/NetworkPolicy',
    ]);
  });

  it('takes a link that is up as proof of the way to a control plane elsewhere', () => {
    const pod = dataPlane('kong-dp-0', { env: { KONG_CLUSTER_CONTROL_PLANE: 'cp.example.com:8005' } });
    const given = { objects: [pod], documents: [registry([row('kong-dp-0', 12)])] };

    expect(checklist(given).slice(3, 7)).toEqual(['fine', 'fine', 'fine', 'fine']);
  });
});

describe('a link that does not last', () => {
  it('is shown with what the control plane wrote of it, and of no other data plane', () => {
    const own = (host: string) =>
      `[error] 1264#0: *2 [lua] control_plane.lua:360: [clustering] did not receive ping frame from data plane within 45 seconds [id: a, host: ${host}, ip: 10.20.0.15, version: 3.6.1]`;
    const given = {
      objects: [dataPlane(), controlPlane(), ...clusterService()],
      documents: [registry([row('kong-dp-0', 600)])],
      logs: [
        kongLogOf('kong-dp-0', [8, broken('closed')]),
        kongLogOf('kong-cp-0', [20, own('kong-dp-0')], [10, own('kong-dp-9')]),
      ],
    };

    const [finding] = runOn(dataPlaneNotConnected, given).findings;

    expect(finding?.messageId).toBe('interrupted');
    expect(
      finding?.evidence.filter(({ type }) => type === 'log').map((one) => 'line' in one && one.line),
    ).toEqual([1, 1]);
  });
});

describe('data planes in the diagnosis', () => {
  const second = dataPlane('kong-dp-1', { status: { podIP: '10.20.0.16' } });
  const documents = [registry([row('kong-dp-0', 600), row('kong-dp-1', 630, { ip: '10.20.0.16' })])];

  it('are one cause when the same address fails for the same reason, with their signs below it', () => {
    const line = broken('failed to connect: connection refused');
    const given = {
      objects: [dataPlane(), second, controlPlane(), ...clusterService()],
      documents,
      logs: [kongLogOf('kong-dp-0', [8, line]), kongLogOf('kong-dp-1', [8, line])],
    };

    expect(causesOf(given)).toEqual([
      {
        messageId: 'unreachable',
        subjects: ['kong-dp-0', 'kong-dp-1'],
        symptoms: ['cached', 'cached'],
      },
    ]);
  });

  it('are two causes when the reasons differ', () => {
    const given = {
      objects: [dataPlane(), second, controlPlane(), ...clusterService(), clusterCertificate(valid)],
      documents,
      logs: [
        kongLogOf('kong-dp-0', [8, broken('failed to connect: connection refused')]),
        kongLogOf('kong-dp-1', [8, broken('ssl handshake failed: 18: self-signed certificate')]),
      ],
    };

    expect(causesOf(given).map(({ messageId, symptoms }) => [messageId, symptoms])).toEqual(
      expect.arrayContaining([
        ['unreachable', ['cached']],
        ['tlsUntrusted', ['cached']],
      ]),
    );
  });

  it('go under the certificate that has expired', () => {
    const given = {
      objects: [dataPlane(), controlPlane(), ...clusterService(), clusterCertificate(over)],
      documents: [registry([row('kong-dp-0', 600)])],
      logs: [kongLogOf('kong-dp-0', [8, broken('ssl handshake failed: 10: certificate has expired')])],
    };

    expect(causesOf(given)).toEqual([
      {
        messageId: 'expired',
        subjects: ['kong-cluster-cert'],
        symptoms: ['cached', 'expired', 'tlsExpired'],
      },
    ]);
  });

  it('go under the crash of their container', () => {
    const container = containerStatus('proxy', {
      ready: false,
      restartCount: 5,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { reason: 'Error', exitCode: 1, finishedAt: ago(60) } },
    });
    const given = {
      objects: [
        dataPlane('kong-dp-0', { status: { containerStatuses: [container] } }),
        controlPlane(),
        ...clusterService(),
      ],
      documents: [registry([row('kong-dp-0', 600)])],
    };

    expect(causesOf(given)).toEqual([
      { messageId: 'exits', subjects: ['kong-dp-0'], symptoms: ['notRunning'] },
    ]);
  });

  it('go under the control plane that records none of them', () => {
    const given = {
      objects: [dataPlane(), second, controlPlane(), ...clusterService()],
      documents: [registry([row('kong-dp-0', 600), row('kong-dp-1', 615, { ip: '10.20.0.16' })])],
    };

    expect(causesOf(given)).toEqual([
      { messageId: 'controlPlaneNotRecording', subjects: ['kong-cp-0'], symptoms: [] },
    ]);
  });
});
