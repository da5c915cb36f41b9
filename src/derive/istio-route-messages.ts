import type { Message } from '../model/message.ts';

const ROUTE = {
  severity: 'critical',
  confidence: { level: 'certain', reason: 'the objects say so' },
  effect: 'route-broken',
  explains: [{ effect: 'connection-failing', via: ['same-object', 'fronts'] }],
} as const satisfies Partial<Message>;

const EDIT = {
  text: 'Correct the VirtualService.',
  argv: ['kubectl', 'edit', 'virtualservice', '{route.name}', '-n', '{route.namespace}'],
} as const;

/** What is said of VirtualServices that lead nowhere, and of DestinationRules for nothing. */
export const ROUTE_MESSAGES = {
  hostMissing: {
    ...ROUTE,
    text: '{route:object} sends traffic to `{host:text}`, which is neither a Service nor a host of a ServiceEntry: such requests get 503, and connections are closed.',
    remedy: [
      {
        text: 'Correct the host, or make the Service or ServiceEntry. A name without a dot means a Service in the namespace of the VirtualService; others are written in full.',
        argv: ['kubectl', 'get', 'services,serviceentries.networking.istio.io', '-A'],
      },
      EDIT,
    ],
    key: ['host'],
  },
  mirrorMissing: {
    ...ROUTE,
    severity: 'warning',
    explains: [],
    text: '{route:object} mirrors requests to `{host:text}`, which is neither a Service nor a host of a ServiceEntry: the copies are lost, the requests themselves are not.',
    remedy: [EDIT],
    key: ['host'],
  },
  hostIncomplete: {
    ...ROUTE,
    text: '{route:object} sends traffic to `{host:text}`, which Istio takes as it is: only names without a dot are completed, so {service:object} is not meant and such requests get 503.',
    remedy: [{ text: 'Write `{full:text}`.' }, EDIT],
    key: ['host'],
  },
  portMissing: {
    ...ROUTE,
    text: '{route:object} sends traffic to port {port:text} of `{host:text}`, which offers {offered:text}.',
    remedy: [{ text: 'Name the `port` of the Service, not its `targetPort`.' }, EDIT],
    key: ['host', 'port'],
  },
  portUnset: {
    ...ROUTE,
    severity: 'warning',
    confidence: { level: 'likely', reason: 'traffic is sent on by the port it came in by' },
    text: '{route:object} names no port of `{host:text}`, which offers {offered:text}; traffic comes in by {asked:text} and is sent on to the same port, which is not among them.',
    remedy: [{ text: 'Set `destination.port.number` to one of the ports.' }, EDIT],
    key: ['host'],
  },
  subsetMissing: {
    ...ROUTE,
    text: '{route:object} sends traffic for `{host:text}` to subsets no DestinationRule defines: {subsets:text} ({defined:text}). The proxies answer 503 with flag NC.',
    remedy: [
      {
        text: 'Define the subsets in a DestinationRule for the host, or correct their names.',
        argv: ['kubectl', 'get', 'destinationrules', '-A'],
      },
      EDIT,
    ],
    key: ['host'],
  },
  gatewayMissing: {
    ...ROUTE,
    severity: ['critical', 'warning'],
    text: '{route:object} is bound to {gateway:object}, which does not exist; {others:text}.',
    remedy: [
      {
        text: 'Correct the name: a Gateway in another namespace is written `namespace/name`.',
        argv: ['kubectl', 'get', 'gateways.networking.istio.io', '-A'],
      },
      EDIT,
    ],
    key: ['gateway'],
  },
  hostNotOnGateway: {
    ...ROUTE,
    severity: 'warning',
    text: 'None of the hosts {hosts:text} of {route:object} is served by its Gateways, which serve {served:text}: clients get 404.',
    remedy: [
      {
        text: 'Add the host to a server of the Gateway, or correct it. `namespace/host` in a Gateway lets in VirtualServices of that namespace only.',
      },
      EDIT,
    ],
  },
  delegateMissing: {
    ...ROUTE,
    text: '{route:object} leaves a rule to {delegate:object}, which does not exist: the rule is dropped.',
    remedy: [EDIT],
    key: ['delegate'],
  },
  ruleWithoutHost: {
    severity: 'info',
    confidence: { level: 'certain', reason: 'the objects say so' },
    text: '{rule:object} is for `{host:text}`, which is neither a Service nor a host of a ServiceEntry: it has no effect.',
    remedy: [
      {
        text: 'Delete it, or correct the host.',
        argv: ['kubectl', 'get', 'destinationrule', '{rule.name}', '-n', '{rule.namespace}', '-o', 'yaml'],
      },
    ],
  },
} as const satisfies Record<string, Message>;
