import { describe, expect, it } from 'vitest';
import { destinationRules, virtualServices } from '../../../src/artifacts/istio-resources.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { ruleAnnotation } from '../../../src/derive/virtual-environment-annotation.ts';
import { routeDrift, subsetDrift } from '../../../src/derive/virtual-environment-drift.ts';
import { expectedRules } from '../../../src/derive/virtual-environment-rules.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import { appService, routesOf, routesTo, subsetsOf } from '../../support/virtual-environment-builders.ts';

const SPEC = {
  label: 'virtual-env',
  splitter: '.',
  defaultSubset: 'dev',
  header: 'ali-env-mark',
  autoInject: false,
  aliases: [],
};
const EXPECTED = expectedRules(
  { name: 'app', ports: [{ name: 'http', port: 8080 }], gateways: [], hosts: [] },
  ['dev', 'dev.proj1'],
  ['dev', 'dev.proj1', 'dev.proj1.x'],
  SPEC,
)!;
const ROUTES = routesTo('app', { 'dev.proj1': 'dev-proj1', 'dev.proj1.x': 'dev-proj1' });

function drift(
  http: readonly Record<string, unknown>[],
  { rule, spec = {} }: { rule?: string; spec?: object } = {},
) {
  const annotations = rule === undefined ? {} : { 'kt-virtual-environment/rule': rule };
  const objects = [routesOf('app', http, { spec }), appService('app', { metadata: { annotations } })];
  const found = inputsFrom({ virtualServices, services }, { objects });
  const annotation = ruleAnnotation(found.services.items[0]!);
  return routeDrift(found.virtualServices.items[0]!, EXPECTED, { spec: SPEC, annotation });
}

function subsets(environments: readonly string[], spec?: object) {
  const { destinationRules: found } = inputsFrom(
    { destinationRules },
    { objects: [subsetsOf('app', environments, { spec })] },
  );
  return subsetDrift(found.items[0]!, EXPECTED, SPEC);
}

describe('a VirtualService against what its operator would make', () => {
  it('is the same in any order of its routes', () => {
    expect(drift(ROUTES)).toEqual({ is: 'none' });
    expect(drift([...ROUTES].reverse())).toEqual({ is: 'none' });
  });

  it('lacks routes, and has others', () => {
    const other = routesTo('app', { 'dev.proj1': 'dev-proj1', old: 'dev-proj1' });
    expect(drift(other)).toEqual({
      is: 'routes',
      words: 'it lacks `dev.proj1.x` to `dev-proj1` (port 8080) and has `old` to `dev-proj1` (port 8080)',
    });
    expect(drift([])).toMatchObject({ words: expect.stringContaining('the default to `dev` (port 8080)') });
  });

  it('names three differences at most', () => {
    const many = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((value) => [value, 'dev-proj1']));
    expect(drift([...ROUTES, ...routesTo('app', many).slice(0, 5)])).toMatchObject({
      words: expect.stringMatching(/`c` to .* and 2 more$/),
    });
  });

  it('has other hosts or gateways', () => {
    expect(drift(ROUTES, { spec: { hosts: ['app', 'app.example'] } })).toEqual({
      is: 'routes',
      words: 'its hosts are `app`, `app.example` instead of `app`',
    });
    expect(drift(ROUTES, { spec: { gateways: [] } })).toMatchObject({
      words: 'its gateways are none instead of `mesh`',
    });
  });

  it('has another header, which the operator does not see', () => {
    const old = routesTo(
      'app',
      { 'dev.proj1': 'dev-proj1', 'dev.proj1.x': 'dev-proj1' },
      { subset: 'dev', header: 'old' },
    );
    expect(drift(old)).toEqual({ is: 'headers', wanted: ['ali-env-mark'], found: ['old'] });
  });

  it('has not what the annotation adds, which the operator does not see either', () => {
    const rule = JSON.stringify({ match: [{ Uri: { prefix: '/v1' } }], rewrite: { uri: '/' } });
    expect(drift(ROUTES, { rule })).toEqual({
      is: 'rule',
      words: 'its match of the path is none instead of `prefix /v1`',
    });
    const merged = ROUTES.map((route) => ({
      ...route,
      match: [{ ...(route.match as object[])[0], uri: { prefix: '/v1' } }],
      rewrite: { uri: '/' },
    }));
    expect(drift(merged, { rule })).toEqual({ is: 'none' });
    expect(drift(merged)).toMatchObject({ is: 'rule', words: expect.stringContaining('instead of none') });
  });

  it('takes headers of the annotation for its own', () => {
    const rule = JSON.stringify({ match: [{ headers: { beta: { exact: 'yes' } } }] });
    const merged = ROUTES.map((route) => {
      const [match] = route.match as { headers?: object }[];
      return { ...route, match: [{ ...match, headers: { beta: { exact: 'yes' }, ...match?.headers } }] };
    });
    expect(drift(merged, { rule })).toEqual({ is: 'none' });
  });

  it('is left alone for an annotation nobody can read', () => {
    expect(drift(ROUTES, { rule: '{match' })).toEqual({ is: 'none' });
  });
});

describe('a DestinationRule against what its operator would make', () => {
  it('has the same subsets', () => {
    expect(subsets(['dev.proj1', 'dev'])).toBeUndefined();
  });

  it('lacks one, has another, or one of another label', () => {
    expect(subsets(['dev', 'old'])).toBe('it lacks `dev-proj1` and has `old`');
    expect(subsets([], { subsets: [{ name: 'dev', labels: { stage: 'dev' } }] })).toBe(
      'it lacks `dev`, `dev-proj1`',
    );
  });
});

describe('the annotation of a Service', () => {
  function read(rule: string) {
    const service = appService('app', { metadata: { annotations: { 'kt-virtual-environment/rule': rule } } });
    return ruleAnnotation(inputsFrom({ services }, { objects: [service] }).services.items[0]!);
  }

  it.each([
    ['{match: 1}', 'it is not JSON'],
    ['[]', 'it is not an object: one route is expected'],
    ['{"match": {"uri": {"exact": "/"}}}', 'its `match` is not a list'],
  ])('%s cannot be read: %s', (text, reason) => {
    expect(read(text)).toEqual({ state: 'unreadable', reason });
  });

  it('is read, whatever the case of its fields', () => {
    expect(read('{"Match":[{"URI":{"Exact":"/a"},"headers":{"h":{"exact":"v"}}}],"Timeout":"5s"}')).toEqual({
      state: 'read',
      addition: { headers: ['h'], uri: 'exact /a', rewrite: undefined, timeout: '5s' },
    });
    expect(read('')).toEqual({ state: 'none' });
    expect(read('null')).toEqual({ state: 'none' });
  });
});
