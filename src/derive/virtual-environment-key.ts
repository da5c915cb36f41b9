import type { CertificateFacts } from '../artifacts/x509.ts';

/** A pair of key and certificate that lies in KtEnv's repository for everybody to read. */
export interface ShippedKey {
  /** Versions of KtEnv whose manifests hold it. */
  readonly versions: string;
  /** Its serving certificate has a common name only, which API servers since 1.19 (Go 1.15) do not accept. */
  readonly onlyCommonName: boolean;
}

/**
 * Authorities of the `caBundle` in KtEnv's manifests by the SHA-256 of their DER form: computed from
 * deploy/webhooks and deploy/global/ktenv_webhook.yaml of alibaba/virtual-environment at the tags named.
 */
const SHIPPED: Readonly<Record<string, ShippedKey>> = {
  '6e6c389d51d3e72f426a73defd65075eee401161e89b8963775abe84644a9dfb': {
    versions: 'v0.2.4 to v0.3.1',
    onlyCommonName: true,
  },
  e76e747031f664ef935aac9e4df338ab65d76d8a3b2b7c4953133b45a0b8d6bf: {
    versions: 'v0.3.2 to v0.5.4',
    onlyCommonName: true,
  },
  '66770213db31d6dbb0dad4d0fe7256bfda72d46133a42c2d37484d60a77024e6': {
    versions: 'v0.6.0',
    onlyCommonName: false,
  },
};

/** The shipped key an authority belongs to; undefined for one of somebody's own. */
export function shippedKey({ fingerprint }: Pick<CertificateFacts, 'fingerprint'>): ShippedKey | undefined {
  return SHIPPED[fingerprint];
}
