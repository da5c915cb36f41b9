import type { Explains } from '../model/message.ts';
import { type ObjectRef, type Subject, subjectOf } from '../model/subject.ts';
import type { DependencyError } from './dependency-error.ts';
import type { HostTarget } from './service-index.ts';

const FAILING = {
  severity: 'warning',
  confidence: { level: 'likely', reason: 'the last error of the container, which is not well, says so' },
  key: ['container'],
  effect: 'connection-failing',
  explains: [
    { effect: 'pod-crashing', via: ['same-object'] },
    { effect: 'pod-not-ready', via: ['same-object'] },
    { effect: 'pod-not-starting', via: ['same-object'] },
  ] satisfies readonly Explains[],
} as const;
const SAME_TARGET = ['target'] as const;
const LOG = {
  text: 'Read the lines around it.',
  argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '-c', '{container}', '--tail=100'],
} as const;

/** How a dependency fails a container, one message each. All take `container`, `pod` and `line`, the error. */
export const dependencyMessages = {
  connectionRefused: {
    ...FAILING,
    text: 'Container `{container:text}` of {pod:object} is not well: {target:text} refuses its connections (`{line:text}`).',
    remedy: [
      { text: 'Look whether the server behind that address runs, is ready and listens on that port.' },
      LOG,
    ],
    groupBy: SAME_TARGET,
  },
  noAnswer: {
    ...FAILING,
    text: 'Container `{container:text}` of {pod:object} is not well: {target:text} does not answer (`{line:text}`).',
    remedy: [
      {
        text: 'Look at what lies between: NetworkPolicies, firewalls and routes to that address, and the network plugin of the node.',
      },
      LOG,
    ],
    groupBy: SAME_TARGET,
  },
  nameUnknown: {
    ...FAILING,
    text: 'Container `{container:text}` of {pod:object} is not well: the name `{target:text}` does not resolve (`{line:text}`).',
    remedy: [
      {
        text: 'Compare the name in its configuration with the Services there are, and look at the cluster DNS.',
      },
      LOG,
    ],
    groupBy: SAME_TARGET,
  },
  serviceMissing: {
    ...FAILING,
    text: 'Container `{container:text}` of {pod:object} is not well: it looks for `{target:text}`, but there is no such Service (`{line:text}`).',
    remedy: [
      {
        text: 'Correct the name in its configuration, or create the Service; a Service of another namespace needs `name.namespace`.',
        argv: ['kubectl', 'get', 'services', '--all-namespaces'],
      },
      LOG,
    ],
    groupBy: SAME_TARGET,
  },
  tlsFails: {
    ...FAILING,
    text: 'Container `{container:text}` of {pod:object} is not well: TLS to {target:text} fails (`{line:text}`).',
    remedy: [
      {
        text: 'Compare validity, names and issuer of the certificate the server shows with the CA the client trusts.',
      },
      LOG,
    ],
    groupBy: SAME_TARGET,
  },
  credentialsRefused: {
    ...FAILING,
    text: 'Container `{container:text}` of {pod:object} is not well: a server refuses its credentials (`{line:text}`).',
    remedy: [
      {
        text: 'Compare user, password and rights on the server with the Secret the container gets; a changed Secret reaches environment variables with a restart only.',
      },
      LOG,
    ],
  },
  tooManyConnections: {
    ...FAILING,
    text: 'Container `{container:text}` of {pod:object} is not well: a server has no connection left for it (`{line:text}`).',
    remedy: [
      { text: 'Lower the pool sizes × replicas of its clients, or raise the limit of the server.' },
      LOG,
    ],
  },
  writeRefused: {
    ...FAILING,
    text: 'Container `{container:text}` of {pod:object} is not well: what it writes to is read-only or full (`{line:text}`).',
    remedy: [
      {
        text: 'Read-only: look whether the address leads to a replica or a failover is under way. No space: look at the volume or the disk the message names.',
      },
      LOG,
    ],
  },
  ownPodRefuses: {
    ...FAILING,
    text: 'Container `{container:text}` of {pod:object} is not well: nothing answers at {target:text}, inside its own pod (`{line:text}`).',
    remedy: [
      {
        text: 'Look at the other containers of the pod: a proxy that is not up yet, or an address meant for another host.',
      },
      LOG,
    ],
  },
  unnamed: {
    ...FAILING,
    text: 'Container `{container:text}` of {pod:object} is not well: something it depends on cannot be reached (`{line:text}`).',
    remedy: [{ text: 'Find in its configuration which server is meant.' }, LOG],
  },
} as const;

interface Base {
  readonly container: string;
  readonly pod: ObjectRef;
  readonly line: string;
}

interface Found {
  readonly base: Base;
  /** Where the host leads; undefined when the error names none. */
  readonly target: HostTarget | undefined;
  /** Of the pod: a short name means something there only. */
  readonly namespace: string;
}

/** An error as its message and values, with the objects it points at. */
export function dependencyFinding(error: DependencyError, found: Found) {
  const { base, target } = found;
  const related = relatedOf(error, target);
  switch (error.failure) {
    case 'credentials':
      return { message: 'credentialsRefused', values: base, related } as const;
    case 'tooManyConnections':
      return { message: 'tooManyConnections', values: base, related } as const;
    case 'readOnly':
    case 'noSpace':
      return { message: 'writeRefused', values: base, related } as const;
  }
  if (error.host === undefined) return { message: 'unnamed', values: base, related } as const;
  const values = { ...base, target: nameOf(error, found) };
  if (isOwn(error.host)) return { message: 'ownPodRefuses', values, related: [] } as const;
  if (error.failure === 'tls') return { message: 'tlsFails', values, related } as const;
  if (error.failure === 'nameUnknown')
    return {
      message: target?.found === 'nothing' ? 'serviceMissing' : 'nameUnknown',
      values,
      related,
    } as const;
  return {
    message: error.failure === 'timeout' ? 'noAnswer' : 'connectionRefused',
    values,
    related,
  } as const;
}

function isOwn(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.') || host === '::1' || host === '0.0.0.0';
}

/** The same text for the same server, whoever names it: Services with their namespace. */
function nameOf({ host = '', port }: DependencyError, { target, namespace }: Found): string {
  const suffix = port === undefined ? '' : `:${port}`;
  if (target?.found === 'service') {
    const { name, namespace: own = '' } = target.service.metadata;
    return `${name}.${own}${suffix}`;
  }
  if (target?.found === 'nothing') return `${target.name}.${target.namespace}${suffix}`;
  const isShort = !host.includes('.') && !host.includes(':') && !isOwn(host);
  return `${isShort ? `${host}.${namespace}` : host}${suffix}`;
}

function relatedOf({ host, port }: DependencyError, target: HostTarget | undefined): Subject[] {
  if (host === undefined || isOwn(host)) return [];
  if (target?.found === 'service') return [subjectOf(target.service)];
  if (target?.found === 'pod') return [subjectOf(target.pod)];
  if (target?.found === 'nothing')
    return [{ group: '', kind: 'Service', namespace: target.namespace, name: target.name }];
  return [{ external: 'host', name: port === undefined ? host : `${host}:${port}` }];
}
