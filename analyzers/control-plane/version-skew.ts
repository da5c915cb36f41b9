import { apiServerVersion } from '../../src/artifacts/api-server-version.ts';
import { controlPlane } from '../../src/derive/control-plane.ts';
import { type ComponentVersion, componentVersions } from '../../src/derive/control-plane-versions.ts';
import { minorsAhead } from '../../src/derive/kubernetes-version.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';

const TAGS = { level: 'likely', reason: 'versions are read from the tags of the images' } as const;
const FINISH = {
  text: 'Finish the upgrade on the nodes that lag: `kubeadm upgrade node` there, one node after the other.',
  flavour: 'kubeadm',
} as const;

export const versionSkew = defineAnalyzer({
  meta: {
    id: 'control-plane/version-skew',
    title: 'Versions of control-plane components differ',
    description:
      'API servers more than a minor version apart, controller-managers and schedulers newer or much older than an API server.',
    messages: {
      apiServersApart: {
        severity: 'warning',
        confidence: TAGS,
        text: 'The API servers are of versions {newest:text} and {oldest:text} ({server:object}), more than one minor version apart; that is not supported.',
        remedy: [FINISH, { text: 'Upgrade one minor version at a time; all API servers first.' }],
      },
      componentNewer: {
        severity: 'warning',
        confidence: TAGS,
        text: '{component:object} is of version {version:text}, newer than the oldest API server ({server:text}): it may ask for what that one does not serve.',
        remedy: [
          { text: 'API servers are upgraded first, on all nodes; then the other components.' },
          FINISH,
        ],
      },
      componentOld: {
        severity: 'warning',
        confidence: TAGS,
        text: '{component:object} is of version {version:text}, more than one minor version behind the newest API server ({server:text}); that is not supported.',
        remedy: [FINISH],
      },
      patchesDiffer: {
        severity: 'info',
        confidence: TAGS,
        text: 'The control-plane components are not all of one version: {versions:text}. An upgrade may be under way.',
        remedy: [FINISH, { text: 'A mixture is meant to last as long as an upgrade does.' }],
      },
      etcdApart: {
        severity: 'warning',
        confidence: TAGS,
        text: 'The etcd members are of versions {newest:text} and {oldest:text}, more than a patch apart; etcd mixes two minor versions only while it is upgraded.',
        remedy: [FINISH, { text: 'etcd goes up one minor version at a time and not down again.' }],
      },
    },
    checks: {
      equal: {
        checklist: 'control-plane',
        item: 'Versions of the control plane',
        expected: 'one version of all components',
        found: '{version:text}',
      },
    },
    references: ['https://kubernetes.io/releases/version-skew-policy/'],
  },
  needs: { plane: controlPlane, version: optional(apiServerVersion) },
  appliesTo: ({ plane }) => plane.applies('kube-apiserver'),
  analyze({ plane }, context) {
    const cite = ({ instance }: ComponentVersion) =>
      context.at(instance.pod ?? {}, '/spec/containers/0/image');
    const servers = componentVersions(plane, 'kube-apiserver');
    const [newest, oldest] = [servers[0], servers.at(-1)];
    if (!newest || !oldest) return undefined;
    const server = { newest: newest.text, oldest: oldest.text };
    let fine = true;
    if (minorsAhead(newest.version, oldest.version) > 1) {
      fine = false;
      const { subject } = oldest.instance;
      const values = { ...server, server: subject };
      context.report({ message: 'apiServersApart', values, subject, evidence: [cite(newest), cite(oldest)] });
    }
    const others = [
      ...componentVersions(plane, 'kube-controller-manager'),
      ...componentVersions(plane, 'kube-scheduler'),
    ];
    for (const one of others) {
      const { subject } = one.instance;
      const evidence = [cite(one), cite(oldest)] as const;
      const values = { component: subject, version: one.text };
      if (minorsAhead(one.version, oldest.version) > 0) {
        fine = false;
        context.report({
          message: 'componentNewer',
          values: { ...values, server: oldest.text },
          subject,
          evidence,
        });
      } else if (minorsAhead(newest.version, one.version) > 1) {
        fine = false;
        context.report({
          message: 'componentOld',
          values: { ...values, server: newest.text },
          subject,
          evidence,
        });
      }
    }
    const members = componentVersions(plane, 'etcd');
    const [high, low] = [members[0], members.at(-1)];
    if (high && low && minorsAhead(high.version, low.version) > 0) {
      const { subject } = low.instance;
      const values = { newest: high.text, oldest: low.text };
      context.report({ message: 'etcdApart', values, subject, evidence: [cite(high), cite(low)] });
    }
    const versions = [...new Set([...servers, ...others].map(({ text }) => text))];
    const { subject } = newest.instance;
    if (fine && versions.length > 1) {
      context.report({ message: 'patchesDiffer', values: { versions }, subject, evidence: [cite(newest)] });
    } else if (fine) {
      context.looked({ check: 'equal', values: { version: newest.text }, subject, evidence: [cite(newest)] });
    }
    return undefined;
  },
});
