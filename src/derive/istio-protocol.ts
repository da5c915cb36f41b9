/** What Istio takes a port to speak. `Unsupported`: nothing says so, and the first bytes of each connection decide. */
export type IstioProtocol =
  | 'UDP'
  | 'TCP'
  | 'GRPC'
  | 'GRPC-Web'
  | 'HTTP'
  | 'HTTP_PROXY'
  | 'HTTP2'
  | 'HTTPS'
  | 'TLS'
  | 'Mongo'
  | 'Redis'
  | 'MySQL'
  | 'Unsupported';

/** What of a Service port decides. */
export interface PortDeclaration {
  readonly name?: string | undefined;
  readonly port: number;
  readonly protocol?: string | undefined;
  readonly appProtocol?: string | null | undefined;
}

/** Words before the first hyphen of a name (istio pkg/config/protocol/instance.go, Parse). */
const BY_WORD: ReadonlyMap<string, IstioProtocol> = new Map([
  ['tcp', 'TCP'],
  ['udp', 'UDP'],
  ['grpc', 'GRPC'],
  ['http', 'HTTP'],
  ['http_proxy', 'HTTP_PROXY'],
  ['http2', 'HTTP2'],
  ['https', 'HTTPS'],
  ['tls', 'TLS'],
  ['mongo', 'Mongo'],
  ['redis', 'Redis'],
  ['mysql', 'MySQL'],
]);

/** Standard values of Kubernetes, which count in appProtocol only and as they are spelled. */
const STANDARD: ReadonlyMap<string, IstioProtocol> = new Map([
  ['kubernetes.io/h2c', 'HTTP2'],
  ['kubernetes.io/ws', 'HTTP'],
  ['kubernetes.io/wss', 'HTTPS'],
]);

/** SMTP, DNS, MySQL, MongoDB: there the server may speak first, so nothing is sniffed. */
const SERVER_FIRST_PORTS: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);

const HTTP_PROTOCOLS: ReadonlySet<IstioProtocol> = new Set([
  'HTTP',
  'HTTP2',
  'HTTP_PROXY',
  'GRPC',
  'GRPC-Web',
]);

const GRPC_WEB = 'grpc-web';

/**
 * The protocol of a Service port: UDP by its transport, else by appProtocol, else by the name
 * (istio pkg/config/kube/conversion.go, ConvertProtocol).
 */
export function istioProtocol({ name, port, protocol, appProtocol }: PortDeclaration): IstioProtocol {
  if (protocol === 'UDP') return 'UDP';
  const standard = STANDARD.get(appProtocol ?? '');
  if (standard) return standard;
  const declared = protocolNamed(appProtocol ?? name ?? '');
  return declared === 'Unsupported' && SERVER_FIRST_PORTS.has(port) ? 'TCP' : declared;
}

/** The protocol a text names, as in a port's name, a Gateway's server or a ServiceEntry: case does not matter. */
export function protocolNamed(text: string): IstioProtocol {
  const lower = text.toLowerCase();
  if (lower.startsWith(GRPC_WEB)) return 'GRPC-Web';
  const hyphen = lower.indexOf('-');
  const word = hyphen < 0 ? lower : lower.slice(0, hyphen);
  return BY_WORD.get(word) ?? 'Unsupported';
}

/** Whether `http` rules of a VirtualService apply: it is HTTP, or is once the first bytes show it. */
export function takesHttpRules(protocol: IstioProtocol): boolean {
  return protocol === 'Unsupported' || HTTP_PROTOCOLS.has(protocol);
}

/** Whether HTTP is declared: `http` rules apply whatever is sent. */
export function isDeclaredHttp(protocol: IstioProtocol): boolean {
  return HTTP_PROTOCOLS.has(protocol);
}

/** Whether the first bytes decide: a program that waits for the server to speak first waits for the timeout. */
export function isSniffed(protocol: IstioProtocol): boolean {
  return protocol === 'Unsupported';
}
