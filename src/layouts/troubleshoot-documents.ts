type Fields = Readonly<Record<string, unknown>>;

/** `cluster-info/cluster_version.json`, `{info, string}`, as the reply of `/version`. */
export function versionReply(bytes: Buffer): Uint8Array {
  const { info, string } = fieldsOf(JSON.parse(bytes.toString()));
  const reply = fieldsOf(info);
  const gitVersion = reply.gitVersion ?? string;
  return Buffer.from(JSON.stringify({ ...reply, gitVersion }));
}

/** `cluster-resources/resources.json`, a list of APIResourceLists, as our record of discovery. */
export function discoveryRecord(bytes: Buffer): Uint8Array {
  const kinds = new Map<string, Record<string, unknown> & { versions: string[]; subresources: string[] }>();
  const lists = JSON.parse(bytes.toString());
  if (!Array.isArray(lists)) throw new TypeError('a list of APIResourceLists was expected');
  for (const list of lists.map(fieldsOf)) {
    const groupVersion = typeof list.groupVersion === 'string' ? list.groupVersion : '';
    const slash = groupVersion.indexOf('/');
    const group = slash < 0 ? '' : groupVersion.slice(0, slash);
    const version = groupVersion.slice(slash + 1);
    for (const resource of (Array.isArray(list.resources) ? list.resources : []).map(fieldsOf)) {
      const { name, kind } = resource;
      if (typeof name !== 'string' || typeof kind !== 'string') continue;
      const [plural = '', subresource] = name.split('/', 2);
      const known = kinds.get(`${group} ${plural}`);
      if (subresource !== undefined) known?.subresources.push(subresource);
      else if (known !== undefined) known.versions.push(version);
      else kinds.set(`${group} ${plural}`, kindOf(resource, { group, version, kind, plural }));
    }
  }
  return Buffer.from(JSON.stringify({ resources: [...kinds.values()], failures: [] }));
}

/**
 * `configmaps/<namespace>/<name>.json`, `{namespace, name, configMapExists, data}`, as a ConfigMap. One that does not
 * exist, or of which the values were not asked for, is no object: what it holds is not known.
 */
export function configMapOf(bytes: Buffer): Uint8Array {
  const { namespace, name, configMapExists, data } = fieldsOf(JSON.parse(bytes.toString()));
  const isKnown = configMapExists === true && typeof data === 'object' && data !== null;
  const type = { apiVersion: 'v1', kind: 'ConfigMap' };
  const object = isKnown
    ? { ...type, metadata: { namespace, name }, data }
    : { ...type, kind: 'ConfigMapList', items: [] };
  return Buffer.from(JSON.stringify(object));
}

function kindOf(
  resource: Fields,
  base: { group: string; version: string; kind: string; plural: string },
): Record<string, unknown> & { versions: string[]; subresources: string[] } {
  return {
    ...base,
    versions: [base.version],
    singular: resource.singularName ?? '',
    shortNames: resource.shortNames ?? [],
    categories: resource.categories ?? [],
    namespaced: resource.namespaced === true,
    verbs: resource.verbs ?? [],
    subresources: [],
  };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
