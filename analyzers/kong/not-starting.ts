import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { containersOf } from '../../src/derive/containers.ts';
import { kongContainer } from '../../src/derive/kong-containers.ts';
import { kongPlaneLog } from '../../src/derive/kong-plane-log.ts';
import { DISK_ERROR } from '../../src/derive/kong-plane-sync-messages.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { POD_SYMPTOMS } from '../../src/derive/pod-symptoms.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

const REFUSES = {
  severity: 'critical',
  confidence: { level: 'certain', reason: 'its log says so, and its container does not run or is not ready' },
  explains: [
    { effect: 'pod-crashing', via: ['same-object'] },
    { effect: 'data-plane-configuration-old', via: ['same-object'] },
    ...POD_SYMPTOMS,
  ],
  key: ['container'],
} as const;
const SHOW = {
  text: 'See its settings and mounts.',
  argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'yaml'],
} as const;

const needs = { pods, log: optional(kongPlaneLog) };

export const notStarting = defineAnalyzer({
  meta: {
    id: 'kong/not-starting',
    title: 'Kong refuses to start',
    description:
      'Kong nodes of any role whose container does not run or is not ready, and whose log says why: certificate, role, sockets left behind, a worker that cannot begin.',
    messages: {
      certificateUnreadable: {
        ...REFUSES,
        text: 'Kong in container `{container:text}` of {pod:object} does not start for its cluster certificate: {detail:text}.',
        remedy: [
          {
            text: 'Set `KONG_CLUSTER_CERT` and `KONG_CLUSTER_CERT_KEY` to files of a mounted Secret, in PKI mode `KONG_CLUSTER_CA_CERT` too; each file must hold what its name says.',
          },
          SHOW,
        ],
      },
      roleMistaken: {
        ...REFUSES,
        text: 'Kong in container `{container:text}` of {pod:object} does not start because its settings contradict its role: {detail:text}.',
        remedy: [
          {
            text: 'Data planes need `KONG_DATABASE=off`; control planes need a database and `KONG_ADMIN_LISTEN`.',
          },
          SHOW,
        ],
      },
      socketsLeft: {
        ...REFUSES,
        text: 'Kong in container `{container:text}` of {pod:object} does not start because an earlier run left its sockets behind: {detail:text}.',
        remedy: [
          {
            text: 'Delete the pod: a restart of the container keeps its volume and the sockets in it, a new pod does not.',
            argv: ['kubectl', 'delete', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
          },
          {
            text: 'Against the next time: an image that clears them (3.2.2 and later, for 3.8 from 3.9.0 on), and a grace period in which Kong ends by itself.',
          },
        ],
      },
      workerNotInitialised: {
        ...REFUSES,
        text: 'A worker of Kong in container `{container:text}` of {pod:object} cannot begin, and answers every request with an error: {detail:text}.',
        remedy: [
          { text: 'Mend what it names; Kong has to be restarted afterwards, since it does not try again.' },
          SHOW,
        ],
      },
    },
    checks: {
      starts: { item: 'Kong starts', expected: 'no refusal in its log', found: 'it runs and is ready' },
    },
    references: [
      'Kong/kong 2.8 to 3.9: kong/conf_loader/init.lua, kong/clustering/tls.lua, kong/init.lua',
      'Kong/kong issue 13730, Kong/docker-kong issue 724 (sockets left behind)',
    ],
  },
  needs,
  appliesTo({ pods: { items, coverage } }) {
    if (items.some((pod) => !hasEnded(pod) && kongContainer(pod))) return true;
    if (!coverage.complete) return { applies: 'unseen', gaps: coverage.gaps };
    return { applies: false, reason: 'no pod runs Kong' };
  },
  analyze(inputs, context) {
    for (const pod of inputs.pods.items) {
      if (!hasEnded(pod) && !pod.metadata.deletionTimestamp) judge(pod, inputs, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<typeof notStarting.meta.messages, NonNullable<typeof notStarting.meta.checks>>;

function judge(pod: PodItem, inputs: Inputs<typeof needs>, context: Context): void {
  const kong = kongContainer(pod);
  const view = kong && containersOf(pod).find(({ name, init }) => name === kong.name && !init);
  if (!kong || !view) return;
  const subject = subjectOf(pod);
  const { state, ready, lastState } = view.status;
  if (ready) {
    context.looked({ check: 'starts', subject, values: {} });
    return;
  }
  const { namespace = '', name } = pod.metadata;
  const owner = { namespace, pod: name, container: kong.name };
  const began = state?.running?.startedAt ?? lastState?.terminated?.startedAt ?? '';
  const evidence = context.at(pod, view.pointer);
  for (const pattern of ['refusedToStart', 'staleSocket', 'initFailed'] as const) {
    const found = inputs.log
      .matches(pattern, owner)
      .flatMap((matches) => matches.hits.map((hit) => ({ matches, hit })))
      .filter(({ hit }) => !hit.time || hit.time >= began)
      .at(-1);
    const detail = found?.hit.captures.error;
    // A database that cannot be opened is a question of its disk: `kong/prefix-volume-full`.
    if (!found || detail === undefined || DISK_ERROR.test(detail)) continue;
    const message = messageOf(pattern, detail);
    const values = { pod: subject, container: kong.name, detail };
    context.report({ message, values, subject, evidence: [{ cite: 'matches', ...found }, evidence] });
    return;
  }
}

function messageOf(pattern: 'refusedToStart' | 'staleSocket' | 'initFailed', detail: string) {
  if (pattern === 'staleSocket') return 'socketsLeft';
  if (pattern === 'initFailed') return 'workerNotInitialised';
  return /storage|admin_listen/.test(detail) ? 'roleMistaken' : 'certificateUnreadable';
}
