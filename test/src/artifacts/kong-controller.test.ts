import { describe, expect, it } from 'vitest';
import {
  kongController,
  kongControllerState,
  refusedEntities,
} from '../../../src/artifacts/kong-controller.ts';
import type { PodItem } from '../../../src/artifacts/resources.ts';
import { pod } from '../../support/builders.ts';

function controllerOf(container: object) {
  return kongController(
    pod('kic', { spec: { containers: [{ name: 'x', ...container }] } }) as unknown as PodItem,
  );
}

const IMAGE = { image: 'kong/kubernetes-ingress-controller:3.4' };

function parse(value: object) {
  return kongControllerState.parse(new TextEncoder().encode(JSON.stringify(value)));
}

describe('a Kong ingress controller', () => {
  it('is told by its image or its settings, an operator by its image', () => {
    expect(controllerOf(IMAGE)).toMatchObject({ kind: 'ingress controller', metricsPort: 10_255 });
    expect(
      controllerOf({ image: 'shop/kic', env: [{ name: 'CONTROLLER_KONG_ADMIN_SVC', value: 'kong/admin' }] })
        ?.kind,
    ).toBe('ingress controller');
    expect(controllerOf({ image: 'kong/gateway-operator:1.6' })).toMatchObject({
      kind: 'operator',
      metricsPort: undefined,
    });
    expect(controllerOf({ image: 'kong:3.6' })).toBeUndefined();
  });

  it.each([
    [[{ name: 'CONTROLLER_DUMP_CONFIG', value: 'true' }], [], 10_256],
    [[], ['--dump-config', '--diagnostic-server-port=9000'], 9000],
    [[], ['--dump-config=false'], undefined],
    [[{ name: 'CONTROLLER_DUMP_CONFIG', value: 'true' }], ['--dump-sensitive-config'], undefined],
    [[], [], undefined],
  ])('has diagnostics by %j %j at port %s', (env, args, port) => {
    expect(controllerOf({ ...IMAGE, env, args })?.diagnosticsPort).toBe(port);
  });

  it('says nothing it does not know', () => {
    expect(parse({})).toEqual({ refused: [], errors: [] });
    expect(parse({ fallback: { status: 'not-triggered' } }).fallback).toEqual({
      triggered: false,
      broken: [],
    });
  });

  it('tells the worst of several data planes', () => {
    const name = 'ingress_controller_configuration_push_broken_resource_count';

    expect(parse({ metrics: `${name}{dataplane="a"} 0\n${name}{dataplane="b"} 3\n` }).brokenInPush).toBe(3);
  });
});

it('keeps names and messages of what Kong refused, whatever its shape', () => {
  expect(refusedEntities(undefined)).toEqual([]);
  expect(refusedEntities({ flattened_errors: {} })).toEqual([]);
  expect(
    refusedEntities({ flattened_errors: [{ entity_type: 'route', errors: [{ message: 'bad' }] }] }),
  ).toEqual([{ type: 'route', name: '', errors: ['bad'] }]);
});
