import { configurationDiffers } from '../../../analyzers/konvoy/configuration-differs.ts';
import { apiServerVersion } from '../../../src/artifacts/api-server-version.ts';
import { konvoyCluster } from '../../../src/artifacts/konvoy-cluster.ts';
import { clusterAddons } from '../../../src/artifacts/konvoy-resources.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { CLUSTER_SCOPE } from '../../../src/model/scope.ts';
import { type Built, node } from '../../support/builders.ts';
import { CLUSTER_YAML, clusterFile, inventoryFile } from '../../support/konvoy-files.ts';
import { addon } from '../../support/release-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const POOL = 'konvoy.mesosphere.com/node_pool';

function machine(
  name: string,
  address: string,
  pool: string,
  parts: { version?: string; labels?: object } = {},
): Built {
  return node(name, {
    metadata: { labels: { [POOL]: pool, ...parts.labels } },
    status: {
      addresses: [{ type: 'InternalIP', address }],
      nodeInfo: { kubeletVersion: parts.version ?? 'v1.18.10' },
    },
  });
}

function server(gitVersion: string) {
  return { artifact: apiServerVersion, scope: CLUSTER_SCOPE, bytes: JSON.stringify({ gitVersion }) };
}

const cp = machine('cp-1', '10.0.1.2', 'control-plane');
const workers = [machine('w-1', '10.0.1.3', 'worker'), machine('w-2', '10.0.1.4', 'worker')];
const traefik = addon('traefik');

testAnalyzer(configurationDiffers, {
  silent: [
    { name: 'neither file was given', given: { objects: [cp, traefik] }, status: 'not-applicable' },
    {
      name: 'all is as the files say',
      given: {
        objects: [cp, workers[0]!, traefik],
        documents: [
          clusterFile(CLUSTER_YAML.replace('count: 2', 'count: 1')),
          inventoryFile(),
          server('v1.18.10'),
        ],
      },
    },
    {
      name: 'a node known by the label of Konvoy, its address differs',
      given: {
        objects: [
          cp,
          machine('w-1', '10.0.7.7', 'worker', {
            labels: { 'konvoy.mesosphere.com/inventory_hostname': '10.0.1.3' },
          }),
        ],
        documents: [inventoryFile()],
      },
    },
    {
      name: 'a version without a patch is any of that minor',
      given: {
        objects: [cp, ...workers, traefik],
        documents: [clusterFile(CLUSTER_YAML.replace('1.18.10', '1.18')), server('v1.18.3')],
      },
    },
    {
      name: 'a worker that is behind, a node more, and an addon that is disabled',
      given: {
        objects: [
          cp,
          workers[0]!,
          machine('w-2', '10.0.1.4', 'worker', { version: 'v1.17.4' }),
          traefik,
          addon('dex'),
        ],
        documents: [clusterFile(), inventoryFile(), server('v1.18.10')],
      },
      info: [
        {
          message: 'nodeVersionDiffers',
          subject: 'Node/w-2',
          values: { wanted: '1.18.10', found: 'v1.17.4' },
        },
        { message: 'nodeNotInInventory', subject: 'Node/w-2' },
        { message: 'addonLeft', subject: 'Addon/kubeaddons/dex' },
      ],
    },
  ],
  reports: [
    {
      name: 'an enabled addon is missing',
      given: { objects: [cp, ...workers], documents: [clusterFile(), server('v1.18.10')] },
      expect: [{ message: 'addonMissing', subject: 'Addon/traefik', severity: 'warning' }],
    },
    {
      name: 'the API server is of another version',
      given: { objects: [cp, ...workers, traefik], documents: [clusterFile(), server('v1.17.4')] },
      expect: [
        {
          message: 'serverVersionDiffers',
          subject: 'host:API server',
          values: { wanted: '1.18.10', found: 'v1.17.4' },
        },
      ],
    },
    {
      name: 'a machine that is no node',
      given: { objects: [cp], documents: [inventoryFile()] },
      expect: [{ message: 'nodeMissing', subject: 'machine:10.0.1.3', values: { group: 'node' } }],
    },
    {
      name: 'a pool with fewer nodes than machines',
      given: { objects: [cp, workers[0]!, traefik], documents: [clusterFile()] },
      expect: [
        {
          message: 'poolShort',
          subject: 'machine:all nodes',
          values: { pool: 'worker', wanted: 2, found: 1 },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'addons were not seen whole',
      given: { objects: [cp, ...workers], documents: [clusterFile()], forbidden: [clusterAddons] },
      reason: /not allowed/,
    },
    {
      name: 'cluster.yaml could not be read',
      given: {
        rows: [
          { artifact: konvoyCluster.id, scope: CLUSTER_SCOPE, outcome: 'error', reason: 'it is no YAML' },
        ],
      },
      reason: /no YAML/,
    },
    {
      name: 'nodes were refused',
      given: { documents: [inventoryFile()], forbidden: [nodes] },
      reason: /not allowed/,
    },
  ],
});
