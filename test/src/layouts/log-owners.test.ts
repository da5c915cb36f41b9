import { describe, expect, it } from 'vitest';
import { createLogOwners, onlyOwner, scopeByOwner } from '../../../src/layouts/log-owners.ts';
import type { Scope } from '../../../src/model/scope.ts';

function ownersOf(...pods: readonly (readonly [pod: string, ...containers: string[]])[]) {
  const owners = createLogOwners();
  for (const [pod, ...containers] of pods) owners.add('shop', pod, containers);
  return owners;
}

function joined(container: string, namespace = 'shop'): Scope {
  return { type: 'container', namespace, pod: '', container };
}

describe('the container a word names', () => {
  it('is that of the one pod it is made of, the one before included', () => {
    const owners = ownersOf(['web-1', 'app', 'proxy'], ['web', 'app']);

    expect(onlyOwner(owners, 'shop', 'web-1-app')).toEqual({ pod: 'web-1', container: 'app' });
    expect(onlyOwner(owners, 'shop', 'web-app-previous')).toEqual({
      pod: 'web',
      container: 'app',
      previous: true,
    });
  });

  it('is nobody’s where it fits two, and none in another namespace', () => {
    const owners = ownersOf(['web', 'a-b'], ['web-a', 'b']);

    expect(onlyOwner(owners, 'shop', 'web-a-b')).toBeUndefined();
    expect(owners.fitting('shop', 'web-a-b')).toHaveLength(2);
    expect(onlyOwner(owners, 'bank', 'web-a-b')).toBeUndefined();
  });

  it('is one of a pod that several bundles have', () => {
    const owners = ownersOf(['web', 'app'], ['web', 'app', 'debug']);

    expect(onlyOwner(owners, 'shop', 'web-app')).toEqual({ pod: 'web', container: 'app' });
    expect(onlyOwner(owners, 'shop', 'web-debug')).toEqual({ pod: 'web', container: 'debug' });
  });
});

describe('the scope of a log', () => {
  const owners = ownersOf(['web', 'app'], ['db', 'a-b'], ['db-a', 'b']);

  it('gets the pod and container its joined name means', () => {
    expect(scopeByOwner(joined('web-app-previous'), owners)).toEqual({
      type: 'container',
      namespace: 'shop',
      pod: 'web',
      container: 'app',
      previous: true,
    });
  });

  it('stays as it is where that is not known, or it names a pod already', () => {
    const named: Scope = { type: 'container', namespace: 'shop', pod: 'gone', container: 'web-app' };
    for (const scope of [joined('db-a-b'), joined('gone-app'), joined('web-app', 'bank'), named])
      expect(scopeByOwner(scope, owners)).toEqual(scope);
  });
});
