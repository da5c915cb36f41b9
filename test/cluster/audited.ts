import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One request as the audit log of kube-apiserver has it. */
export interface AuditedRequest {
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly requestURI: string;
  readonly objectRef?: {
    readonly resource: string;
    readonly subresource?: string;
    readonly apiGroup?: string;
    readonly namespace?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

/** A rule of a Role or ClusterRole. */
export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/** Flags of kube-apiserver that make it write an audit log into a folder. */
export async function auditFlags(dir: string): Promise<string[]> {
  const policy = join(dir, 'audit-policy.yaml');
  // One line per request, without bodies: enough to prove what was asked for.
  const content = {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived', 'ResponseStarted'],
    rules: [{ level: 'Metadata' }],
  };
  await writeFile(policy, JSON.stringify(content));
  return [`--audit-policy-file=${policy}`, `--audit-log-path=${join(dir, 'audit.log')}`];
}

/** The requests of one user so far. */
export async function readAudit(dir: string, username: string): Promise<AuditedRequest[]> {
  const lines = (await readFile(join(dir, 'audit.log'), 'utf8')).split('\n').filter((line) => line !== '');
  return lines
    .map((line) => JSON.parse(line) as AuditedRequest)
    .filter((request) => request.user.username === username);
}

/** Requests that were refused. */
export function denied(requests: readonly AuditedRequest[]): string[] {
  return requests
    .filter(({ responseStatus }) => responseStatus?.code === 403)
    .map(({ verb, requestURI }) => `${verb} ${requestURI}`);
}

/** Rights of rules no request made use of, as `<verb> <resource>.<group>`. */
export function unused(rules: readonly Rule[], requests: readonly AuditedRequest[]): string[] {
  const used = new Set(
    requests.map(({ verb, requestURI, objectRef }) => {
      if (!objectRef) return `${verb} ${requestURI.split('?')[0]}`;
      const { resource, subresource, apiGroup = '' } = objectRef;
      return `${verb} ${subresource ? `${resource}/${subresource}` : resource}.${apiGroup}`;
    }),
  );
  const granted = rules.flatMap(({ apiGroups = [], resources = [], nonResourceURLs = [], verbs }) =>
    // Since 1.35 the server asks for `create` within the request it logs as `get`.
    verbs
      .filter((verb) => verb !== 'create')
      .flatMap((verb) => [
        ...nonResourceURLs.map((url) => `${verb} ${url}`),
        ...apiGroups.flatMap((group) => resources.map((resource) => `${verb} ${resource}.${group}`)),
      ]),
  );
  return granted.filter((right) => !used.has(right));
}
