import { describe, expect, it } from 'vitest';
import type { IstioProxyConfig } from '../../../src/artifacts/istio-proxy-config.ts';
import type { EnvoyFilterItem } from '../../../src/artifacts/istio-workload-resources.ts';
import { filterInProxy, tagFilter } from '../../../src/derive/virtual-environment-filter.ts';
import { listeners, refusedListener } from '../../support/virtual-environment-proxy-builders.ts';
import { tagFilter as filterObject } from '../../support/virtual-environment-tag-builders.ts';

function parsed({ artifact, bytes }: ReturnType<typeof listeners>): IstioProxyConfig {
  return artifact.parse(new TextEncoder().encode(bytes)) as IstioProxyConfig;
}

describe('the script in the listeners of a proxy', () => {
  it('is active where a listener that serves has it', () => {
    expect(filterInProxy(parsed(listeners('p', { script: true })))).toEqual({ state: 'active' });
  });

  it('is absent where there is a place for it', () => {
    expect(filterInProxy(parsed(listeners('p', {})))).toEqual({ state: 'absent' });
  });

  it('has no place without an outbound connection manager', () => {
    expect(filterInProxy(parsed(listeners('p', { manager: 'envoy.filters.network.tcp_proxy' })))).toEqual({
      state: 'noPlace',
    });
    expect(filterInProxy({ proxy: undefined, listeners: [], leftOut: 0 })).toEqual({ state: 'noPlace' });
  });

  it('is not called absent where listeners were left out', () => {
    expect(filterInProxy({ ...parsed(listeners('p', {})), leftOut: 3 })).toEqual({ state: 'noPlace' });
  });

  it('is refused where an error has it, with the reason and the place', () => {
    expect(filterInProxy(parsed(refusedListener('p', 'no such type')))).toMatchObject({
      state: 'refused',
      listener: '0.0.0.0_8080',
      elsewhere: false,
      error: { details: 'no such type', updated: '2026-01-15T11:30:00Z' },
    });
  });

  it('is not blamed for the error of another filter', () => {
    const { listeners: all, ...rest } = parsed(listeners('p', { script: true }));
    const error = { networkFilters: [], httpFilters: ['own.lua'], details: 'own.lua: boom' };
    const other = { name: '0.0.0.0_9090', error, pointer: '/listeners/2' };

    expect(filterInProxy({ ...rest, listeners: [...all, other] })).toEqual({ state: 'active' });
  });
});

describe('the EnvoyFilter of an environment', () => {
  const read = (built: object) => tagFilter(built as unknown as EnvoyFilterItem);

  it('is known by the name of its script', () => {
    expect(read(filterObject())).toMatchObject({
      pointer: '/spec/configPatches/0',
      matchesOldName: true,
      hasOldType: false,
    });
    expect(
      read({ ...filterObject(), spec: { configPatches: [{ patch: { value: { name: 'x' } } }] } }),
    ).toBeUndefined();
    expect(read({ ...filterObject(), spec: {} })).toBeUndefined();
  });

  it('tells a type of Envoy v2', () => {
    const type = 'type.googleapis.com/envoy.config.filter.http.lua.v2.Lua';

    expect(
      read(filterObject({ type, filter: 'envoy.filters.network.http_connection_manager' })),
    ).toMatchObject({
      matchesOldName: false,
      hasOldType: true,
    });
  });
});
