import { describe, expect, it } from 'vitest';
import { destinationRules } from '../../../src/artifacts/istio-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { virtualEnvironments } from '../../../src/artifacts/virtual-environment-resources.ts';
import { virtualEnvironmentStatus } from '../../../src/artifacts/virtual-environment-status.ts';
import {
  environmentProgram,
  isBefore,
  programVersion,
} from '../../../src/derive/virtual-environment-programs.ts';
import { environmentNamespaces } from '../../../src/derive/virtual-environments.ts';
import { CLUSTER_SCOPE } from '../../../src/model/scope.ts';
import { anyObject, deployment, pod } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import type { Given } from '../../support/given.ts';
import {
  demo,
  logLine,
  NAMESPACE,
  OPERATOR_POD,
  operatorDeployment,
  operatorLog,
  operatorPod,
  ownedBy,
  routesOf,
  virtualEnvironment,
} from '../../support/virtual-environment-builders.ts';

function found(given: Given) {
  return derivedFrom(environmentNamespaces, given);
}

function only(given: Given) {
  const { namespaces } = found(given);
  expect(namespaces).toHaveLength(1);
  return namespaces[0]!;
}

const TWO = [virtualEnvironment(), virtualEnvironment({ name: 'other' })];

describe('virtual environments of a cluster', () => {
  it('reads the demonstration of KtEnv', () => {
    const { namespace, effective, operator } = only({ objects: demo().filter(isRead) });
    expect(namespace).toBe(NAMESPACE);
    expect(effective).toMatchObject({
      by: 'only',
      spec: {
        label: 'virtual-env',
        splitter: '.',
        defaultSubset: 'dev',
        header: 'ali-env-mark',
        autoInject: true,
        aliases: [],
      },
    });
    expect(operator).toMatchObject({
      version: { text: 'v0.6.0', minor: 6 },
      container: 'virtual-env-operator',
    });
    expect(operator?.pods).toHaveLength(1);
    expect(operator?.deployment?.metadata.name).toBe('virtual-env-operator');
  });

  it('fills in the defaults that take effect, and not that of a placeholder', () => {
    const instance = anyObject('env.alibaba.com/v1alpha2', 'VirtualEnvironment', 'bare', NAMESPACE, {
      spec: { envHeader: { aliases: [{ name: 'COOKIE', pattern: '.*;VirtualEnv=(@);.*' }] } },
    });
    expect(only({ objects: [instance] }).effective?.spec).toEqual({
      label: 'virtual-env',
      splitter: '.',
      defaultSubset: '',
      header: 'X-Virtual-Env',
      autoInject: false,
      aliases: [{ name: 'COOKIE', pattern: '.*;VirtualEnv=(@);.*', placeholder: '' }],
    });
    const empty = anyObject('env.alibaba.com/v1alpha2', 'VirtualEnvironment', 'bare', NAMESPACE);
    expect(only({ objects: [empty] }).effective?.spec.header).toBe('X-Virtual-Env');
  });

  it('has a namespace with an operator and no instance', () => {
    const one = only({ objects: [operatorPod()] });
    expect(one).toMatchObject({ instances: [], effective: undefined });
    expect(one.operator?.deployment).toBeUndefined();
  });

  it('finds an operator that watches another namespace, or all', () => {
    const elsewhere = { metadata: { namespace: 'tools' } };
    const watches = (value: string) =>
      operatorPod({ ...elsewhere, env: [{ name: 'WATCH_NAMESPACE', value }] });
    const objects = [virtualEnvironment()];
    expect(only({ objects: [...objects, watches(NAMESPACE)] }).operator?.pods).toHaveLength(1);
    expect(only({ objects: [...objects, watches('')] }).operator?.pods).toHaveLength(1);
    expect(found({ objects: [...objects, watches('third')] }).of(NAMESPACE)?.operator).toBeUndefined();
  });
});

describe('the effective instance of several', () => {
  it('is not told where the list was cut short, and only one of them is seen', () => {
    const reason = 'cut after half';
    const rows = [
      { artifact: virtualEnvironments.id, scope: CLUSTER_SCOPE, outcome: 'truncated', reason } as const,
    ];
    expect(only({ objects: [virtualEnvironment()], rows }).effective).toBeUndefined();
    const owned = routesOf('a', []);
    expect(only({ objects: [virtualEnvironment(), owned], rows }).effective?.by).toBe('owner');
    const cut = [
      { artifact: destinationRules.id, scope: CLUSTER_SCOPE, outcome: 'truncated', reason } as const,
    ];
    expect(only({ objects: [...TWO, owned], rows: cut }).effective).toBeUndefined();
  });

  it('is not told by the objects alone', () => {
    expect(only({ objects: TWO }).effective).toBeUndefined();
  });

  it('is the owner of all routing objects, and nobody when they have several', () => {
    const owned = (name: string, instance: string) => routesOf(name, [], { metadata: ownedBy(instance) });
    const one = only({
      objects: [...TWO, owned('a', 'other'), routesOf('user', [], { metadata: { ownerReferences: [] } })],
    });
    expect(one.effective).toMatchObject({ by: 'owner', instance: { metadata: { name: 'other' } } });
    const two = only({ objects: [...TWO, owned('a', 'other'), owned('b', 'demo-virtualenv')] });
    expect(two.effective).toBeUndefined();
  });

  it('is the last one of the log before the owner', () => {
    const { effective } = only({
      objects: [...TWO, operatorPod(), routesOf('a', [], { metadata: ownedBy('other') })],
      logs: [
        operatorLog(
          logLine(60, 'Receive reconcile request with name: other'),
          logLine(50, 'Receive reconcile request with name: demo-virtualenv'),
        ),
      ],
    });
    expect(effective).toMatchObject({ by: 'log', instance: { metadata: { name: 'demo-virtualenv' } } });
  });

  it('is the one the operator says', () => {
    const body = { VirtualEnv: { Namespace: NAMESPACE, Name: 'other' }, Services: {}, Labels: {} };
    const operator = { namespace: NAMESPACE, pod: OPERATOR_POD, container: 'virtual-env-operator' };
    const replies = [
      { path: '/status', body },
      { path: '/version', body: { Version: 'v0.5.4', BuildTime: '' } },
    ];
    const bytes = JSON.stringify({ operator, replies });
    const one = only({
      objects: [...TWO, operatorPod()],
      documents: [{ artifact: virtualEnvironmentStatus, bytes }],
    });
    expect(one.effective).toMatchObject({ by: 'operator', instance: { metadata: { name: 'other' } } });
    expect(one.operator?.version?.text).toBe('v0.5.4');
  });
});

describe('the webhook', () => {
  const container = { name: 'server', image: 'virtualenvironment/virtual-env-admission-webhook:v0.6.0' };
  const webhookPod = (env: readonly object[]) =>
    pod('webhook-server-1', {
      metadata: { namespace: 'kt-virtual-environment' },
      spec: { containers: [{ ...container, env }] },
    });

  it('is found by its image, with the labels it reads', () => {
    const { webhook, namespaces, applies } = found({
      objects: [webhookPod([{ name: 'envLabel', value: 'virtual-env,stage' }])],
    });
    expect(webhook).toMatchObject({ namespace: 'kt-virtual-environment', labels: ['virtual-env', 'stage'] });
    expect(namespaces).toEqual([]);
    expect(applies).toBe(true);
  });

  it('has no labels without the setting, and unknown ones without a pod', () => {
    expect(found({ objects: [webhookPod([])] }).webhook?.labels).toEqual([]);
    const wanted = deployment('webhook-server', {
      spec: { template: { spec: { containers: [container] } } },
    });
    expect(found({ objects: [wanted] }).webhook).toMatchObject({ labels: undefined, version: { minor: 6 } });
    const fromElsewhere = webhookPod([{ name: 'envLabel', valueFrom: { configMapKeyRef: {} } }]);
    expect(found({ objects: [fromElsewhere] }).webhook?.labels).toBeUndefined();
  });
});

describe('whether there is anything of KtEnv', () => {
  it('is not so in another cluster, nor where a layout has no custom resources', () => {
    const objects = [pod('web')];
    expect(found({ objects }).applies).toMatchObject({ applies: false });
    const reason = 'not in this layout';
    const rows = [
      { artifact: virtualEnvironments.id, scope: CLUSTER_SCOPE, outcome: 'skipped', reason } as const,
    ];
    expect(found({ objects, rows }).applies).toMatchObject({ applies: false });
  });

  it('is unseen where its kind was refused, which is served then', () => {
    const given = { objects: [pod('web')], forbidden: [virtualEnvironments] };
    expect(found(given).applies).toMatchObject({ applies: 'unseen' });
  });

  it('is unseen when neither instances nor pods were read', () => {
    expect(found({ forbidden: [virtualEnvironments, pods] }).applies).toMatchObject({ applies: 'unseen' });
  });
});

describe('programs of KtEnv', () => {
  it('are known by image, and the operator by its container', () => {
    const image = (one: string) => environmentProgram([{ name: 'x', image: one }])?.is;
    expect(image('registry.example:5000/mirror/virtual-env-operator:v0.6.0')).toBe('operator');
    expect(image('virtualenvironment/virtual-env-admission-webhook')).toBe('webhook');
    expect(image('virtualenvironment/virtual-env-operator-docs:1')).toBeUndefined();
    expect(environmentProgram([{ name: 'virtual-env-operator', image: 'own/op:7' }])?.is).toBe('operator');
    expect(environmentProgram(undefined)).toBeUndefined();
  });

  it("have versions, unless the tag is somebody's own", () => {
    expect(programVersion('a/virtual-env-operator:v0.5.4')).toEqual({
      text: 'v0.5.4',
      major: 0,
      minor: 5,
      patch: 4,
    });
    expect(programVersion('a/virtual-env-operator:v0.6.0@sha256:00')?.text).toBe('v0.6.0');
    expect(programVersion('a/virtual-env-operator:latest')).toBeUndefined();
    const version = programVersion('a:v0.5.4')!;
    expect(isBefore(version, [0, 6, 0])).toBe(true);
    expect(isBefore(version, [0, 5, 4])).toBe(false);
    expect(isBefore(version, [0, 5, 5])).toBe(true);
    expect(isBefore(version, [1, 0, 0])).toBe(true);
  });
});

/** Kinds the derived value reads. */
function isRead({ kind }: { kind: string }): boolean {
  return ['VirtualEnvironment', 'Deployment', 'Pod', 'VirtualService', 'DestinationRule'].includes(kind);
}

it('takes the version of the Deployment where no pod is seen', () => {
  const image = 'virtualenvironment/virtual-env-operator:v0.4.1';
  expect(only({ objects: [operatorDeployment({ image })] }).operator?.version?.text).toBe('v0.4.1');
});
