import { describe, expect, it } from 'vitest';
import {
  type ExpectedRules,
  expectedRules,
  nearestEnvironment,
  subsetName,
} from '../../../src/derive/virtual-environment-rules.ts';
import type { EnvironmentSpec } from '../../../src/derive/virtual-environment-spec.ts';

/** Of KtEnv's demonstration (examples/deploy/virtualenv.yaml). */
const SPEC: EnvironmentSpec = {
  label: 'virtual-env',
  splitter: '.',
  defaultSubset: 'dev',
  header: 'ali-env-mark',
  autoInject: true,
  aliases: [],
};
const VALUES = ['dev', 'dev.proj1', 'dev.proj2', 'dev.proj1.feature1'];

function rules(
  related: readonly string[],
  {
    spec = {},
    values = VALUES,
    ports = [{ name: 'http', port: 8080 }],
    gateways = [] as string[],
    hosts = [] as string[],
  } = {},
): ExpectedRules | undefined {
  return expectedRules({ name: 'app', ports, gateways, hosts }, related, values, { ...SPEC, ...spec });
}

/** `header value>subset` of each route, and `*>subset` of a default. */
function said(found: ExpectedRules | undefined): readonly string[] {
  return (found?.routes ?? []).map(({ header, subset }) => `${header?.value ?? '*'}>${subset}`);
}

describe('the demonstration of KtEnv (examples/deploy/app.sh)', () => {
  it('routes app-js', () => {
    const found = rules(['dev', 'dev.proj1']);
    expect(said(found)).toEqual(['dev.proj1>dev-proj1', 'dev.proj1.feature1>dev-proj1', '*>dev']);
    expect(found?.subsets).toEqual([
      { name: 'dev', value: 'dev' },
      { name: 'dev-proj1', value: 'dev.proj1' },
    ]);
    expect(found).toMatchObject({ made: true, gateways: ['mesh'], hosts: ['app'] });
    expect(found?.routes[0]).toEqual({
      port: 8080,
      header: { name: 'ali-env-mark', by: 'exact', value: 'dev.proj1' },
      subset: 'dev-proj1',
    });
  });

  it('routes app-go', () => {
    expect(said(rules(['dev', 'dev.proj2']))).toEqual(['dev.proj2>dev-proj2', '*>dev']);
  });

  it('routes app-java', () => {
    expect(said(rules(['dev', 'dev.proj1', 'dev.proj1.feature1']))).toEqual([
      'dev.proj1>dev-proj1',
      'dev.proj1.feature1>dev-proj1-feature1',
      '*>dev',
    ]);
  });
});

describe('the vectors of virtual_service_generator_test.go', () => {
  const present = new Set(['a.b.c', 'a.b', 'a', 'a.d', 'a.d.e.f.g']);

  it.each([
    ['a.b', 'a.b'],
    ['a.d.e.f', 'a.d'],
    ['b.x', undefined],
  ])('%s is routed to %s', (value, nearest) => {
    expect(nearestEnvironment(value, present, '.')).toBe(nearest);
  });

  it.each([
    ['top.second.third', 'top.second.third', true],
    ['top.second.third', 'top.second', true],
    ['top.second.third', 'top', true],
    ['top.second', 'top.second.third', false],
    ['top.second.third', 'top.second.', false],
  ])('%s is a level of %s: %s', (value, other, expected) => {
    expect(nearestEnvironment(value, new Set([other]), '.') !== undefined).toBe(expected);
  });

  it('name subsets', () => {
    expect(subsetName('a.d')).toBe('a-d');
    expect(subsetName('a_b.c-d')).toBe('a-b-c-d');
  });
});

describe('what the operator makes', () => {
  it('is nothing of a Service that selects no workload in an environment', () => {
    expect(rules([])).toBeUndefined();
  });

  it('is deleted with one route, and kept with a gateway', () => {
    expect(rules(['dev'])).toMatchObject({ made: false, routes: [{ subset: 'dev' }] });
    expect(rules(['dev'], { gateways: ['public'], hosts: ['js.example'] })).toMatchObject({
      made: true,
      gateways: ['mesh', 'public'],
      hosts: ['app', 'js.example'],
    });
  });

  it('is deleted without a port named http', () => {
    const ports = [
      { name: 'grpc', port: 9000 },
      { name: '', port: 8080 },
    ];
    expect(rules(['dev', 'dev.proj1'], { ports })).toMatchObject({ made: false, routes: [] });
  });

  it('is made for two ports with nothing but defaults', () => {
    const ports = [
      { name: 'http', port: 80 },
      { name: 'http-admin', port: 81 },
    ];
    const found = rules(['dev'], { ports });
    expect(found?.made).toBe(true);
    expect(found?.routes.map(({ port }) => port)).toEqual([80, 81]);
  });

  it('has a default without a subset when none is set', () => {
    expect(said(rules(['dev'], { spec: { defaultSubset: '' }, values: ['dev', 'stage'] }))).toEqual([
      'dev>dev',
      '*>',
    ]);
  });

  it('takes values of one subset name for one', () => {
    expect(
      said(rules(['dev_x', 'dev'], { spec: { defaultSubset: 'dev.x' }, values: ['dev_x', 'dev'] })),
    ).toEqual(['dev>dev', '*>dev-x']);
    expect(rules(['dev', 'dev'])?.subsets).toHaveLength(2);
  });

  it('adds a route per alias: by the pattern where there is a placeholder, else exact', () => {
    const aliases = [
      { name: 'COOKIE', pattern: '.*;VirtualEnv=(@);.*', placeholder: '(@)' },
      { name: 'X-Env', pattern: '(@)-$&', placeholder: '' },
    ];
    const headers = rules(['dev', 'dev.proj2'], { spec: { aliases } })?.routes.map(({ header }) => header);
    expect(headers).toEqual([
      { name: 'ali-env-mark', by: 'exact', value: 'dev.proj2' },
      { name: 'COOKIE', by: 'regex', value: '.*;VirtualEnv=dev.proj2;.*' },
      { name: 'X-Env', by: 'exact', value: 'dev.proj2' },
      undefined,
    ]);
  });

  it('cuts at another splitter', () => {
    expect(nearestEnvironment('dev-a-b', new Set(['dev-a']), '-')).toBe('dev-a');
    expect(nearestEnvironment('dev.a', new Set(['dev']), '-')).toBeUndefined();
  });
});
