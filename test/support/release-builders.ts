import { ago, anyObject, type Built, secret } from './builders.ts';

type Parts = Record<string, unknown>;

/** The Secret of one revision of a Helm release, with the labels Helm 3 writes. */
export function helmSecret(
  release: string,
  revision: number,
  status: string,
  { namespace = 'shop', changed = 3600 }: { namespace?: string; changed?: number } = {},
): Built {
  return secret(`sh.helm.release.v1.${release}.v${revision}`, {
    type: 'helm.sh/release.v1',
    metadata: {
      namespace,
      creationTimestamp: ago(86_400),
      labels: {
        owner: 'helm',
        name: release,
        status,
        version: String(revision),
        modifiedAt: String(Math.floor(Date.parse(ago(changed)) / 1000)),
      },
    },
  });
}

/** An Addon of Konvoy in namespace kubeaddons, deployed and ready. */
export function addon(
  name: string,
  parts: Parts & { spec?: Parts; status?: Parts; metadata?: Parts } = {},
): Built {
  const { spec, status, metadata, ...rest } = parts;
  return anyObject('kubeaddons.mesosphere.io/v1beta2', 'Addon', name, 'kubeaddons', {
    ...rest,
    metadata: { labels: { 'kubeaddons.mesosphere.io/name': name }, ...metadata },
    spec: { namespace: 'kubeaddons', chartReference: { chart: name, version: '1.0.0' }, ...spec },
    status: { ready: true, stage: 'deployed', ...status },
  });
}

/** What an addon asks for by the name of another one. */
export function requires(...names: string[]): Parts {
  return { requires: names.map((name) => ({ matchLabels: { 'kubeaddons.mesosphere.io/name': name } })) };
}
