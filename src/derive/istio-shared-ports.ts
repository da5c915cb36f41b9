import type { ServiceItem } from '../artifacts/network-resources.ts';
import type { PodItem } from '../artifacts/resources.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { oldestFirst } from './creation-order.ts';
import { type IstioProtocol, isDeclaredHttp, isSniffed, istioProtocol } from './istio-protocol.ts';
import { targetPortOf } from './target-port.ts';

/** One port of one Service that leads to a port of a pod. */
export interface PortClaim {
  readonly service: ServiceItem;
  /** Position in `spec.ports`. */
  readonly index: number;
  readonly port: number;
  readonly protocol: IstioProtocol;
}

/** Several Services that lead to one port of the same pods and do not agree. */
export interface SharedPort {
  readonly target: number;
  readonly is: 'protocol' | 'port';
  /** The oldest Service first: the sidecars go by it. */
  readonly first: PortClaim;
  readonly other: PortClaim;
}

/** Ports of a pod that two Services lead to, as HTTP and as TCP, or by different ports of their own. */
export function sharedPorts(pod: PodItem, services: readonly ServiceItem[]): SharedPort[] {
  if (services.length < 2) return [];
  const claims = new Map<number, PortClaim[]>();
  for (const service of oldestFirst(services)) {
    for (const [index, port] of (service.spec?.ports ?? []).entries()) {
      const target = targetPortOf(port, pod);
      const protocol = istioProtocol(port);
      if (target === undefined || protocol === 'UDP') continue;
      getOrCreate(claims, target, () => []).push({ service, index, port: port.port, protocol });
    }
  }
  return [...claims].flatMap(([target, [first, ...rest]]): SharedPort[] => {
    if (!first) return [];
    const others = rest.filter(({ service }) => service !== first.service);
    const differs = others.find(({ protocol }) => disagree(first.protocol, protocol));
    if (differs) return [{ target, is: 'protocol', first, other: differs }];
    const elsewhere = others.find(({ port }) => port !== first.port);
    return elsewhere ? [{ target, is: 'port', first, other: elsewhere }] : [];
  });
}

function disagree(a: IstioProtocol, b: IstioProtocol): boolean {
  return !isSniffed(a) && !isSniffed(b) && isDeclaredHttp(a) !== isDeclaredHttp(b);
}
