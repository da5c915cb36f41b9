import { type Built, endpointSlice, service } from '../../support/builders.ts';
import { logLine } from '../../support/network-builders.ts';
import { labelled } from './service-cases.ts';

type Parts = Record<string, unknown>;

export const slice = endpointSlice('web', [{ ip: '10.1.0.7', pod: 'web-1' }]);

/** Service web with one port. */
export function withPort(port: Parts, spec: Parts = {}): Built {
  return service('web', { spec: { ports: [{ port: 80, protocol: 'TCP', ...port }], ...spec } });
}

/** Its ready pod with one container `app`. */
export function program(container: Parts = {}, others: Parts[] = []): Built {
  return labelled(
    'web-1',
    { app: 'web' },
    { spec: { containers: [{ name: 'app', image: 'shop/app:1', ...container }, ...others] } },
  );
}

export function declares(containerPort: number, parts: Parts = {}): Parts {
  return { ports: [{ containerPort, ...parts }] };
}

export function probes(port: number | string, parts: Parts = {}): Parts {
  return { readinessProbe: { httpGet: { path: '/', port, ...parts } } };
}

export function says(text: string) {
  return [{ namespace: 'shop', pod: 'web-1', container: 'app', text: logLine(3000, text) }];
}
