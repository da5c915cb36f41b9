import { describe, expect, it } from 'vitest';
import { webhookCertificateInvalid } from '../../../analyzers/admission/webhook-certificate-invalid.ts';
import { webhookUnavailable } from '../../../analyzers/admission/webhook-unavailable.ts';
import { expired } from '../../../analyzers/certificate/expired.ts';
import { issuanceFailing } from '../../../analyzers/certificate/issuance-failing.ts';
import { apiGroupUnavailable } from '../../../analyzers/kubernetes/api-group-unavailable.ts';
import { bindingDangling } from '../../../analyzers/kubernetes/binding-dangling.ts';
import { namespaceNotDeleted } from '../../../analyzers/kubernetes/namespace-not-deleted.ts';
import { objectNotDeleted } from '../../../analyzers/kubernetes/object-not-deleted.ts';
import { requestDenied } from '../../../analyzers/kubernetes/request-denied.ts';
import { serviceWithoutEndpoints } from '../../../analyzers/network/service-without-endpoints.ts';
import { podsNotCreated } from '../../../analyzers/workload/pods-not-created.ts';
import { analyzeStore } from '../../../src/analyze/analyze.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import type { AnyAnalyzer } from '../../../src/model/analyzer.ts';
import { roleBinding, serviceAccount } from '../../support/access-builders.ts';
import {
  ago,
  anyObject,
  condition,
  deployment,
  endpointSlice,
  namespace,
  pod,
  secret,
  service,
} from '../../support/builders.ts';
import { base64 } from '../../support/certificates.ts';
import { apiService, webhook, webhookConfiguration } from '../../support/extension-builders.ts';
import { type Given, storeOf } from '../../support/given.ts';
import { issue, issueCa } from '../../support/issued-certificates.ts';

const DAY = 86_400;
const ANALYZERS: readonly AnyAnalyzer[] = [
  webhookUnavailable,
  webhookCertificateInvalid,
  expired,
  issuanceFailing,
  apiGroupUnavailable,
  bindingDangling,
  namespaceNotDeleted,
  objectNotDeleted,
  requestDenied,
  serviceWithoutEndpoints,
  podsNotCreated,
];

/** Causes as `message > messages of the symptoms`. */
function causesOf(given: Given): string[] {
  const { findings, graph, results } = analyzeStore(storeOf(ANALYZERS, given), ANALYZERS);
  const catalog = new Map(ANALYZERS.map(({ meta }) => [meta.id as string, meta.messages]));
  const messageOf = new Map(findings.map((one) => [one.id, one.messageId]));
  return diagnose(findings, graph, catalog, results).map((cause) => {
    const symptoms = cause.symptoms.map((id) => messageOf.get(id)).sort();
    return [cause.messageId, ...(symptoms.length > 0 ? ['>', ...symptoms] : [])].join(' ');
  });
}

const shop = namespace('shop', { metadata: { labels: { 'kubernetes.io/metadata.name': 'shop' } } });
const ca = await issueCa('hook-ca');
const ended = await issue('hook', {
  issuer: ca,
  names: ['hook.shop.svc'],
  notBefore: ago(90 * DAY),
  notAfter: ago(DAY),
});

function config(caBundle = base64(ca.pem)) {
  const clientConfig = { service: { namespace: 'shop', name: 'hook', port: 80 }, caBundle };
  return webhookConfiguration('policy', [webhook('pods.policy.example', { clientConfig })]);
}

const refused = anyObject('apps/v1', 'ReplicaSet', 'web-5d4f9', 'shop', {
  metadata: {
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u', controller: true }],
  },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } } },
  },
  status: {
    replicas: 0,
    conditions: [
      condition('ReplicaFailure', 'True', {
        reason: 'FailedCreate',
        message:
          'Internal error occurred: failed calling webhook "pods.policy.example": failed to call webhook: Post "https://hook.shop.svc:80/?timeout=10s": no endpoints available for service "hook"',
      }),
    ],
  },
});
const web = deployment('web', {
  spec: { replicas: 2 },
  status: { replicas: 0, readyReplicas: 0, availableReplicas: 0, updatedReplicas: 0, unavailableReplicas: 2 },
});
const hookPod = pod('hook-1', {
  metadata: { labels: { app: 'hook' } },
  spec: { volumes: [{ name: 'tls', secret: { secretName: 'hook-tls' } }] },
  status: { conditions: [condition('Ready', 'False', { lastTransitionTime: ago(900) })] },
});

describe('a webhook', () => {
  it('whose pods are not ready stops the pods of others: its Service is the cause', () => {
    expect(causesOf({ objects: [shop, config(), service('hook'), hookPod, web, refused] })).toEqual([
      'noneReady > lockedOut webhookFailed',
    ]);
  });

  it('whose Service is gone is the cause itself', () => {
    expect(causesOf({ objects: [shop, config(), web, refused] })).toEqual(['serviceMissing > webhookFailed']);
  });

  it('whose certificate cert-manager does not renew fails because of that', () => {
    const ready = { conditions: [condition('Ready', 'True', { lastTransitionTime: ago(DAY) })] };
    const kept = secret('hook-tls', {
      metadata: { annotations: { 'cert-manager.io/certificate-name': 'hook' } },
      data: { 'tls.crt': base64(ended.pem) },
    });
    const certificate = anyObject('cert-manager.io/v1', 'Certificate', 'hook', 'shop', {
      spec: { secretName: 'hook-tls', issuerRef: { name: 'gone' } },
      status: { conditions: [condition('Ready', 'False', { lastTransitionTime: ago(DAY) })] },
    });

    expect(
      causesOf({
        objects: [
          shop,
          config(),
          service('hook'),
          { ...hookPod, status: ready },
          kept,
          certificate,
          endpointSlice('hook', [{ ip: '10.1.0.7', pod: 'hook-1' }]),
          web,
          refused,
        ],
      }),
    ).toEqual(['issuerMissing > expired expired webhookFailed']);
  });
});

describe('a namespace that does not go', () => {
  function leaving(conditions: readonly object[]) {
    return namespace('old', {
      metadata: { deletionTimestamp: ago(3600) },
      status: { phase: 'Terminating', conditions },
    });
  }

  it('waits for an aggregated API', () => {
    const down = {
      type: 'Available',
      status: 'False',
      reason: 'ServiceNotFound',
      lastTransitionTime: ago(7200),
    };
    const message =
      'Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1';

    expect(
      causesOf({
        objects: [
          leaving([condition('NamespaceDeletionDiscoveryFailure', 'True', { message })]),
          apiService('v1beta1.metrics.k8s.io', { status: { conditions: [down] } }),
        ],
      }),
    ).toEqual(['serviceMissing > discoveryFails']);
  });

  it('waits for an object in it', () => {
    const held = service('web', {
      metadata: {
        namespace: 'old',
        deletionTimestamp: ago(3600),
        finalizers: ['service.kubernetes.io/load-balancer-cleanup'],
      },
      spec: { selector: {} },
    });
    const message =
      'Some content in the namespace has finalizers remaining: service.kubernetes.io/load-balancer-cleanup in 1 resource instances';

    expect(
      causesOf({
        objects: [leaving([condition('NamespaceFinalizersRemaining', 'True', { message })]), held],
      }),
    ).toEqual(['heldByFinalizer > finalizersRemain']);
  });
});

describe('a refused request', () => {
  it('comes from a binding whose role is missing', () => {
    const text =
      '2026-01-15T11:58:00Z pods is forbidden: User "system:serviceaccount:shop:web" cannot list resource "pods" in API group "" in the namespace "shop"\n';

    expect(
      causesOf({
        objects: [
          serviceAccount('web'),
          roleBinding('web', 'gone'),
          pod('web', { spec: { serviceAccountName: 'web' } }),
        ],
        logs: [{ namespace: 'shop', pod: 'web', container: 'app', text }],
      }),
    ).toEqual(['roleMissingInNamespace > notBound']);
  });
});
