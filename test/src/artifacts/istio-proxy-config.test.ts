import { describe, expect, it } from 'vitest';
import {
  istioProxyConfig,
  MAX_LISTENERS,
  storedProxyConfig,
} from '../../../src/artifacts/istio-proxy-config.ts';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const ADMIN = 'type.googleapis.com/envoy.admin.v3.';

function listener(filters: readonly string[], parts: object = {}) {
  return {
    address: { socket_address: { address: '0.0.0.0', port_value: 15001 } },
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: { http_filters: filters.map((name) => ({ name, typed_config: { secret: 's3' } })) },
          },
        ],
      },
      { filters: [{ name: 'envoy.filters.network.tcp_proxy' }] },
    ],
    traffic_direction: 'OUTBOUND',
    ...parts,
  };
}

const REFUSED = {
  name: 'virtualInbound',
  active_state: { version_info: 'v1', last_updated: '2026-01-15T11:00:00Z', listener: listener(['router']) },
  error_state: {
    failed_configuration: { '@type': 'x', ...listener(['virtual.environment.lua', 'router']) },
    last_update_attempt: '2026-01-15T11:30:00Z',
    details: 'script load error: [string "…"]:3: unexpected symbol',
    version_info: 'v2',
  },
};
const SERVING = {
  name: 'virtualOutbound',
  active_state: {
    version_info: 'v2',
    listener: listener(['lua', 'router', 'lua'], {
      default_filter_chain: {
        filters: [{ name: 'hcm', typed_config: { http_filters: [{ name: 'last' }] } }],
      },
    }),
  },
};
const PROXY = { namespace: 'shop', pod: 'web' };
const PATH = '/config_dump?resource=dynamic_listeners';
const WHOLE = {
  configs: [
    { '@type': `${ADMIN}BootstrapConfigDump`, bootstrap: {} },
    {
      '@type': `${ADMIN}ListenersConfigDump`,
      static_listeners: [{ listener: { name: 'agent', ...listener([]) } }],
      dynamic_listeners: [SERVING, REFUSED],
    },
  ],
};

describe('the listeners of a proxy', () => {
  it('are read alike from a whole dump, from its dynamic listeners, and as they are stored', () => {
    const part = {
      configs: [SERVING, REFUSED].map((one) => ({
        '@type': `${ADMIN}ListenersConfigDump.DynamicListener`,
        ...one,
      })),
    };
    const bare = istioProxyConfig.parse(bytes(part));
    const stored = istioProxyConfig.parse(storedProxyConfig(PROXY, PATH, bytes(part)));
    const whole = istioProxyConfig.parse(bytes(WHOLE));

    const plain = ({ listeners }: typeof bare) => listeners.map(({ pointer: _, ...rest }) => rest);
    expect(plain(stored)).toEqual(plain(bare));
    expect(plain(whole)).toEqual([...plain(bare), expect.objectContaining({ name: 'agent', fixed: true })]);
    expect(stored.proxy).toEqual(PROXY);
  });

  it('name their filters once per state, with the chain for what matches none, and refused ones first', () => {
    const { listeners } = istioProxyConfig.parse(storedProxyConfig(PROXY, PATH, bytes(WHOLE)));

    expect(listeners[0]).toMatchObject({
      name: 'virtualInbound',
      pointer: '/listeners/0',
      active: { httpFilters: ['router'], version: 'v1' },
      error: {
        httpFilters: ['virtual.environment.lua', 'router'],
        details: 'script load error: [string "…"]:3: unexpected symbol',
        version: 'v2',
        updated: '2026-01-15T11:30:00Z',
      },
    });
    expect(listeners[1]?.active).toEqual({
      version: 'v2',
      direction: 'OUTBOUND',
      address: '0.0.0.0:15001',
      networkFilters: [
        'envoy.filters.network.http_connection_manager',
        'envoy.filters.network.tcp_proxy',
        'hcm',
      ],
      httpFilters: ['lua', 'router', 'last'],
    });
  });

  it('are stored without what is configured in them', () => {
    expect(new TextDecoder().decode(storedProxyConfig(PROXY, PATH, bytes(WHOLE)))).not.toContain('s3');
  });

  it('are bounded, and what was left out is counted', () => {
    const many = Array.from({ length: MAX_LISTENERS + 3 }, (_, index) => ({ ...SERVING, name: `l${index}` }));
    const dump = {
      configs: [{ '@type': `${ADMIN}ListenersConfigDump`, dynamic_listeners: [...many, REFUSED] }],
    };
    const { listeners, leftOut } = istioProxyConfig.parse(storedProxyConfig(PROXY, PATH, bytes(dump)));

    expect(listeners).toHaveLength(MAX_LISTENERS);
    expect(listeners[0]?.name).toBe('virtualInbound');
    expect(leftOut).toBe(4);
  });

  it('of anything else are an error', () => {
    expect(() => istioProxyConfig.parse(bytes({ error: 'x' }))).toThrow('neither');
    expect(() => storedProxyConfig(PROXY, PATH, bytes({}))).toThrow('no config_dump');
  });
});
