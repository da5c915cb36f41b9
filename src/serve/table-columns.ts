import { ageText } from './duration.ts';
import { type JsonObject, listAt, numberAt, textAt, textsAt, valueAt } from './json-path.ts';
import { EVENT_COLUMNS } from './table-columns-events.ts';
import { POD_COLUMNS } from './table-columns-pods.ts';

/** What a cell of a table may hold. */
export type Cell = string | number | boolean | null;

/** One column of a kind; titles are those `kubectl get` prints in capitals. */
export interface Column {
  readonly name: string;
  /** OpenAPI type; `string` unless said. */
  readonly type?: string;
  /** `name` marks the column with the name of the object. */
  readonly format?: string;
  /** Above 0: shown with `-o wide` only. */
  readonly priority?: number;
  /** `now` in milliseconds: the moment the object was observed. */
  value(object: JsonObject, now: number): Cell;
}

/** The name of the object. */
export const NAME: Column = {
  name: 'Name',
  format: 'name',
  value: (object) => textAt(object, 'metadata', 'name'),
};

/** Time since the object was created. */
export const AGE: Column = {
  name: 'Age',
  value: (object, now) => ageText(valueAt(object, 'metadata', 'creationTimestamp'), now),
};

/** What kubectl prints where there is nothing. */
const NONE = '<none>';

function text(name: string, ...path: readonly string[]): Column {
  return { name, value: (object) => textAt(object, ...path) || NONE };
}

function count(name: string, ...path: readonly string[]): Column {
  return { name, type: 'integer', value: (object) => numberAt(object, ...path) };
}

function wide(column: Column): Column {
  return { ...column, priority: 1 };
}

function ready(wanted: readonly string[]): Column {
  return {
    name: 'Ready',
    value: (object) => `${numberAt(object, 'status', 'readyReplicas')}/${numberAt(object, ...wanted)}`,
  };
}

/** Names and images of a pod template, and the selector. */
const TEMPLATE: readonly Column[] = [
  wide({ name: 'Containers', value: (object) => containerTexts(object, 'name') }),
  wide({ name: 'Images', value: (object) => containerTexts(object, 'image') }),
  wide({ name: 'Selector', value: (object) => pairs(textsAt(object, 'spec', 'selector', 'matchLabels')) }),
];

function containerTexts(object: JsonObject, field: string): string {
  return listAt(object, 'spec', 'template', 'spec', 'containers')
    .map((container) => textAt(container, field))
    .join(',');
}

function pairs(texts: Readonly<Record<string, string>>): string {
  const all = Object.entries(texts).map(([name, value]) => `${name}=${value}`);
  return all.length === 0 ? NONE : all.sort().join(',');
}

const ROLE = 'node-role.kubernetes.io/';

function nodeStatus(node: JsonObject): string {
  const condition = listAt(node, 'status', 'conditions').find((one) => textAt(one, 'type') === 'Ready');
  const state = { True: 'Ready', '': 'Unknown' }[textAt(condition, 'status')] ?? 'NotReady';
  return valueAt(node, 'spec', 'unschedulable') === true ? `${state},SchedulingDisabled` : state;
}

function nodeRoles(node: JsonObject): string {
  const roles = Object.keys(textsAt(node, 'metadata', 'labels')).filter((label) => label.startsWith(ROLE));
  return roles.length === 0
    ? NONE
    : roles
        .map((label) => label.slice(ROLE.length))
        .sort()
        .join(',');
}

function nodeAddress(type: string): (node: JsonObject) => string {
  return (node) =>
    textAt(
      listAt(node, 'status', 'addresses').find((one) => textAt(one, 'type') === type),
      'address',
    ) || NONE;
}

function servicePorts(service: JsonObject): string {
  const ports = listAt(service, 'spec', 'ports').map((port) => {
    const node = numberAt(port, 'nodePort');
    return `${numberAt(port, 'port')}${node === 0 ? '' : `:${node}`}/${textAt(port, 'protocol') || 'TCP'}`;
  });
  return ports.length === 0 ? NONE : ports.join(',');
}

function externalAddresses(service: JsonObject): string {
  const given = listAt(service, 'spec', 'externalIPs').map(String);
  const balanced = listAt(service, 'status', 'loadBalancer', 'ingress').map(
    (one) => textAt(one, 'ip') || textAt(one, 'hostname'),
  );
  const name = textAt(service, 'spec', 'externalName');
  const all = [...balanced, ...given, ...(name === '' ? [] : [name])];
  if (all.length > 0) return all.join(',');
  return textAt(service, 'spec', 'type') === 'LoadBalancer' ? '<pending>' : NONE;
}

/** Addresses shown before `+ n more...`, as kubectl. */
const ADDRESSES_SHOWN = 3;

function shortened(all: readonly string[]): string {
  if (all.length === 0) return NONE;
  const more = all.length - ADDRESSES_SHOWN;
  return `${all.slice(0, ADDRESSES_SHOWN).join(',')}${more > 0 ? ` + ${more} more...` : ''}`;
}

function endpointAddresses(endpoints: JsonObject): string {
  const all = listAt(endpoints, 'subsets').flatMap((subset) => {
    const ports = listAt(subset, 'ports').map((port) => numberAt(port, 'port'));
    return listAt(subset, 'addresses').flatMap((address) =>
      ports.length === 0 ? [textAt(address, 'ip')] : ports.map((port) => `${textAt(address, 'ip')}:${port}`),
    );
  });
  return shortened(all);
}

function sizeOf(...path: readonly string[]): Column {
  return {
    name: 'Data',
    type: 'integer',
    value: (object) => Object.keys((valueAt(object, ...path) as object | undefined) ?? {}).length,
  };
}

function ingressHosts(ingress: JsonObject): string {
  const hosts = listAt(ingress, 'spec', 'rules').map((rule) => textAt(rule, 'host') || '*');
  return hosts.length === 0 ? '*' : hosts.join(',');
}

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

function accessModes(...path: readonly string[]): Column {
  return {
    name: 'Access Modes',
    value: (object) =>
      listAt(object, ...path)
        .map((mode) => MODES[String(mode)] ?? String(mode))
        .join(','),
  };
}

/** Columns by `<group>/<plural>`; all other kinds show name and age. */
export const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  '/pods': [NAME, ...POD_COLUMNS],
  '/events': EVENT_COLUMNS,
  'events.k8s.io/events': EVENT_COLUMNS,
  '/nodes': [
    NAME,
    { name: 'Status', value: nodeStatus },
    { name: 'Roles', value: nodeRoles },
    AGE,
    text('Version', 'status', 'nodeInfo', 'kubeletVersion'),
    wide({ name: 'Internal-IP', value: nodeAddress('InternalIP') }),
    wide({ name: 'External-IP', value: nodeAddress('ExternalIP') }),
    wide(text('OS-Image', 'status', 'nodeInfo', 'osImage')),
    wide(text('Kernel-Version', 'status', 'nodeInfo', 'kernelVersion')),
    wide(text('Container-Runtime', 'status', 'nodeInfo', 'containerRuntimeVersion')),
  ],
  '/namespaces': [NAME, text('Status', 'status', 'phase'), AGE],
  '/configmaps': [NAME, sizeOf('data'), AGE],
  '/secrets': [NAME, text('Type', 'type'), sizeOf('data'), AGE],
  '/services': [
    NAME,
    text('Type', 'spec', 'type'),
    text('Cluster-IP', 'spec', 'clusterIP'),
    { name: 'External-IP', value: externalAddresses },
    { name: 'Port(s)', value: servicePorts },
    AGE,
    wide({ name: 'Selector', value: (service) => pairs(textsAt(service, 'spec', 'selector')) }),
  ],
  '/endpoints': [NAME, { name: 'Endpoints', value: endpointAddresses }, AGE],
  '/persistentvolumes': [
    NAME,
    text('Capacity', 'spec', 'capacity', 'storage'),
    accessModes('spec', 'accessModes'),
    text('Reclaim Policy', 'spec', 'persistentVolumeReclaimPolicy'),
    text('Status', 'status', 'phase'),
    {
      name: 'Claim',
      value: (volume) =>
        ['namespace', 'name']
          .map((field) => textAt(volume, 'spec', 'claimRef', field))
          .filter((part) => part !== '')
          .join('/'),
    },
    text('StorageClass', 'spec', 'storageClassName'),
    { name: 'Reason', value: (volume) => textAt(volume, 'status', 'reason') },
    AGE,
  ],
  '/persistentvolumeclaims': [
    NAME,
    text('Status', 'status', 'phase'),
    { name: 'Volume', value: (claim) => textAt(claim, 'spec', 'volumeName') },
    { name: 'Capacity', value: (claim) => textAt(claim, 'status', 'capacity', 'storage') },
    accessModes('status', 'accessModes'),
    text('StorageClass', 'spec', 'storageClassName'),
    AGE,
  ],
  'apps/deployments': [
    NAME,
    ready(['spec', 'replicas']),
    count('Up-to-date', 'status', 'updatedReplicas'),
    count('Available', 'status', 'availableReplicas'),
    AGE,
    ...TEMPLATE,
  ],
  'apps/replicasets': [
    NAME,
    count('Desired', 'spec', 'replicas'),
    count('Current', 'status', 'replicas'),
    count('Ready', 'status', 'readyReplicas'),
    AGE,
    ...TEMPLATE,
  ],
  'apps/statefulsets': [NAME, ready(['spec', 'replicas']), AGE, ...TEMPLATE.slice(0, 2)],
  'apps/daemonsets': [
    NAME,
    count('Desired', 'status', 'desiredNumberScheduled'),
    count('Current', 'status', 'currentNumberScheduled'),
    count('Ready', 'status', 'numberReady'),
    count('Up-to-date', 'status', 'updatedNumberScheduled'),
    count('Available', 'status', 'numberAvailable'),
    {
      name: 'Node Selector',
      value: (set) => pairs(textsAt(set, 'spec', 'template', 'spec', 'nodeSelector')),
    },
    AGE,
    ...TEMPLATE,
  ],
  'batch/jobs': [
    NAME,
    {
      name: 'Completions',
      value: (job) => `${numberAt(job, 'status', 'succeeded')}/${textAt(job, 'spec', 'completions') || '1'}`,
    },
    {
      name: 'Duration',
      value(job, now) {
        const end = Date.parse(textAt(job, 'status', 'completionTime'));
        const start = valueAt(job, 'status', 'startTime');
        return start === undefined ? '' : ageText(start, Number.isNaN(end) ? now : end);
      },
    },
    AGE,
    ...TEMPLATE,
  ],
  'batch/cronjobs': [
    NAME,
    text('Schedule', 'spec', 'schedule'),
    text('Timezone', 'spec', 'timeZone'),
    { name: 'Suspend', type: 'boolean', value: (job) => textAt(job, 'spec', 'suspend') === 'true' },
    { name: 'Active', type: 'integer', value: (job) => listAt(job, 'status', 'active').length },
    {
      name: 'Last Schedule',
      value(job, now) {
        const last = valueAt(job, 'status', 'lastScheduleTime');
        return last === undefined ? NONE : ageText(last, now);
      },
    },
    AGE,
  ],
  'networking.k8s.io/ingresses': [
    NAME,
    text('Class', 'spec', 'ingressClassName'),
    { name: 'Hosts', value: ingressHosts },
    {
      name: 'Address',
      value: (ingress) =>
        listAt(ingress, 'status', 'loadBalancer', 'ingress')
          .map((one) => textAt(one, 'ip') || textAt(one, 'hostname'))
          .join(','),
    },
    {
      name: 'Ports',
      value: (ingress) => (listAt(ingress, 'spec', 'tls').length > 0 ? '80, 443' : '80'),
    },
    AGE,
  ],
  'discovery.k8s.io/endpointslices': [
    NAME,
    text('AddressType', 'addressType'),
    {
      name: 'Ports',
      value: (slice) => shortened(listAt(slice, 'ports').map((port) => textAt(port, 'port'))),
    },
    {
      name: 'Endpoints',
      value: (slice) =>
        shortened(listAt(slice, 'endpoints').flatMap((one) => listAt(one, 'addresses').map(String))),
    },
    AGE,
  ],
  'coordination.k8s.io/leases': [NAME, text('Holder', 'spec', 'holderIdentity'), AGE],
  'apiextensions.k8s.io/customresourcedefinitions': [
    NAME,
    { name: 'Created At', type: 'date', value: (object) => textAt(object, 'metadata', 'creationTimestamp') },
  ],
};
