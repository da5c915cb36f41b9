import type { Built } from '../../../support/builders.ts';
import { virtualEnvironment } from '../../../support/virtual-environment-builders.ts';
import {
  coveredNamespace,
  taggedPod,
  tagWebhook,
  webhookDeployment,
  webhookPod,
} from '../../../support/virtual-environment-tag-builders.ts';

/** The environment all findings are about. */
export const subject = 'VirtualEnvironment/shop/demo-virtualenv';
/** Pods as they should be. */
export const tagged = [
  taggedPod('app-js', 'dev', { tag: 'dev' }),
  taggedPod('app-go', 'dev.proj2', { tag: 'dev.proj2' }),
];

/** An environment with its namespace and the webhook, as delivered. */
export function scene(own: readonly Built[], more: readonly Built[] = []): Built[] {
  return [
    virtualEnvironment(),
    coveredNamespace(),
    tagWebhook(),
    webhookDeployment(),
    webhookPod(),
    ...own,
    ...more,
  ];
}
