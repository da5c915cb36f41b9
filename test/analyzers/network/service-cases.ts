import { endpointSlices, endpoints } from '../../../src/artifacts/network-resources.ts';
import { ago, anyObject, type Built, condition, pod, service } from '../../support/builders.ts';

export const subject = 'Service/shop/web';
export const web = service('web');
export const NO_ENDPOINTS = [endpointSlices, endpoints];

export function labelled(
  name: string,
  labels: Record<string, string>,
  parts: Record<string, unknown> = {},
): Built {
  const { metadata, ...rest } = parts as { metadata?: object };
  return pod(name, { metadata: { labels, ...metadata }, ...rest });
}

export function unready(name: string, seconds = 900, parts: Record<string, unknown> = {}): Built {
  const conditions = [condition('Ready', 'False', { lastTransitionTime: ago(seconds) })];
  return labelled(name, { app: 'web' }, { status: { conditions }, ...parts });
}

export function labelsOf(value: string): Record<string, unknown> {
  return { template: { metadata: { labels: { app: value } } } };
}

export const ingress = anyObject('networking.k8s.io/v1', 'Ingress', 'shop', 'shop', {
  spec: {
    rules: [
      {
        host: 'shop.example',
        http: { paths: [{ path: '/', backend: { service: { name: 'web', port: { number: 80 } } } }] },
      },
    ],
  },
});
