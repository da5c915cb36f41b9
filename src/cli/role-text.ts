import type { RoleObject, RoleRule } from '../collect/role-objects.ts';

/** Who gets the roles: a ServiceAccount made beside them, or a user or group that exists. */
export type RoleSubject =
  | { readonly kind: 'ServiceAccount'; readonly name: string; readonly namespace: string }
  | { readonly kind: 'User' | 'Group'; readonly name: string };

/** What is printed. */
export interface RolePrint {
  /** Name of every object. */
  readonly name: string;
  readonly subject: RoleSubject;
  readonly roles: readonly RoleObject[];
  /** Lines of the comment on top. */
  readonly intro: readonly string[];
}

const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** The objects as YAML for `kubectl apply -f -`; each resource has its reason beside it. */
export function roleYaml(print: RolePrint): string {
  const intro = print.intro.map((line) => `# ${line}`.trimEnd()).join('\n');
  const { subject, roles } = print;
  const documents = roles.flatMap((role) => [roleDocument(print, role), yamlOf(bindingOf(print, role))]);
  if (subject.kind === 'ServiceAccount') documents.unshift(yamlOf(accountOf(subject)));
  return `${intro}\n${documents.join('---\n')}`;
}

/** The same objects as one JSON List, which has no place for reasons. */
export function roleJson(print: RolePrint): string {
  const { subject, roles } = print;
  const items = roles.flatMap((role) => {
    const rules = role.rules.map(({ reasons: _, ...rule }) => rule);
    return [{ ...headOf(print, role), rules }, bindingOf(print, role)];
  });
  const account = subject.kind === 'ServiceAccount' ? [accountOf(subject)] : [];
  const list = { apiVersion: 'v1', kind: 'List', items: [...account, ...items] };
  return `${JSON.stringify(list, null, 2)}\n`;
}

function headOf({ name }: RolePrint, { namespace }: RoleObject) {
  const metadata = namespace === undefined ? { name } : { name, namespace };
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  return { apiVersion: `${RBAC_GROUP}/v1`, kind, metadata };
}

function bindingOf(print: RolePrint, role: RoleObject) {
  const { subject, name } = print;
  const { apiVersion, kind, metadata } = headOf(print, role);
  const who = subject.kind === 'ServiceAccount' ? subject : { apiGroup: RBAC_GROUP, ...subject };
  return {
    apiVersion,
    kind: `${kind}Binding`,
    metadata,
    roleRef: { apiGroup: RBAC_GROUP, kind, name },
    subjects: [who],
  };
}

function accountOf({ kind, name, namespace }: Extract<RoleSubject, { kind: 'ServiceAccount' }>) {
  return { apiVersion: 'v1', kind, metadata: { name, namespace } };
}

function roleDocument(print: RolePrint, role: RoleObject): string {
  return `${yamlOf(headOf(print, role))}rules:\n${role.rules.map(ruleText).join('')}`;
}

function ruleText({ apiGroups, resources, nonResourceURLs, verbs, reasons }: RoleRule): string {
  const groups = apiGroups === undefined ? '' : `apiGroups: [${apiGroups.map(scalar).join(', ')}]\n    `;
  const field = resources === undefined ? 'nonResourceURLs' : 'resources';
  const names = (resources ?? nonResourceURLs ?? []).map(
    (name) => `      - ${scalar(name)} # ${(reasons[name] ?? '').replace(/\s+/g, ' ')}\n`,
  );
  return `  - ${groups}${field}:\n${names.join('')}    verbs: [${verbs.map(scalar).join(', ')}]\n`;
}

/** Block style for the few shapes above: maps, and lists of maps. */
function yamlOf(value: object, indent = ''): string {
  return Object.entries(value)
    .map(([key, field]) => {
      if (Array.isArray(field))
        return `${indent}${key}:\n${field.map((one) => itemOf(one, indent)).join('')}`;
      if (typeof field === 'object' && field !== null)
        return `${indent}${key}:\n${yamlOf(field, `${indent}  `)}`;
      return `${indent}${key}: ${scalar(String(field))}\n`;
    })
    .join('');
}

function itemOf(item: object, indent: string): string {
  return `${indent}  - ${yamlOf(item, `${indent}    `).trimStart()}`;
}

/** Quoted unless it cannot be taken for anything but a string. */
function scalar(text: string): string {
  const isPlain =
    /^[A-Za-z][A-Za-z0-9./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain || /^\/[a-z/]+$/.test(text) ? text : JSON.stringify(text);
}
