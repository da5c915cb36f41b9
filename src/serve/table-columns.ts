import { AGE, type Column, NAME, NONE, pairs, textColumn, wide } from './column.ts';
import { type JsonObject, listAt, numberAt, textAt, textsAt, valueAt } from './json-path.ts';
import { EVENT_COLUMNS } from './table-columns-events.ts';
import { POD_COLUMNS } from './table-columns-pods.ts';
import { WORKLOAD_COLUMNS } from './table-columns-workloads.ts';

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

/** What kubectl prints for an EndpointSlice without ports or addresses. */
const UNSET = '<unset>';

/** Addresses shown before `+ n more...`, as kubectl. */
const ADDRESSES_SHOWN = 3;

function shortened(all: readonly string[]): string {
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
  return shortened(all) || NONE;
}

function backingService(apiService: JsonObject): string {
  const [namespace, name] = ['namespace', 'name'].map((field) =>
    textAt(apiService, 'spec', 'service', field),
  );
  return name === '' ? 'Local' : `${namespace}/${name}`;
}

function availability(apiService: JsonObject): string {
  const conditions = listAt(apiService, 'status', 'conditions');
  const condition = conditions.find((one) => textAt(one, 'type') === 'Available');
  const status = textAt(condition, 'status') || 'Unknown';
  return status === 'True' ? status : `${status} (${textAt(condition, 'reason')})`;
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
  ...WORKLOAD_COLUMNS,
  '/pods': [NAME, ...POD_COLUMNS],
  '/events': EVENT_COLUMNS,
  'events.k8s.io/events': EVENT_COLUMNS,
  '/nodes': [
    NAME,
    { name: 'Status', value: nodeStatus },
    { name: 'Roles', value: nodeRoles },
    AGE,
    textColumn('Version', 'status', 'nodeInfo', 'kubeletVersion'),
    wide({ name: 'Internal-IP', value: nodeAddress('InternalIP') }),
    wide({ name: 'External-IP', value: nodeAddress('ExternalIP') }),
    wide(textColumn('OS-Image', 'status', 'nodeInfo', 'osImage')),
    wide(textColumn('Kernel-Version', 'status', 'nodeInfo', 'kernelVersion')),
    wide(textColumn('Container-Runtime', 'status', 'nodeInfo', 'containerRuntimeVersion')),
  ],
  '/namespaces': [NAME, textColumn('Status', 'status', 'phase'), AGE],
  '/configmaps': [NAME, sizeOf('data'), AGE],
  '/secrets': [NAME, textColumn('Type', 'type'), sizeOf('data'), AGE],
  '/services': [
    NAME,
    textColumn('Type', 'spec', 'type'),
    textColumn('Cluster-IP', 'spec', 'clusterIP'),
    { name: 'External-IP', value: externalAddresses },
    { name: 'Port(s)', value: servicePorts },
    AGE,
    wide({ name: 'Selector', value: (service) => pairs(textsAt(service, 'spec', 'selector')) }),
  ],
  '/endpoints': [NAME, { name: 'Endpoints', value: endpointAddresses }, AGE],
  '/persistentvolumes': [
    NAME,
    textColumn('Capacity', 'spec', 'capacity', 'storage'),
    accessModes('spec', 'accessModes'),
    textColumn('Reclaim Policy', 'spec', 'persistentVolumeReclaimPolicy'),
    textColumn('Status', 'status', 'phase'),
    {
      name: 'Claim',
      value: (volume) =>
        ['namespace', 'name']
          .map((field) => textAt(volume, 'spec', 'claimRef', field))
          .filter((part) => part !== '')
          .join('/'),
    },
    textColumn('StorageClass', 'spec', 'storageClassName'),
    { name: 'Reason', value: (volume) => textAt(volume, 'status', 'reason') },
    AGE,
  ],
  '/persistentvolumeclaims': [
    NAME,
    textColumn('Status', 'status', 'phase'),
    { name: 'Volume', value: (claim) => textAt(claim, 'spec', 'volumeName') },
    { name: 'Capacity', value: (claim) => textAt(claim, 'status', 'capacity', 'storage') },
    accessModes('status', 'accessModes'),
    textColumn('StorageClass', 'spec', 'storageClassName'),
    AGE,
  ],
  'networking.k8s.io/ingresses': [
    NAME,
    textColumn('Class', 'spec', 'ingressClassName'),
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
    textColumn('AddressType', 'addressType'),
    {
      name: 'Ports',
      value: (slice) => shortened(listAt(slice, 'ports').map((port) => textAt(port, 'port'))) || UNSET,
    },
    {
      name: 'Endpoints',
      value: (slice) =>
        shortened(listAt(slice, 'endpoints').flatMap((one) => listAt(one, 'addresses').map(String))) || UNSET,
    },
    AGE,
  ],
  'apiregistration.k8s.io/apiservices': [
    NAME,
    { name: 'Service', value: backingService },
    { name: 'Available', value: availability },
    AGE,
  ],
  'coordination.k8s.io/leases': [NAME, textColumn('Holder', 'spec', 'holderIdentity'), AGE],
  'apiextensions.k8s.io/customresourcedefinitions': [
    NAME,
    { name: 'Created At', type: 'date', value: (object) => textAt(object, 'metadata', 'creationTimestamp') },
  ],
};
