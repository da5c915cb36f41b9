import {
  type ConsoleCloudError,
  type ConsoleRecap,
  type ConsoleRun,
  type ConsoleTask,
  consoleRun,
} from '../../src/artifacts/console-run.ts';
import { type KonvoyAddons, konvoyAddons } from '../../src/derive/konvoy-addons.ts';
import { ALL_NODES, lostDocuments, type Machines, machines } from '../../src/derive/machines.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type DocumentItem, optional } from '../../src/model/artifact.ts';
import type { Gap } from '../../src/model/coverage.ts';
import { type Subject, subjectOf } from '../../src/model/subject.ts';

const SHOWN = { level: 'certain', reason: 'the console shows it' } as const;

/** Codes of the AWS APIs for credentials that are none, no longer valid, or of nobody. */
const CREDENTIALS =
  /^(?:NoCredentials|ExpiredToken(?:Exception)?|RequestExpired|InvalidClientTokenId|UnrecognizedClientException|AuthFailure|SignatureDoesNotMatch|InvalidAccessKeyId|IncompleteSignature)$/;
/** What Konvoy and Ansible say when no login to a host comes about. */
const NO_LOGIN =
  /timed out waiting for ping module|Failed to connect to the host via ssh|Connection (?:timed out|refused|closed|reset)|No route to host|Permission denied \(|Host key verification failed|EOF on stream/;
/** Tasks that do nothing but wait for a login; of others the same words may be about another host. */
const LOGIN_TASK = /\bssh\b|target connection|Gathering Facts/i;
const TOO_MANY_KEYS = 'Too many authentication failures';
const NO_PYTHON =
  /python[\d.]*: (?:command )?not found|No such file or directory.{0,80}python|python.{0,80}No such file or directory|interpreter.{0,60}not found|requires? (?:a minimum of )?Python|SyntaxError: .{0,80}ansible/i;

export const runFailed = defineAnalyzer({
  meta: {
    id: 'konvoy/run-failed',
    title: 'Run of the installer failed',
    description: 'Tasks, logins, addons and requests to the cloud that failed in a run of Konvoy or Ansible.',
    messages: {
      tooManyKeys: {
        severity: ['warning', 'info'],
        confidence: SHOWN,
        text: '{node:object} ends the SSH login of the installer: `{reason:text}`. The SSH agent offers more keys than the host tries.',
        remedy: [
          { text: 'See the keys the agent offers.', argv: ['ssh-add', '-L'] },
          { text: 'Take all of them out.', argv: ['ssh-add', '-D'] },
          { text: 'Add the private key of the cluster alone (`ssh-add <private key>`), and run again.' },
        ],
        groupBy: ['reason'],
        check: ['ssh', 'python'],
      },
      hostUnreachable: {
        severity: ['warning', 'info'],
        confidence: SHOWN,
        text: 'The installer gets no SSH login on {node:object}: {said:text}.',
        remedy: [
          {
            text: 'Run the command again: with many hosts the network of a cloud provider may let only some connections through at a time, and what was done is not done twice.',
          },
          {
            text: 'Where it stays so: the address of the host in inventory.yaml (`ansible_host`), its security group or firewall (TCP 22), the user and the key.',
          },
        ],
        check: ['ssh', 'python'],
      },
      pythonMissing: {
        severity: ['warning', 'info'],
        confidence: { level: 'likely', reason: 'the task fails with words about the interpreter' },
        text: '{node:object} has no Python that Ansible can use: {said:text}.',
        remedy: [
          { text: 'Install Python on the host, or set `ansible_python_interpreter` in inventory.yaml.' },
        ],
        check: 'python',
      },
      taskFailed: {
        severity: ['warning', 'info'],
        confidence: SHOWN,
        text: 'The task `{task:text}` fails on {node:object}: {said:text}.',
        remedy: [
          {
            text: 'Mend what the task names on the host and run the command again; with `--verbose` it shows what each task did.',
          },
        ],
        key: ['task'],
        groupBy: ['task'],
      },
      addonFailed: {
        severity: ['warning', 'info'],
        confidence: SHOWN,
        text: '{addon:object} of Konvoy failed to deploy.',
        effect: 'not-reconciled',
        remedy: [
          {
            text: 'See how its Helm release ended; Helm 2, which Konvoy up to 1.5 uses, has no `--all-namespaces`.',
            argv: ['helm', 'list', '--all', '--all-namespaces'],
          },
          {
            text: 'See its Deployments and pods; the reason is in their events and logs.',
            argv: ['kubectl', 'get', 'deployments,pods', '-n', 'kubeaddons'],
          },
          { text: 'When it is mended, deploy again.', argv: ['konvoy', 'deploy', 'addons'] },
        ],
        check: 'addon',
      },
      credentialsRefused: {
        severity: 'warning',
        confidence: SHOWN,
        text: 'AWS refuses the credentials of the installer ({code:text}, {operation:text}): {said:text}.',
        remedy: [
          {
            text: 'Renew the credentials of the profile `AWS_PROFILE` names, in ~/.aws/credentials or the environment, and run again.',
          },
          { text: 'See whose they are, and that they work.', argv: ['aws', 'sts', 'get-caller-identity'] },
        ],
        key: ['code'],
        groupBy: ['code'],
      },
      cloudRequestFailed: {
        severity: 'warning',
        confidence: SHOWN,
        text: 'A request to AWS fails ({code:text}, {operation:text}): {said:text}.',
        remedy: [
          {
            text: 'Most deployments that fail do so at the API of the cloud: see its rights and quotas; `--verbose` shows the requests.',
            argv: ['konvoy', 'up', '--verbose'],
          },
        ],
        key: ['code', 'operation'],
      },
    },
    checks: {
      addon: {
        checklist: 'check-addons',
        item: 'Addon in the last run',
        expected: '[OK]',
        found: '[OK]',
      },
      ssh: {
        checklist: 'check-preflight',
        item: 'SSH login of the installer',
        expected: 'a login on every host',
        found: '{count:count} tasks ran on the host',
      },
      python: {
        checklist: 'check-preflight',
        item: 'Python for Ansible',
        expected: 'a Python that Ansible can use',
        found: '{count:count} tasks ran on the host',
      },
    },
    references: [
      'konvoy up, deploy and check: lines STAGE, PLAY, TASK, addons with [OK] or [ERROR]',
      'ansible/ansible lib/ansible/plugins/callback/default.py (results, recap)',
      'https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html',
    ],
  },
  needs: { runs: optional(consoleRun), machines, addons: optional(konvoyAddons) },
  appliesTo({ runs }) {
    const lost = lostDocuments(runs);
    if (runs.items.length === 0 && lost) return { applies: 'unseen', gaps: [lost] };
    return runs.items.length > 0 ? true : { applies: false, reason: 'no console text of a run was given' };
  },
  analyze({ runs, machines: known, addons }, context) {
    for (const document of runs.items) {
      for (const [index, task] of document.value.tasks.entries())
        judgeTask(task, { document, pointer: `/tasks/${index}`, known, context });
      judgeAddons(document, addons, context);
      for (const [index, error] of document.value.cloudErrors.entries())
        judgeCloud(error, { document, pointer: `/cloudErrors/${index}`, known, context });
      judgeHosts(document, known, context);
      if (!document.value.finished)
        context.looked({ check: 'ssh', unseen: unfinished(document), subject: ALL_NODES });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<typeof runFailed.meta.messages, NonNullable<typeof runFailed.meta.checks>>;

function unfinished({ scope }: DocumentItem<ConsoleRun>): Gap {
  const reason = 'the text ends before the recap of its last task';
  return { artifact: consoleRun.id, scope, outcome: 'truncated', reason };
}

interface Place {
  readonly document: DocumentItem<ConsoleRun>;
  /** JSON Pointer into the document. */
  readonly pointer: string;
  readonly known: Machines;
  readonly context: Context;
}

function judgeTask(result: ConsoleTask, { document, pointer, known, context }: Place): void {
  const { task, host, said } = result;
  const message = failureOf(result);
  if (said === undefined || message === undefined) return;
  const node = subjectAt(host, known);
  const severity = severityAt(host, known);
  const common = { severity, subject: node, evidence: [context.at(document, pointer)] } as const;
  const words = said.replace(/\.+$/, '');
  if (message === 'tooManyKeys')
    context.report({ message, values: { node, reason: TOO_MANY_KEYS }, ...common });
  else if (message === 'taskFailed')
    context.report({ message, values: { task, node, said: words }, ...common });
  else context.report({ message, values: { node, said: words }, ...common });
}

/** Which message says a failure; undefined when it is none. */
function failureOf({ task, outcome, said }: ConsoleTask) {
  if (said === undefined) return undefined;
  if (said.includes(TOO_MANY_KEYS)) return 'tooManyKeys';
  if (NO_PYTHON.test(said)) return 'pythonMissing';
  return outcome === 'unreachable' || (LOGIN_TASK.test(task) && NO_LOGIN.test(said))
    ? 'hostUnreachable'
    : 'taskFailed';
}

function judgeAddons(document: DocumentItem<ConsoleRun>, addons: KonvoyAddons, context: Context): void {
  for (const [index, { name, failed }] of document.value.addons.entries()) {
    const known = addons.named(name);
    const addon: Subject = known
      ? subjectOf(known.item)
      : { group: 'kubeaddons.mesosphere.io', kind: 'Addon', name };
    const evidence = [context.at(document, `/addons/${index}`)] as const;
    // An addon that is ready by now has got over it.
    const severity = known?.ready ? 'info' : 'warning';
    if (failed)
      context.report({ message: 'addonFailed', severity, values: { addon }, subject: addon, evidence });
    else context.looked({ check: 'addon', values: {}, subject: addon, evidence });
  }
}

function judgeCloud(
  { code, operation, said }: ConsoleCloudError,
  { document, pointer, context }: Place,
): void {
  const values = { code, operation, said: said.replace(/\.+$/, '') };
  const subject: Subject = { external: 'host', name: 'AWS API' };
  const evidence = [context.at(document, pointer)] as const;
  const message = CREDENTIALS.test(code) ? 'credentialsRefused' : 'cloudRequestFailed';
  context.report({ message, values, subject, evidence });
}

/** Rows of hosts that took a login, and failures no line tells more of than the recap. */
function judgeHosts(document: DocumentItem<ConsoleRun>, known: Machines, context: Context): void {
  const { tasks, recaps } = document.value;
  const failed = tasks.filter(({ said }) => said !== undefined);
  const told = new Set(failed.map(({ host }) => host));
  const shut = new Set(failed.filter((one) => failureOf(one) !== 'taskFailed').map(({ host }) => host));
  const byHost = Map.groupBy(tasks, ({ host }) => host);
  const recapOf = new Map(recaps.map((recap) => [recap.host, recap]));
  for (const host of new Set([...byHost.keys(), ...recapOf.keys()])) {
    if (shut.has(host)) continue;
    const recap = recapOf.get(host);
    const subject = subjectAt(host, known);
    if (recap && !told.has(host) && recap.unreachable + recap.failed > 0) {
      reportRecap(recap, document, { known, context });
      continue;
    }
    const results = (byHost.get(host) ?? []).filter(({ outcome }) => outcome === 'ok');
    const own = results.filter(({ delegated }) => !delegated).length;
    const count = Math.max(own, (recap?.ok ?? 0) - (results.length - own));
    for (const check of ['ssh', 'python'] as const) {
      if (count > 0) context.looked({ check, values: { count }, subject });
      else context.looked({ check, unseen: 'no task of the text ran on the host', subject });
    }
  }
}

function reportRecap(
  { host, unreachable, failed }: ConsoleRecap,
  document: DocumentItem<ConsoleRun>,
  { known, context }: Pick<Place, 'known' | 'context'>,
): void {
  const node = subjectAt(host, known);
  const index = document.value.recaps.findIndex((recap) => recap.host === host);
  const evidence = [context.at(document, `/recaps/${index}`)] as const;
  const common = { severity: severityAt(host, known), subject: node, evidence };
  if (unreachable > 0) {
    const said = 'the recap counts it as unreachable';
    context.report({ message: 'hostUnreachable', values: { node, said }, ...common });
  } else {
    const said = `the recap counts ${failed}, the text does not show which`;
    context.report({ message: 'taskFailed', values: { task: 'not shown', node, said }, ...common });
  }
}

function subjectAt(host: string, known: Machines): Subject {
  const node = known.nodeOf(host);
  return node ? subjectOf(node) : { external: 'machine', name: host };
}

/** A host whose node is ready by now has got over it. */
function severityAt(host: string, known: Machines): 'warning' | 'info' {
  return known.nodeOf(host) && known.stateOf(host) === 'ready' ? 'info' : 'warning';
}
