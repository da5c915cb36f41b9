import { document } from '../model/artifact.ts';
import { listIn, numberIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';

/** The operator's container that was asked. */
export interface EnvironmentOperatorRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** One reply of an operator as the document stores it. */
export interface StoredOperatorReply {
  /** `/status` or `/version`; never `/log`, which changes the level of the log. */
  readonly path: string;
  /** The parsed body. */
  readonly body?: unknown;
  /** Why there is no reply. */
  readonly error?: string;
}

/** A Service as the operator has recorded it. */
export interface RecordedService {
  readonly selectors: Readonly<Record<string, string>>;
  /** Ports by name; an unnamed port has the empty name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly gateways: readonly string[];
  readonly hosts: readonly string[];
  readonly rule: string;
}

/** What the operator of a namespace works with: its own view, kept in memory. */
export interface EnvironmentOperatorStatus {
  readonly operator: EnvironmentOperatorRef | undefined;
  /** `v0.6.0`. */
  readonly version?: string;
  /** The VirtualEnvironment it has recorded; `null`: none yet. Absent where it did not answer. */
  readonly instance?: { readonly namespace: string; readonly name: string } | null;
  /** By name; absent where it did not answer. */
  readonly services?: Readonly<Record<string, RecordedService>>;
  /** Labels of pod templates by `Deployment#name` and `StatefulSet#name`; absent where it did not answer. */
  readonly labels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Paths that gave no usable answer, each with its reason. */
  readonly errors: readonly string[];
}

/**
 * `/status` and `/version` of one operator pod of KtEnv, at 127.0.0.1:8000 inside it, which `inspector status` and
 * `inspector version` in its image print. Scope object Pod. Stored:
 * `{"operator": {"namespace", "pod", "container"}, "replies": [{"path": "/status", "body": {"VirtualEnv": …,
 * "Services": …, "Labels": …}}, {"path": "/version", "body": {"Version", "BuildTime"}} | {"path", "error"}]}`.
 * The reply of `/status` alone, as somebody saves it by hand, is read as well.
 */
export const virtualEnvironmentStatus = document<EnvironmentOperatorStatus>({
  id: 'virtual-environment-status',
  title: 'View of a KtEnv operator',
  contentType: 'json',
  rearranged: true,
  maxBytes: 4 * 1024 * 1024,
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    const replies = Array.isArray(stored.replies)
      ? stored.replies.map(replyOf)
      : [{ path: '/status', body: stored }];
    const status = answerOf(replies, '/status');
    const version = stringIn(answerOf(replies, '/version')?.Version);
    return {
      operator: operatorIn(stored.operator),
      ...(version === undefined ? {} : { version }),
      ...(isStatus(status) ? statusOf(status) : {}),
      errors: replies.flatMap(errorOf),
    };
  },
});

function replyOf(value: unknown): StoredOperatorReply {
  const { path, body, error } = objectIn(value);
  const reason = stringIn(error);
  return { path: stringIn(path) ?? '', body, ...(reason === undefined ? {} : { error: reason }) };
}

function answerOf(
  replies: readonly StoredOperatorReply[],
  path: string,
): Readonly<Record<string, unknown>> | undefined {
  const reply = replies.find((one) => one.path === path && one.error === undefined);
  return reply && objectIn(reply.body);
}

/** A proxy's error page in place of a reply has none of the three fields. */
function isStatus(
  body: Readonly<Record<string, unknown>> | undefined,
): body is Readonly<Record<string, unknown>> {
  return body !== undefined && 'VirtualEnv' in body && 'Services' in body && 'Labels' in body;
}

function statusOf(
  body: Readonly<Record<string, unknown>>,
): Pick<EnvironmentOperatorStatus, 'instance' | 'services' | 'labels'> {
  const { Namespace: namespace, Name: name } = objectIn(body.VirtualEnv);
  return {
    instance: typeof name === 'string' ? { namespace: stringIn(namespace) ?? '', name } : null,
    services: mapped(body.Services, serviceOf),
    labels: mapped(body.Labels, textsIn),
  };
}

function mapped<T>(value: unknown, make: (one: unknown) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(objectIn(value)).map(([key, one]) => [key, make(one)]));
}

function serviceOf(value: unknown): RecordedService {
  const { Selectors, Ports, Gateways, Hosts, CustomRule } = objectIn(value);
  const ports = Object.entries(objectIn(Ports)).flatMap(([name, port]) => {
    const number = numberIn(port);
    return number === undefined ? [] : [[name, number] as const];
  });
  return {
    selectors: textsIn(Selectors),
    ports: Object.fromEntries(ports),
    gateways: listIn(Gateways).flatMap((one) => stringIn(one) ?? []),
    hosts: listIn(Hosts).flatMap((one) => stringIn(one) ?? []),
    rule: stringIn(CustomRule) ?? '',
  };
}

function textsIn(value: unknown): Readonly<Record<string, string>> {
  const pairs = Object.entries(objectIn(value)).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  return Object.fromEntries(pairs);
}

function operatorIn(value: unknown): EnvironmentOperatorRef | undefined {
  const { namespace, pod, container } = objectIn(value);
  const names = [stringIn(namespace), stringIn(pod)] as const;
  if (names[0] === undefined || names[1] === undefined) return undefined;
  return { namespace: names[0], pod: names[1], container: stringIn(container) ?? '' };
}

function errorOf({ path, body, error }: StoredOperatorReply): string[] {
  if (error !== undefined) return [`${path}: ${error}`];
  if (path === '/status' && !isStatus(objectIn(body))) return [`${path}: not the reply of an operator`];
  return [];
}
