import type { ApiResource } from '../model/kube.ts';
import { ApiError, unknownPath } from './api-error.ts';
import type { Catalog } from './catalog.ts';
import type { JsonObject } from './json-path.ts';

const AGGREGATED = /g=apidiscovery\.k8s\.io/;

/** The answer to `/api` or `/apis`: aggregated discovery (v2 or v2beta1) where it is asked for, else the older lists. */
export function discoveryRoot(catalog: Catalog, root: 'api' | 'apis', accept: string): JsonObject {
  const groups = groupsOf(catalog).filter(({ name }) => (name === '') === (root === 'api'));
  const whole = catalog.failures.find(({ groupVersion }) => groupVersion === '/apis');
  if (root === 'apis' && whole) throw new ApiError(503, whole.reason);
  const version = aggregatedVersion(accept);
  if (version !== undefined) return aggregated(groups, version);
  if (root === 'api') {
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  }
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupBody) };
}

/** The content type of an answer of {@link discoveryRoot}. */
export function discoveryType(accept: string): string {
  const version = aggregatedVersion(accept);
  if (version === undefined) return 'application/json';
  return `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
}

/** The answer to `/apis/<group>`. */
export function groupAnswer(catalog: Catalog, group: string): JsonObject {
  const found = groupsOf(catalog).find(({ name }) => name === group);
  if (!found) throw unknownPath();
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(found) };
}

/** The answer to `/api/v1` or `/apis/<group>/<version>`: resources with their subresources as rows. */
export function versionAnswer(catalog: Catalog, group: string, version: string): JsonObject {
  const found = groupsOf(catalog).find(({ name }) => name === group);
  const served = found?.versions.find((one) => one.version === version);
  if (!served) throw unknownPath();
  if (served.stale) throw new ApiError(503, 'the server is currently unable to handle the request');
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: groupVersion(group, version),
    resources: served.resources.flatMap(legacyRows),
  };
}

interface ServedVersion {
  readonly version: string;
  readonly resources: readonly ApiResource[];
  readonly stale: boolean;
}

interface ServedGroup {
  readonly name: string;
  /** Most stable and newest first, as the API server orders them. */
  readonly versions: readonly ServedVersion[];
}

/** Only the version the objects were read in can be served: conversion is the API server's. */
function groupsOf({ resources, failures }: Catalog): ServedGroup[] {
  const groups = new Map<string, Map<string, { resources: ApiResource[]; stale: boolean }>>();
  function versionOf(group: string, version: string) {
    const versions = groups.get(group) ?? new Map();
    groups.set(group, versions);
    const known = versions.get(version) ?? { resources: [], stale: false };
    versions.set(version, known);
    return known as { resources: ApiResource[]; stale: boolean };
  }
  for (const resource of resources) versionOf(resource.group, resource.version).resources.push(resource);
  for (const { groupVersion: text } of failures) {
    const [group = '', version] = text.includes('/') ? text.split('/') : ['', text];
    if (version !== undefined && text !== '/apis') versionOf(group, version).stale = true;
  }
  return [...groups].map(([name, versions]) => ({
    name,
    versions: [...versions]
      .map(([version, served]) => ({ version, ...served }))
      .sort((a, b) => priority(b.version) - priority(a.version) || (a.version < b.version ? -1 : 1)),
  }));
}

/** GA before beta before alpha, then higher numbers first (apimachinery version.CompareKubeAwareVersionStrings). */
function priority(version: string): number {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return -1;
  const stage = { alpha: 1, beta: 2 }[match[2] ?? ''] ?? 3;
  return stage * 1e6 + Number(match[1]) * 1e3 + Number(match[3] ?? 0);
}

function groupVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

function groupBody({ name, versions }: ServedGroup): JsonObject {
  const rows = versions.map(({ version }) => ({ groupVersion: groupVersion(name, version), version }));
  return { name, versions: rows, preferredVersion: rows[0] };
}

function legacyRows(resource: ApiResource): JsonObject[] {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories, subresources } = resource;
  const row = {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
  };
  const below = subresources.map((subresource) => ({
    name: `${plural}/${subresource}`,
    singularName: '',
    namespaced,
    kind,
    verbs: ['get'],
  }));
  return [row, ...below];
}

function aggregatedVersion(accept: string): 'v2' | 'v2beta1' | undefined {
  const wanted = accept.split(',').find((part) => AGGREGATED.test(part));
  if (wanted === undefined) return undefined;
  return /v=v2beta1/.test(wanted) ? 'v2beta1' : 'v2';
}

function aggregated(groups: readonly ServedGroup[], version: 'v2' | 'v2beta1'): JsonObject {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map((one) => ({
        version: one.version,
        ...(one.resources.length === 0 && one.stale
          ? {}
          : { resources: one.resources.map(aggregatedResource) }),
        freshness: one.stale ? 'Stale' : 'Current',
      })),
    })),
  };
}

function aggregatedResource(resource: ApiResource): JsonObject {
  const { group, version, kind, plural, singular, verbs, shortNames, categories } = resource;
  return {
    resource: plural,
    responseKind: { group, version, kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...(resource.subresources.length > 0
      ? {
          subresources: resource.subresources.map((subresource) => ({
            subresource,
            responseKind: { group, version, kind },
            verbs: ['get'],
          })),
        }
      : {}),
  };
}
