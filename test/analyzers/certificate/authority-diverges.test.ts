import { authorityDiverges } from '../../../analyzers/certificate/authority-diverges.ts';
import { nodeCertificates } from '../../../src/artifacts/node-certificates.ts';
import { configMaps } from '../../../src/artifacts/resources.ts';
import { anyObject } from '../../support/builders.ts';
import { base64 } from '../../support/certificates.ts';
import { issueCa } from '../../support/issued-certificates.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const one = (await issueCa('kubernetes')).pem;
const other = (await issueCa('kubernetes')).pem;

function root(namespace: string, pem: string) {
  return anyObject('v1', 'ConfigMap', 'kube-root-ca.crt', namespace, { data: { 'ca.crt': pem } });
}

function clusterInfo(pem: string) {
  const kubeconfig = `apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: ${base64(pem)}\n`;
  return anyObject('v1', 'ConfigMap', 'cluster-info', 'kube-public', { data: { kubeconfig } });
}

function file(node: string, pem: string) {
  return {
    artifact: nodeCertificates,
    scope: { type: 'node', node },
    bytes: `==> /etc/kubernetes/pki/ca.crt 644 root:root <==\n${pem}`,
  } as const;
}

testAnalyzer(authorityDiverges, {
  silent: [
    {
      name: 'the same everywhere',
      given: {
        objects: [root('shop', one), root('default', one), clusterInfo(one)],
        documents: [file('cp-1', one), file('cp-2', one)],
      },
    },
    {
      name: 'a rotation under way: bundles of both',
      given: {
        objects: [root('shop', one), root('default', one + other), clusterInfo(one)],
        documents: [file('cp-1', one), file('cp-2', other + one)],
      },
    },
    {
      name: 'a ConfigMap of that key and another name',
      given: {
        objects: [
          root('shop', one),
          anyObject('v1', 'ConfigMap', 'db-ca', 'shop', { data: { 'ca.crt': other } }),
        ],
      },
    },
    { name: 'one node seen', given: { documents: [file('cp-1', one)] } },
  ],
  reports: [
    {
      name: 'two control plane nodes share none',
      given: { documents: [file('cp-1', one), file('cp-2', one), file('cp-3', other)] },
      expect: [
        {
          message: 'nodesDiffer',
          subject: 'Node/cp-3',
          severity: 'critical',
          values: { path: '/etc/kubernetes/pki/ca.crt' },
        },
      ],
    },
    {
      name: 'one namespace has an older one',
      given: { objects: [root('a', one), root('b', one), root('shop', other)] },
      expect: [
        {
          message: 'namespacesDiffer',
          subject: 'ConfigMap/shop/kube-root-ca.crt',
          severity: 'warning',
          values: { count: 1 },
        },
      ],
    },
    {
      name: 'join information was not renewed',
      given: { objects: [root('shop', one), clusterInfo(other)] },
      expect: [{ message: 'joinInformationDiffers', subject: 'ConfigMap/kube-public/cluster-info' }],
    },
  ],
  unknown: [{ name: 'ConfigMaps were refused', given: { forbidden: [configMaps] }, reason: /not allowed/ }],
});
