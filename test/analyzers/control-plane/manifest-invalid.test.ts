import { manifestInvalid } from '../../../analyzers/control-plane/manifest-invalid.ts';
import { nodeManifests } from '../../../src/artifacts/node-manifests.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import type { DocumentArtifact } from '../../../src/model/artifact.ts';
import { ago } from '../../support/builders.ts';
import { componentLog, crashing, notReady, staticPod } from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const DOWN = staticPod('kube-apiserver', 'cp-1', notReady(crashing()));
const UP = staticPod('kube-apiserver', 'cp-1');
const FOLDER = '/etc/kubernetes/manifests';
const refused = (secondsAgo: number, line: string) => [
  { node: 'cp-1', unit: 'kubelet', text: `${ago(secondsAgo)} ${line}\n` },
];
const NEW =
  'E0115 11:59:45.000000    1533 file.go:187] "Could not process manifest file" err="/etc/kubernetes/manifests/kube-apiserver.yaml: couldn\'t parse as pod(yaml: line 4: could not find expected \':\'), please check config file" path="/etc/kubernetes/manifests/kube-apiserver.yaml"';
const OLD =
  'E0115 11:59:45.000000    1533 file.go:187] Can\'t process manifest file "/etc/kubernetes/manifests/etcd.yaml": couldn\'t parse as pod';
const file = (name: string, text: string) => `---\n# Source: ${FOLDER}/${name}\n${text}\n`;
const POD = 'kind: Pod\nmetadata: {name: etcd, namespace: kube-system}\nspec: {containers: [{name: etcd}]}';
const manifests = (...files: readonly string[]) => [
  {
    artifact: nodeManifests as DocumentArtifact,
    scope: { type: 'node', node: 'cp-1' } as const,
    bytes: files.join(''),
  },
];
const FLAG = 'Error: unknown flag: --enable-swagger-ui';
const FILE =
  'E0115 11:59:00.000000       1 run.go:72] "command failed" err="open /etc/kubernetes/pki/apiserver.crt: no such file or directory"';

testAnalyzer(manifestInvalid, {
  silent: [
    { name: 'a component that runs', given: { objects: [UP] } },
    {
      name: 'a wrong flag before it was corrected',
      given: { objects: [UP], logs: [componentLog('kube-apiserver', 'cp-1', [[600, FLAG]], true)] },
    },
    { name: 'a complaint of an hour ago', given: { objects: [UP], logs: refused(3600, NEW) } },
    {
      name: 'an empty file, and a hidden copy',
      given: {
        objects: [UP],
        documents: manifests(file('a.yaml', ''), file('etcd.yaml', POD), file('.etcd.yaml.swp', POD)),
      },
    },
  ],
  reports: [
    {
      name: 'the kubelet cannot parse it',
      given: { objects: [UP], logs: refused(15, NEW) },
      expect: [
        {
          message: 'notProcessed',
          subject: 'Node/cp-1',
          values: {
            file: `${FOLDER}/kube-apiserver.yaml`,
            detail: "couldn't parse as pod(yaml: line 4: could not find expected ':')",
          },
        },
      ],
    },
    {
      name: 'the kubelet cannot parse it (before 1.20)',
      given: { objects: [UP], logs: refused(15, OLD) },
      expect: [
        {
          message: 'notProcessed',
          subject: 'Node/cp-1',
          values: { file: `${FOLDER}/etcd.yaml`, detail: "couldn't parse as pod" },
        },
      ],
    },
    {
      name: 'the file itself is no YAML',
      given: { objects: [UP], documents: manifests(file('etcd.yaml', 'kind: Pod\n  metadata: {')) },
      expect: [{ message: 'unreadable', subject: 'Node/cp-1', values: { file: `${FOLDER}/etcd.yaml` } }],
    },
    {
      name: 'a backup beside it',
      given: {
        objects: [UP],
        documents: manifests(file('etcd.yaml', POD), file('etcd.yaml.bak', POD)),
      },
      expect: [
        {
          message: 'twice',
          subject: 'Node/cp-1',
          values: { file: `${FOLDER}/etcd.yaml.bak`, other: `${FOLDER}/etcd.yaml` },
        },
      ],
    },
    {
      name: 'a flag that is not known',
      given: { objects: [DOWN], logs: [componentLog('kube-apiserver', 'cp-1', [[60, FLAG]])] },
      expect: [
        {
          message: 'flagUnknown',
          subject: 'Pod/kube-system/kube-apiserver-cp-1',
          values: { detail: 'unknown flag: --enable-swagger-ui' },
        },
      ],
    },
    {
      name: 'a file that is not there',
      given: { objects: [DOWN], logs: [componentLog('kube-apiserver', 'cp-1', [[60, FILE]])] },
      expect: [
        {
          message: 'fileMissing',
          subject: 'Pod/kube-system/kube-apiserver-cp-1',
          values: { file: '/etc/kubernetes/pki/apiserver.crt' },
        },
      ],
    },
  ],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods] } },
    {
      name: 'the log of a component that is down was refused',
      given: { objects: [DOWN], forbidden: [{ id: 'logs' }] },
      reason: /not allowed/,
    },
  ],
});
