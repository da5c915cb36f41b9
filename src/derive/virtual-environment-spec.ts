import type { VirtualEnvironmentItem } from '../artifacts/virtual-environment-resources.ts';
import { perItem } from '../model/per-item.ts';

/** Another header an environment is read from. */
export interface HeaderAlias {
  readonly name: string;
  /** A regular expression with the placeholder where the name of the environment stands; empty: the whole value. */
  readonly pattern: string;
  /** Empty where none is set: the operator then takes the whole value of the header, whatever the pattern. */
  readonly placeholder: string;
}

/** A VirtualEnvironment as its operator reads it. */
export interface EnvironmentSpec {
  readonly label: string;
  readonly splitter: string;
  /** Empty: requests without an environment go to any pod. */
  readonly defaultSubset: string;
  readonly header: string;
  readonly autoInject: boolean;
  readonly aliases: readonly HeaderAlias[];
}

/** Defaults of handleDefaultConfig (alibaba/virtual-environment pkg/controller/virtualenv/reconcile_trigger.go). */
const DEFAULTS = { label: 'virtual-env', splitter: '.', header: 'X-Virtual-Env' } as const;

/**
 * The spec of a VirtualEnvironment with the defaults that take effect. That of a placeholder, `(@)`, does not:
 * v0.5 and v0.6 assign it to a copy in a loop.
 */
export const environmentSpec: (instance: VirtualEnvironmentItem) => EnvironmentSpec = perItem(readSpec);

function readSpec({ spec }: VirtualEnvironmentItem): EnvironmentSpec {
  const { envLabel, envHeader } = spec ?? {};
  return {
    label: envLabel?.name || DEFAULTS.label,
    splitter: envLabel?.splitter || DEFAULTS.splitter,
    defaultSubset: envLabel?.defaultSubset ?? '',
    header: envHeader?.name || DEFAULTS.header,
    autoInject: envHeader?.autoInject === true,
    aliases: (envHeader?.aliases ?? []).map(({ name = '', pattern = '', placeholder = '' }) => ({
      name,
      pattern,
      placeholder,
    })),
  };
}
