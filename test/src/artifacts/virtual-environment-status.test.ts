import { describe, expect, it } from 'vitest';
import { virtualEnvironmentStatus } from '../../../src/artifacts/virtual-environment-status.ts';

function parse(value: unknown) {
  return virtualEnvironmentStatus.parse(new TextEncoder().encode(JSON.stringify(value)));
}

/** As v0.6.0 answers (cmd/operator/api/inspect.go). */
const STATUS = {
  Labels: { 'Deployment#app-js-dev': { app: 'app-js', 'virtual-env': 'dev' } },
  Services: {
    'app-js': {
      Selectors: { app: 'app-js' },
      Ports: { http: 8080 },
      Gateways: null,
      Hosts: ['js.example'],
      CustomRule: '',
    },
  },
  VirtualEnv: { Namespace: 'shop', Name: 'demo-virtualenv' },
};
const OPERATOR = { namespace: 'shop', pod: 'virtual-env-operator-1', container: 'virtual-env-operator' };

describe('the view of an operator', () => {
  it('is read with its version', () => {
    const { operator, version, instance, services, labels, errors } = parse({
      operator: OPERATOR,
      replies: [
        { path: '/status', body: STATUS },
        { path: '/version', body: { Version: 'v0.6.0', BuildTime: '2021-09-17' } },
      ],
    });
    expect(operator).toEqual(OPERATOR);
    expect(version).toBe('v0.6.0');
    expect(instance).toEqual({ namespace: 'shop', name: 'demo-virtualenv' });
    expect(services?.['app-js']).toEqual({
      selectors: { app: 'app-js' },
      ports: { http: 8080 },
      gateways: [],
      hosts: ['js.example'],
      rule: '',
    });
    expect(labels?.['Deployment#app-js-dev']).toEqual({ app: 'app-js', 'virtual-env': 'dev' });
    expect(errors).toEqual([]);
  });

  it('is read when saved by hand, and before an instance was seen', () => {
    const { operator, instance, services } = parse({ ...STATUS, VirtualEnv: null });
    expect(operator).toBeUndefined();
    expect(instance).toBeNull();
    expect(Object.keys(services ?? {})).toEqual(['app-js']);
  });

  it('says why there is none', () => {
    const failed = parse({ operator: OPERATOR, replies: [{ path: '/status', error: 'exec: not allowed' }] });
    expect(failed.instance).toBeUndefined();
    expect(failed.services).toBeUndefined();
    expect(failed.errors).toEqual(['/status: exec: not allowed']);
    expect(parse({ replies: [{ path: '/status', body: { message: 'gone' } }] }).errors).toEqual([
      '/status: not the reply of an operator',
    ]);
  });

  it('takes other shapes for nothing', () => {
    const odd = parse({
      ...STATUS,
      Services: { a: null, b: { Ports: { http: 'x' }, Selectors: [1] } },
      Labels: 7,
    });
    expect(Object.keys(odd.services ?? {})).toEqual(['a', 'b']);
    expect(odd.services?.b?.ports).toEqual({});
    expect(odd.labels).toEqual({});
    expect(() => parse([])).toThrow('a JSON object was expected');
  });
});
