import { type ItemOf, resources } from '../model/artifact.ts';
import { CONDITIONS } from './resources.ts';

// Kinds of cert-manager.io/v1 and acme.cert-manager.io/v1, which client-node has no types of. Fields as in
// cert-manager's API reference.

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

interface IssuerReference {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
}

interface Certificate {
  readonly spec?: {
    readonly secretName?: string;
    readonly dnsNames?: readonly string[];
    readonly issuerRef?: IssuerReference;
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly notAfter?: string;
    readonly renewalTime?: string;
    readonly lastFailureTime?: string;
    readonly failedIssuanceAttempts?: number;
  };
}

interface Issuer {
  readonly spec?: {
    readonly ca?: { readonly secretName?: string };
    readonly acme?: { readonly server?: string };
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

interface CertificateRequest {
  readonly spec?: { readonly issuerRef?: IssuerReference };
  readonly status?: { readonly conditions?: readonly Condition[]; readonly failureTime?: string };
}

interface Order {
  readonly status?: { readonly state?: string; readonly reason?: string; readonly failureTime?: string };
}

interface Challenge {
  readonly spec?: { readonly dnsName?: string; readonly type?: string };
  readonly status?: {
    readonly state?: string;
    readonly reason?: string;
    readonly presented?: boolean;
    readonly processing?: boolean;
  };
}

const ISSUER_REF = { group: true, kind: true, name: true } as const;

export const certManagerCertificates = resources<Certificate>()('cert-manager.io', 'Certificate', {
  spec: { secretName: true, dnsNames: true, issuerRef: ISSUER_REF },
  status: {
    conditions: CONDITIONS,
    notAfter: true,
    renewalTime: true,
    lastFailureTime: true,
    failedIssuanceAttempts: true,
  },
});
export type CertManagerCertificateItem = ItemOf<typeof certManagerCertificates>;

const ISSUER = {
  spec: { ca: { secretName: true }, acme: { server: true } },
  status: { conditions: CONDITIONS },
} as const;

export const issuers = resources<Issuer>()('cert-manager.io', 'Issuer', ISSUER);

export const clusterIssuers = resources<Issuer>()('cert-manager.io', 'ClusterIssuer', ISSUER, {
  namespaced: false,
});

export const certificateRequests = resources<CertificateRequest>()('cert-manager.io', 'CertificateRequest', {
  spec: { issuerRef: ISSUER_REF },
  status: { conditions: CONDITIONS, failureTime: true },
});

export const acmeOrders = resources<Order>()('acme.cert-manager.io', 'Order', {
  status: { state: true, reason: true, failureTime: true },
});

export const acmeChallenges = resources<Challenge>()('acme.cert-manager.io', 'Challenge', {
  spec: { dnsName: true, type: true },
  status: { state: true, reason: true, presented: true, processing: true },
});
