import { describe, expect, it } from 'vitest';
import { deriveContext } from '../../../src/analyze/inputs.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { statefulSets } from '../../../src/artifacts/workload-resources.ts';
import { environmentRouting } from '../../../src/derive/virtual-environment-routing.ts';
import { ago, anyObject } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import type { Given } from '../../support/given.ts';
import {
  appService,
  demo,
  demoRoutes,
  inEnvironment,
  routesOf,
  setInEnvironment,
  subsetsOf,
  virtualEnvironment,
} from '../../support/virtual-environment-builders.ts';

function routing(given: Given) {
  const found = derivedFrom(environmentRouting, given);
  expect(found).toHaveLength(1);
  return found[0]!;
}

describe('the routing of a namespace', () => {
  it('has the Services of the demonstration with their workloads and rules', () => {
    const { services: routed, values, leftBehind, gap } = routing({ objects: demo() });
    expect(values).toEqual(['dev', 'dev.proj1', 'dev.proj1.feature1', 'dev.proj2']);
    expect(gap).toBeUndefined();
    expect(leftBehind).toEqual([]);
    expect(
      routed.map(({ service, related, expected, virtualService, destinationRule, settling }) => [
        service.metadata.name,
        related.map(({ item, value }) => `${item.kind} ${value}`),
        expected.routes.length,
        expected.made,
        virtualService.state,
        destinationRule.state,
        settling.state,
      ]),
    ).toEqual([
      ['app-js', ['Deployment dev', 'Deployment dev.proj1'], 3, true, 'present', 'present', 'settled'],
      ['app-go', ['StatefulSet dev', 'StatefulSet dev.proj2'], 2, true, 'present', 'present', 'settled'],
      [
        'app-java',
        ['Deployment dev', 'Deployment dev.proj1', 'Deployment dev.proj1.feature1'],
        3,
        true,
        'present',
        'present',
        'settled',
      ],
    ]);
  });

  it('leaves out Services without workloads in environments, and the one called kubernetes', () => {
    const { services: routed } = routing({
      objects: [
        virtualEnvironment(),
        appService('other'),
        appService('kubernetes', { spec: { selector: { app: 'app' } } }),
        inEnvironment('app', 'dev'),
      ],
    });
    expect(routed).toEqual([]);
  });

  it('lets a Service without a selector select every workload', () => {
    const { services: meant, unmeant: routed } = routing({
      objects: [
        virtualEnvironment(),
        appService('bare', { spec: { selector: undefined } }),
        inEnvironment('a', 'dev'),
        setInEnvironment('b', 'stage'),
      ],
    });
    expect(routed[0]?.related).toHaveLength(2);
    expect(meant).toEqual([]);
  });

  it('counts workloads of zero replicas, and none of another namespace', () => {
    const { services: routed } = routing({
      objects: [
        virtualEnvironment(),
        appService('app'),
        inEnvironment('app', 'dev', { spec: { replicas: 0 } }),
        inEnvironment('app', 'dev.x', { metadata: { namespace: 'stage' } }),
      ],
    });
    expect(routed[0]?.related.map(({ value }) => value)).toEqual(['dev']);
  });

  it('finds what is left behind', () => {
    const { leftBehind } = routing({
      objects: [
        virtualEnvironment(),
        appService('one'),
        inEnvironment('one', 'dev'),
        routesOf('one', []),
        subsetsOf('gone', ['dev']),
        routesOf('user', [], { metadata: { ownerReferences: [] } }),
      ],
    });
    expect(
      leftBehind.map(({ item, service }) => [item.kind, item.metadata.name, service?.metadata.name]),
    ).toEqual([
      ['VirtualService', 'one', 'one'],
      ['DestinationRule', 'gone', undefined],
    ]);
  });

  it('says what was not seen', () => {
    const objects = [virtualEnvironment(), appService('app'), inEnvironment('app', 'dev')];
    expect(routing({ objects, forbidden: [statefulSets] }).gap?.reason).toMatch(/not allowed/);
    const none = routing({
      objects: objects.filter(({ kind }) => kind !== 'Service'),
      forbidden: [services],
    });
    expect(none.gap).toBeDefined();
  });

  it('is nothing without a VirtualEnvironment', () => {
    expect(derivedFrom(environmentRouting, { objects: [appService('app')] })).toEqual([]);
  });
});

describe('whether the operator has had the time', () => {
  const base = [virtualEnvironment(), appService('app'), inEnvironment('app', 'dev')];
  const young = { creationTimestamp: ago(20) };
  const written = { managedFields: [{ manager: 'kubectl', time: ago(30) }] };

  it.each([
    ['a workload of the namespace is new', [...base, inEnvironment('other', 'stage', { metadata: young })]],
    [
      'the Service was edited',
      [virtualEnvironment(), appService('app', { metadata: written }), inEnvironment('app', 'dev')],
    ],
    [
      'the instance was edited',
      [virtualEnvironment({ metadata: written }), appService('app'), inEnvironment('app', 'dev')],
    ],
    ['its VirtualService was written', [...base, routesOf('app', [], { metadata: written })]],
  ])('is not known when %s', (_, objects) => {
    expect(routing({ objects }).services[0]?.settling).toMatchObject({ state: 'settling' });
  });

  it('is known when only a status was written', () => {
    const status = {
      managedFields: [{ manager: 'kube-controller-manager', subresource: 'status', time: ago(5) }],
    };
    const objects = [
      virtualEnvironment(),
      appService('app'),
      inEnvironment('app', 'dev', { metadata: status }),
    ];
    expect(routing({ objects }).services[0]?.settling).toEqual({ state: 'settled' });
  });

  it('is told by the object that was observed first, and seconds are those of the change', () => {
    const objects = [...base, inEnvironment('app', 'stage', { metadata: young })];
    expect(routing({ objects }).services[0]?.settling).toEqual({ state: 'settling', seconds: 20 });
  });

  it('is unknown without any time', () => {
    const timeless = base.map((one) => ({
      ...one,
      metadata: { ...one.metadata, creationTimestamp: undefined },
    }));
    expect(routing({ objects: timeless }).services[0]?.settling).toEqual({ state: 'unknown' });
  });
});

describe('the table of where requests go', () => {
  it('has a row per subset with the values that lead to it', () => {
    const found = derivedFrom(environmentRouting, { objects: demo() });
    const table = environmentRouting.table?.(found, deriveContext);
    const rows = table?.rows.map(([service, ...rest]) => [(service as { name: string }).name, ...rest]);
    expect(rows).toEqual([
      ['app-js', 'ali-env-mark', ['dev.proj1', 'dev.proj1.feature1'], 'dev-proj1'],
      ['app-js', 'ali-env-mark', 'any other, or none', 'dev'],
      ['app-go', 'ali-env-mark', ['dev.proj2'], 'dev-proj2'],
      ['app-go', 'ali-env-mark', 'any other, or none', 'dev'],
      ['app-java', 'ali-env-mark', ['dev.proj1'], 'dev-proj1'],
      ['app-java', 'ali-env-mark', ['dev.proj1.feature1'], 'dev-proj1-feature1'],
      ['app-java', 'ali-env-mark', 'any other, or none', 'dev'],
    ]);
  });

  it('has none of a Service that is not routed, and says any pod without a default', () => {
    const rows = (objects: object[]) =>
      environmentRouting
        .table?.(derivedFrom(environmentRouting, { objects }), deriveContext)
        .rows.map((row) => row[3]);
    expect(rows([virtualEnvironment(), appService('app'), inEnvironment('app', 'dev')])).toEqual([]);
    const bare = anyObject('env.alibaba.com/v1alpha2', 'VirtualEnvironment', 'bare', 'shop');
    expect(rows([bare, appService('app'), inEnvironment('app', 'dev'), ...demoRoutes()])).toEqual([
      'dev',
      'any pod',
    ]);
  });
});
