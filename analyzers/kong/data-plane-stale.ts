import { pods } from '../../src/artifacts/resources.ts';
import { sinceOf } from '../../src/derive/kong-data-plane-case.ts';
import { untold } from '../../src/derive/kong-data-plane-checklist.ts';
import {
  type DataPlaneView,
  isEmptyHash,
  kongDataPlanes,
  servedHash,
} from '../../src/derive/kong-data-planes.ts';
import { peerHash } from '../../src/derive/kong-plane-hashes.ts';
import { kongPlanes } from '../../src/derive/kong-planes.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { EvidenceRef } from '../../src/model/finding.ts';
import { subjectOf } from '../../src/model/subject.ts';

const STALE = {
  severity: 'warning',
  effect: 'data-plane-configuration-old',
  check: 'configuration',
} as const;
const REMEDY = [
  {
    text: 'Mend its link to the control plane; it takes the configuration by itself then.',
  },
  {
    text: 'Do not restart it before: without a link a new pod has no configuration at all and serves nothing.',
  },
  {
    text: 'Compare the hash of its configuration (`/status`, field `configuration_hash`) with that of a connected data plane.',
    argv: ['kubectl', 'port-forward', '-n', '{pod.namespace}', 'pod/{pod.name}', '8100'],
  },
] as const;

export const dataPlaneStale = defineAnalyzer({
  meta: {
    id: 'kong/data-plane-stale',
    title: 'Kong data plane serves a cached configuration',
    description:
      'Data planes that are ready and take traffic while they are cut off from their control plane: they serve the last configuration they got.',
    messages: {
      behind: {
        ...STALE,
        confidence: {
          level: 'certain',
          reason: 'connected data planes of the same control plane serve another configuration',
        },
        text: '{pod:object} is ready and serves an old configuration: it is cut off from its control plane, and those connected have `{current:text}` where it has `{own:text}`.',
        remedy: REMEDY,
      },
      cached: {
        ...STALE,
        confidence: {
          level: 'likely',
          reason: 'it is ready, which it is only with a configuration, and nothing new can reach it',
        },
        text: '{pod:object} is ready and serves the configuration it got before it was cut off from its control plane: changes since then are not in it.',
        remedy: REMEDY,
      },
    },
    checks: {
      configuration: {
        checklist: 'kong-data-plane',
        item: 'Configuration: where it comes from',
        expected: 'the control plane, now',
        found: '{state:text}',
      },
    },
    references: [
      'https://developer.konghq.com/gateway/hybrid-mode/ (data planes go on with their cached configuration)',
      'Kong/kong 3.3 to 3.9: kong/status/ready.lua (ready with any configuration), kong/clustering/config_helper.lua',
    ],
  },
  needs: { pods, planes: kongPlanes, views: kongDataPlanes },
  appliesTo({ planes, pods: collection }) {
    if (planes.dataPlanes.length > 0) return true;
    if (!collection.coverage.complete) return { applies: 'unseen', gaps: collection.coverage.gaps };
    return { applies: false, reason: 'no pod runs a Kong data plane' };
  },
  analyze({ views }, context) {
    for (const view of views.planes) judge(view, context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof dataPlaneStale.meta.messages,
  NonNullable<typeof dataPlaneStale.meta.checks>
>;

function judge(view: DataPlaneView, context: Context): void {
  const { plane, life, connection } = view;
  const subject = subjectOf(plane.pod);
  const evidence = evidenceOf(view, context);
  const { registration } = plane;
  const unseen = (reason: Parameters<typeof context.looked>[0]['unseen'] & {}) =>
    context.looked({ check: 'configuration', subject, unseen: reason, evidence });
  const fine = (state: string) =>
    context.looked({ check: 'configuration', subject, values: { state }, evidence });
  if (life.is !== 'running') unseen('its container does not run, or has just started');
  else if (connection === 'up' || connection === 'late') fine('connected');
  else if (connection === 'unknown') {
    const reason =
      registration.state === 'unseen' ? registration.reason : 'nothing tells whether it is connected';
    unseen(untold(subject, reason));
  } else if (!life.ready) unseen('it is not ready and takes no traffic');
  else if (isEmptyHash(servedHash(view))) unseen('it has no configuration');
  else report(view, evidence, context);
}

function report(view: DataPlaneView, evidence: readonly EvidenceRef[], context: Context): void {
  const { plane } = view;
  const subject = subjectOf(plane.pod);
  const own = servedHash(view);
  const peers = peerHash(plane);
  const common = {
    subject,
    evidence: [context.at(plane.pod, view.life.pointer), ...evidence],
    ...('entry' in plane.registration && plane.registration.state === 'stale'
      ? sinceOf(plane.registration.entry)
      : {}),
  } as const;
  if (own !== undefined && peers && peers.hash !== own) {
    const values = { pod: subject, own, current: peers.hash };
    const cited = context.at(peers.row.registry.document, peers.row.pointer);
    context.report({ message: 'behind', values, ...common, evidence: [...common.evidence, cited] });
  } else context.report({ message: 'cached', values: { pod: subject }, ...common });
}

/** What tells of its link and of the configuration it serves. */
function evidenceOf({ plane, own, link }: DataPlaneView, context: Context): EvidenceRef[] {
  const { registration } = plane;
  const line = link.last;
  return [
    ...('entry' in registration
      ? [context.at(registration.entry.registry.document, registration.entry.pointer)]
      : []),
    ...(own ? [context.at(own)] : []),
    ...(line && link.failing ? [{ cite: 'matches', matches: line.matches, hit: line.hit } as const] : []),
  ];
}
