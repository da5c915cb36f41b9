import { describe, expect, it } from 'vitest';
import type { NamespaceItem } from '../../../src/artifacts/resources.ts';
import { obstacleOf } from '../../../src/derive/namespace-deletion.ts';
import { ago, condition, namespace } from '../../support/builders.ts';

function obstacle(conditions: readonly object[], spec: object = {}) {
  return obstacleOf(namespace('old', { spec, status: { conditions } }) as unknown as NamespaceItem);
}

describe('what keeps a namespace', () => {
  it('is discovery before all else, with every group version', () => {
    const message =
      'Discovery failed for some groups, 2 failing: unable to retrieve the complete list of server APIs: custom.metrics.k8s.io/v1beta1: the server is currently unable to handle the request, metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1';

    expect(
      obstacle([
        condition('NamespaceContentRemaining', 'True'),
        condition('NamespaceDeletionDiscoveryFailure', 'True', { message }),
      ]),
    ).toEqual({
      kind: 'discovery',
      groupVersions: ['custom.metrics.k8s.io/v1beta1', 'metrics.k8s.io/v1beta1'],
      pointer: '/status/conditions/1',
      since: ago(3600),
    });
  });

  it('is not a condition that says False', () => {
    const quiet = [
      'NamespaceDeletionDiscoveryFailure',
      'NamespaceFinalizersRemaining',
      'NamespaceContentRemaining',
    ];

    expect(
      obstacle(
        quiet.map((type) => condition(type, 'False')),
        { finalizers: ['kubernetes'] },
      ),
    ).toEqual({
      kind: 'silent',
      finalizers: ['kubernetes'],
      pointer: '/spec',
    });
  });

  it('is finalizers before the content they hold', () => {
    const held =
      'Some content in the namespace has finalizers remaining: a.example/x in 2 resource instances, b.example/y in 1 resource instances';

    expect(
      obstacle([
        condition('NamespaceContentRemaining', 'True', {
          message: 'Some resources are remaining: carts.shop.example has 3 resource instances',
        }),
        condition('NamespaceFinalizersRemaining', 'True', { message: held }),
      ]),
    ).toMatchObject({
      kind: 'finalizers',
      finalizers: ['2 × a.example/x', '1 × b.example/y'],
      remaining: ['3 × carts.shop.example'],
    });
  });
});
