import { expect, it } from 'vitest';
import { ownerOfFinalizer } from '../../../src/derive/finalizers.ts';

it.each([
  ['foregroundDeletion', 'the garbage collector of kube-controller-manager'],
  ['service.kubernetes.io/load-balancer-cleanup', 'the cloud controller manager'],
  ['external-attacher/ebs-csi-aws-com', 'the external attacher of the CSI driver'],
  ['carts.shop.example/guard', 'the controller that `carts.shop.example` belongs to'],
  ['guard.shop.example', 'the controller that `guard.shop.example` belongs to'],
])('the finalizer %s is removed by %s', (finalizer, controller) => {
  expect(ownerOfFinalizer(finalizer).controller).toBe(controller);
});
