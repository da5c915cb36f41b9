import type { VirtualServiceItem } from '../artifacts/istio-resources.ts';
import type { ServiceItem } from '../artifacts/network-resources.ts';
import type { PodItem } from '../artifacts/resources.ts';
import type { IstioHosts } from './istio-hosts.ts';
import { isSniffed, istioProtocol, takesHttpRules } from './istio-protocol.ts';
import { isForMesh } from './istio-routes.ts';
import { numberOf } from './target-port.ts';

type ServicePort = NonNullable<NonNullable<ServiceItem['spec']>['ports']>[number];

/** A port whose protocol nothing declares. */
export interface SniffedPort {
  readonly port: ServicePort;
  /** Position in `spec.ports`. */
  readonly index: number;
}

/** Where the client waits for the server to speak: FTP, SSH, POP3, IMAP, mail submission, MySQL, VNC. */
const SERVER_FIRST: ReadonlyMap<number, string> = new Map([
  [21, 'FTP'],
  [22, 'SSH'],
  [110, 'POP3'],
  [143, 'IMAP'],
  [587, 'SMTP'],
  [2525, 'SMTP'],
  [3306, 'MySQL'],
  [33060, 'MySQL'],
  [5900, 'VNC'],
]);
/** Images of servers that speak first, whatever their port; not what stands beside them, as `mysql-exporter`. */
const SERVER_FIRST_IMAGE =
  /(?:^|\/)(mysql|mysql-server|mariadb|percona-server|vsftpd|openssh-server|sftp|postfix)(?:[:@]|$)/;

/** Ports of a Service whose first bytes decide what they speak. */
export function sniffedPorts({ spec }: ServiceItem): SniffedPort[] {
  return (spec?.ports ?? [])
    .map((port, index) => ({ port, index }))
    .filter(({ port }) => isSniffed(istioProtocol(port)));
}

/** What speaks first on a port of these pods; undefined when nothing says so. */
export function serverFirst(port: ServicePort, pod: PodItem): string | undefined {
  for (const container of pod.spec?.containers ?? []) {
    const target = numberOf((port.targetPort ?? port.port) as string | number, container);
    if (target === undefined) continue;
    const declares = (container.ports ?? []).some(({ containerPort }) => containerPort === target);
    const image = SERVER_FIRST_IMAGE.exec(container.image ?? '')?.[1];
    if (image && declares) return image;
    const known = SERVER_FIRST.get(target);
    if (known) return known;
  }
  return undefined;
}

/** The Service a VirtualService has `http` rules for, none of whose ports is HTTP: the rules are left out. */
export function* hostsWithoutHttp(item: VirtualServiceItem, hosts: IstioHosts): Generator<ServiceItem> {
  if ((item.spec?.http ?? []).length === 0 || !isForMesh(item)) return;
  for (const host of new Set(item.spec?.hosts ?? [])) {
    const found = hosts.find(host, item.metadata.namespace);
    if (found.state !== 'service') continue;
    const ports = found.item.spec?.ports ?? [];
    if (ports.length > 0 && !ports.some((port) => takesHttpRules(istioProtocol(port)))) yield found.item;
  }
}
