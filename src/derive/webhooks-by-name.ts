import {
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from '../artifacts/extension-resources.ts';
import { defineDerived, type ItemOf, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';

/** A configuration of admission webhooks, of either kind. */
export type WebhookConfiguration =
  | ItemOf<typeof validatingWebhookConfigurations>
  | ItemOf<typeof mutatingWebhookConfigurations>;

/** Admission webhooks by the names the API server quotes when it refuses. */
export interface WebhooksByName {
  /** Configurations with a webhook of this name, and its place among theirs. */
  named(name: string): readonly { readonly item: WebhookConfiguration; readonly index: number }[];
  /** Whether all configurations were seen: then a name that is not found does not exist. */
  readonly complete: boolean;
}

/** Webhooks of all configurations, indexed once. */
export const webhooksByName = defineDerived({
  id: 'webhooks-by-name',
  title: 'Admission webhooks by name',
  needs: {
    validating: optional(validatingWebhookConfigurations),
    mutating: optional(mutatingWebhookConfigurations),
  },
  derive({ validating, mutating }): WebhooksByName {
    const found = new Map<string, { item: WebhookConfiguration; index: number }[]>();
    const items: readonly WebhookConfiguration[] = [...validating.items, ...mutating.items];
    for (const item of items) {
      for (const [index, { name }] of (item.webhooks ?? []).entries())
        getOrCreate(found, name, () => []).push({ item, index });
    }
    return {
      named: (name) => found.get(name) ?? [],
      complete: validating.coverage.complete && mutating.coverage.complete,
    };
  },
});
