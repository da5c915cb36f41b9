import {
  acmeChallenges,
  acmeOrders,
  type CertManagerCertificateItem,
  certificateRequests,
  certManagerCertificates,
  clusterIssuers,
  issuers,
} from '../artifacts/cert-manager-resources.ts';
import { defineDerived, type Inputs, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';
import type { ObjectRef } from '../model/subject.ts';

interface Shown {
  readonly item: ResourceIdentity;
  readonly pointer: string;
}

/** Where the issuing of a certificate is stuck, from the issuer down to the last step. */
export type IssuanceObstacle =
  | { readonly kind: 'issuerMissing'; readonly issuer: ObjectRef }
  | {
      readonly kind: 'issuerNotReady';
      readonly issuer: ObjectRef;
      readonly detail: string;
      readonly shown: Shown;
    }
  | { readonly kind: 'requestDenied' | 'requestFailed'; readonly detail: string; readonly shown: Shown }
  | {
      readonly kind: 'challengeFails';
      readonly host: string;
      readonly type: string;
      readonly detail: string;
      readonly shown: Shown;
    }
  | { readonly kind: 'orderFails'; readonly detail: string; readonly shown: Shown }
  /** Only the certificate itself says something. */
  | { readonly kind: 'unknown' };

/** cert-manager's objects, followed from a Certificate to what it waits for. */
export interface IssuanceCases {
  obstacleOf(certificate: CertManagerCertificateItem): IssuanceObstacle;
}

const needs = {
  issuers: optional(issuers),
  clusterIssuers: optional(clusterIssuers),
  requests: optional(certificateRequests),
  orders: optional(acmeOrders),
  challenges: optional(acmeChallenges),
};
const GROUP = 'cert-manager.io';

/** Why Certificates of cert-manager are not issued. */
export const issuanceCases = defineDerived({
  id: 'issuance-cases',
  title: 'Certificates of cert-manager',
  needs: { certificates: optional(certManagerCertificates), ...needs },
  derive(inputs): IssuanceCases {
    const owned = new Map<string, ResourceIdentity[]>();
    for (const { items } of [inputs.requests, inputs.orders, inputs.challenges]) {
      for (const item of items as readonly ResourceIdentity[]) {
        for (const { kind, name } of item.metadata.ownerReferences ?? [])
          getOrCreate(owned, `${kind}/${item.metadata.namespace}/${name}`, () => []).push(item);
      }
    }
    return {
      obstacleOf: (certificate) => issuerObstacle(certificate, inputs) ?? stepObstacle(certificate, owned),
    };
  },
});

function issuerObstacle(
  { spec, metadata }: CertManagerCertificateItem,
  inputs: Inputs<typeof needs>,
): IssuanceObstacle | undefined {
  const { name, kind = 'Issuer', group = GROUP } = spec?.issuerRef ?? { name: '' };
  // Issuers of other groups are kinds of their own.
  if (name === '' || group !== GROUP) return undefined;
  const { namespace = '' } = metadata;
  const isLocal = kind === 'Issuer';
  const found = isLocal ? inputs.issuers.lookup({ namespace, name }) : inputs.clusterIssuers.lookup({ name });
  const issuer: ObjectRef = { group, kind, ...(isLocal ? { namespace } : {}), name };
  if (found.state === 'absent') return { kind: 'issuerMissing', issuer };
  if (found.state === 'unseen') return undefined;
  const { item } = found;
  const index = item.status?.conditions?.findIndex((one) => one.type === 'Ready') ?? -1;
  const ready = item.status?.conditions?.[index];
  if (!ready || ready.status === 'True') return undefined;
  const detail = sentence(ready.message ?? ready.reason);
  return { kind: 'issuerNotReady', issuer, detail, shown: { item, pointer: `/status/conditions/${index}` } };
}

interface StatusShape extends ResourceIdentity {
  readonly spec?: { readonly dnsName?: string; readonly type?: string };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
    readonly state?: string;
    readonly reason?: string;
  };
}

function stepObstacle(
  { metadata }: CertManagerCertificateItem,
  owned: ReadonlyMap<string, readonly ResourceIdentity[]>,
): IssuanceObstacle {
  const below = ({ kind, metadata: { namespace, name } }: Pick<ResourceIdentity, 'kind' | 'metadata'>) =>
    newestFirst(owned.get(`${kind}/${namespace}/${name}`) ?? []) as readonly StatusShape[];
  const [request] = below({ kind: 'Certificate', metadata });
  if (!request) return { kind: 'unknown' };
  const [order] = below(request);
  const challenge = order && below(order).find((one) => one.status?.state !== 'valid');
  if (challenge?.status?.reason) {
    const { spec = {}, status } = challenge;
    return {
      kind: 'challengeFails',
      host: spec.dnsName ?? '',
      type: spec.type ?? '',
      detail: sentence(status.reason),
      shown: { item: challenge, pointer: '/status' },
    };
  }
  if (order?.status?.state && ['invalid', 'errored', 'expired'].includes(order.status.state)) {
    const detail = sentence(order.status.reason ?? `the order is ${order.status.state}`);
    return { kind: 'orderFails', detail, shown: { item: order, pointer: '/status' } };
  }
  return requestObstacle(request);
}

function requestObstacle(request: StatusShape): IssuanceObstacle {
  const conditions = request.status?.conditions ?? [];
  for (const [index, { type, status, reason, message }] of conditions.entries()) {
    const shown = { item: request, pointer: `/status/conditions/${index}` };
    const detail = sentence(message ?? reason);
    if (type === 'Denied' && status === 'True') return { kind: 'requestDenied', detail, shown };
    if (type === 'Ready' && reason === 'Failed') return { kind: 'requestFailed', detail, shown };
  }
  return { kind: 'unknown' };
}

function newestFirst(items: readonly ResourceIdentity[]): ResourceIdentity[] {
  const created = (item: ResourceIdentity): string => item.metadata.creationTimestamp ?? '';
  return [...items].sort((a, b) => (created(a) < created(b) ? 1 : created(a) > created(b) ? -1 : 0));
}

/** One line without its full stop. */
export function sentence(text: string | undefined): string {
  return (text ?? 'no reason is given').replace(/\s+/g, ' ').trim().replace(/\.$/, '');
}
