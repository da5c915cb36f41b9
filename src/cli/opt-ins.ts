/** The flags that turn on what needs more than reading rights. */
export interface OptInFlags {
  readonly exec?: boolean;
  readonly nodeProxy?: boolean;
  readonly nodes?: boolean;
}

/** The opt-in flags given, as collectors name them. */
export function optInsOf({ exec, nodeProxy, nodes }: OptInFlags): string[] {
  const flags = { '--exec': exec, '--node-proxy': nodeProxy, '--nodes': nodes };
  return Object.entries(flags).flatMap(([flag, given]) => (given ? [flag] : []));
}
