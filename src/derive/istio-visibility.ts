interface Exported {
  readonly metadata: { readonly namespace?: string };
  readonly spec?: { readonly exportTo?: readonly string[] };
}

/** Remembers, of objects added in their order, the first that some namespace sees together with another. */
export interface FirstSeen<T> {
  /** The first added before that is seen together with this one. */
  before(item: T): T | undefined;
  add(item: T): void;
}

const EVERYWHERE = '*';
const NOWHERE = '~';

/** First objects by the namespaces that see them (`exportTo`; without it all, or its own if `staysHome`). */
export function firstSeen<T>(exportOf: (item: T) => Exported, staysHome = false): FirstSeen<T> {
  const firsts = new Map<string, { readonly item: T; readonly order: number }>();
  let order = 0;
  let overall: T | undefined;
  return {
    before(item) {
      const scopes = visibleTo(exportOf(item), staysHome);
      if (scopes.length === 0) return undefined;
      if (scopes.includes(EVERYWHERE)) return overall;
      const found = [EVERYWHERE, ...scopes].flatMap((scope) => firsts.get(scope) ?? []);
      return found.sort((a, b) => a.order - b.order)[0]?.item;
    },
    add(item) {
      const scopes = visibleTo(exportOf(item), staysHome);
      if (scopes.length > 0) overall ??= item;
      order += 1;
      for (const scope of scopes) if (!firsts.has(scope)) firsts.set(scope, { item, order });
    },
  };
}

function visibleTo({ metadata, spec }: Exported, staysHome: boolean): string[] {
  const { exportTo = [] } = spec ?? {};
  const scopes = exportTo.length > 0 ? exportTo : [staysHome ? '.' : EVERYWHERE];
  return scopes
    .filter((one) => one !== NOWHERE)
    .map((one) => (one === '.' ? (metadata.namespace ?? '') : one));
}
