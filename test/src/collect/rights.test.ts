import { describe, expect, it } from 'vitest';
import { builtInKinds } from '../../../src/collect/built-in-kinds.ts';
import { type RightsOptions, rightsOf } from '../../../src/collect/rights.ts';
import { rolesOf } from '../../../src/collect/role-objects.ts';
import { type AnyCollector, defineCollector } from '../../../src/model/collector.ts';
import type { Discovery } from '../../../src/model/kube.ts';
import { sampleDiscovery } from '../../contract/sample-discovery.ts';

const OPTIONS: RightsOptions = {
  namespaces: [],
  portForward: true,
  optIns: [],
  nodeNamespace: 'kube-system',
};

function collector(id: string, rbac: AnyCollector['rbac'], more: object = {}): AnyCollector {
  return defineCollector({
    meta: { id, title: id, description: '', produces: [], ...more },
    needs: {},
    rbac,
  });
}

function rule(resource: string, verb: string, group = '') {
  return { apiGroups: [group], resources: [resource], verbs: [verb] };
}

function named(selected: readonly AnyCollector[], options: Partial<RightsOptions> = {}): string[] {
  const rights = rightsOf({ selected }, sampleDiscovery, { ...OPTIONS, ...options });
  return rights.map(({ namespace = '*', resource, url, verbs, whys }) =>
    [namespace, verbs.join('+'), resource ?? url, whys.join('; ')].join(' '),
  );
}

const NAMESPACES = '* list namespaces names the namespaces and tells the cluster from others';

const logs = collector('kubernetes/logs', () => [
  { rule: rule('pods', 'list'), why: 'finds the containers' },
  { rule: rule('pods/log', 'get'), why: 'reads logs' },
  { rule: { nonResourceURLs: ['/metrics'], verbs: ['get'] }, why: 'reads metrics' },
]);

describe('rightsOf', () => {
  it('adds what the engine itself lists', () => {
    expect(named([])).toEqual([NAMESPACES]);
  });

  it('joins the reasons of several collectors for one right', () => {
    const other = collector('kong/status', () => [{ rule: rule('pods', 'list'), why: 'finds Kong' }]);

    expect(named([logs, other])).toEqual([
      '* get /metrics reads metrics',
      NAMESPACES,
      '* list pods finds Kong; finds the containers',
      '* get pods/log reads logs',
    ]);
  });

  it('asks for namespaced kinds in the namespaces named, for all others in the cluster', () => {
    const nodes = collector('node/kubelet', () => [{ rule: rule('nodes', 'list'), why: 'finds nodes' }]);

    expect(named([logs, nodes], { namespaces: ['shop', 'kong'] })).toEqual([
      '* get /metrics reads metrics',
      NAMESPACES,
      '* list nodes finds nodes',
      'kong list pods finds the containers',
      'kong get pods/log reads logs',
      'shop list pods finds the containers',
      'shop get pods/log reads logs',
    ]);
  });

  it('leaves out kinds that are not served', () => {
    const gateways = collector('network/gateways', () => [
      { rule: rule('gateways', 'list', 'gateway.networking.k8s.io'), why: 'lists gateways' },
    ]);

    expect(named([gateways])).toEqual([NAMESPACES]);
  });

  it('leaves out what a flag turns on or off', () => {
    const etcd = collector('etcd/members', () => [
      { rule: rule('pods/portforward', 'get'), why: 'reads health' },
      { rule: rule('pods/exec', 'create'), why: 'runs etcdctl', optIn: '--exec' },
    ]);

    expect(named([etcd])).toEqual([NAMESPACES, '* get pods/portforward reads health']);
    expect(named([etcd], { portForward: false })).toEqual([NAMESPACES]);
    expect(named([etcd], { portForward: false, optIns: ['--exec'] })).toEqual([
      NAMESPACES,
      '* create pods/exec runs etcdctl',
    ]);
  });

  it('keeps objects made for a collection to their namespace', () => {
    const rbac = () => [{ rule: rule('pods/exec', 'create'), why: 'runs the script' }];
    const files = collector('node/files', rbac, { createsObjects: true, optIn: '--nodes' });

    expect(named([files], { namespaces: ['shop'], nodeNamespace: 'tools' })).toEqual([
      NAMESPACES,
      'tools create pods/exec runs the script',
    ]);
  });
});

describe('rolesOf', () => {
  it('makes one role per place, rules of one group and the same verbs joined', () => {
    const pods = collector('kubernetes/pods', () => [
      { rule: rule('services', 'list'), why: 'lists services' },
      { rule: rule('nodes', 'list'), why: 'lists nodes' },
      { rule: rule('pods/log', 'get'), why: 'reads logs' },
      { rule: rule('pods', 'list'), why: 'lists pods' },
    ]);
    const rights = rightsOf({ selected: [pods] }, sampleDiscovery, { ...OPTIONS, namespaces: ['shop'] });

    expect(rolesOf(rights)).toMatchObject([
      { namespace: undefined, rules: [{ resources: ['namespaces', 'nodes'], verbs: ['list'] }] },
      {
        namespace: 'shop',
        rules: [
          {
            apiGroups: [''],
            resources: ['pods', 'services'],
            verbs: ['list'],
            reasons: { pods: 'lists pods', services: 'lists services' },
          },
          { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
        ],
      },
    ]);
  });
});

describe('builtInKinds', () => {
  it('knows plurals and scopes of Kubernetes and of the groups named', () => {
    const kinds = builtInKinds(['gateway.networking.k8s.io', 'widgets.example.org']) as Discovery;

    expect(kinds.find('', 'Endpoints')).toMatchObject({ plural: 'endpoints', namespaced: true });
    expect(kinds.find('networking.k8s.io', 'NetworkPolicy')?.plural).toBe('networkpolicies');
    expect(kinds.find('networking.k8s.io', 'IPAddress')?.plural).toBe('ipaddresses');
    expect(kinds.find('gateway.networking.k8s.io', 'Gateway')?.plural).toBe('gateways');
    expect(kinds.find('gateway.networking.k8s.io', 'GatewayClass')).toMatchObject({ namespaced: false });
    expect(kinds.resources.map(({ group, plural }) => `${plural}.${group}`)).toContain('widgets.example.org');
  });

  it('names a group it does not know', () => {
    expect(builtInKinds(['widgets'])).toEqual({ unknown: 'widgets' });
  });
});
