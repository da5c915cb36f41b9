import type { ServiceItem } from '../artifacts/network-resources.ts';
import type { PodItem } from '../artifacts/resources.ts';
import { numberOf } from './target-port.ts';

type ServicePort = NonNullable<NonNullable<ServiceItem['spec']>['ports']>[number];

/** Protocols that are told apart; HTTP/2 without TLS is what gRPC runs over. */
type Protocol = 'http' | 'https' | 'grpc';

/** A port whose name promises one protocol and whose program speaks another. */
export interface ProtocolClash {
  readonly promised: string;
  readonly by: string;
  readonly spoken: Protocol;
  /** JSON Pointer in the pod to what shows it. */
  readonly pointer: string;
}

/** What a port promises, by its appProtocol or by the first word of its name, as meshes and gateways read it. */
function promiseOf({
  name = '',
  appProtocol,
}: ServicePort): { protocol: Protocol; text: string; by: string } | undefined {
  const [text, by] = appProtocol ? [appProtocol, 'appProtocol'] : [name, 'name'];
  const word = /^(?:kubernetes\.io\/)?([a-z0-9]+)/.exec(text.toLowerCase())?.[1];
  if (word === 'http') return { protocol: 'http', text, by };
  if (word === 'https') return { protocol: 'https', text, by };
  if (word === 'grpc') return { protocol: 'grpc', text, by };
  return undefined;
}

/**
 * Where a Service promises another protocol than the probe of the pod shows to succeed on the same port, or
 * the container's own name of the port says. Undefined when they agree or nothing shows.
 */
export function protocolClash(port: ServicePort, pod: PodItem): ProtocolClash | undefined {
  const promise = promiseOf(port);
  if (!promise) return undefined;
  for (const [index, container] of (pod.spec?.containers ?? []).entries()) {
    const target = numberOf((port.targetPort ?? port.port) as string | number, container);
    if (target === undefined) continue;
    for (const field of ['readinessProbe', 'startupProbe', 'livenessProbe'] as const) {
      const probe = container[field];
      const probed = numberOf(
        (probe?.httpGet?.port ?? probe?.grpc?.port) as string | number | undefined,
        container,
      );
      if (probed !== target) continue;
      const spoken = probe?.grpc ? 'grpc' : probe?.httpGet?.scheme === 'HTTPS' ? 'https' : 'http';
      const pointer = `/spec/containers/${index}/${field}`;
      return spoken === promise.protocol
        ? undefined
        : { promised: promise.text, by: promise.by, spoken, pointer };
    }
    const named = (container.ports ?? []).find((one) => one.containerPort === target);
    if (named?.name?.startsWith('grpc') && promise.protocol === 'http') {
      const pointer = `/spec/containers/${index}/ports`;
      return { promised: promise.text, by: promise.by, spoken: 'grpc', pointer };
    }
  }
  return undefined;
}
