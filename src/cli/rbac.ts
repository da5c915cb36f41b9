import { collectors } from '../../collectors/index.ts';
import { builtInKinds, KNOWN_GROUP_NAMES } from '../collect/built-in-kinds.ts';
import { rightsOf } from '../collect/rights.ts';
import { rolesOf } from '../collect/role-objects.ts';
import { selectCollectors } from '../collect/selection.ts';
import { EXIT, UserError } from '../model/errors.ts';
import { type Discovery, KubeError } from '../model/kube.ts';
import { excludes, refuseIdle } from './idle-flags.ts';
import { type OptInFlags, optInsOf } from './opt-ins.ts';
import { type RolePrint, roleJson, roleYaml } from './role-text.ts';

interface RbacFlags extends OptInFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly offline?: boolean;
  readonly group?: readonly string[];
  readonly namespace?: readonly string[];
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly portForward: boolean;
  readonly nodeNamespace: string;
  readonly name: string;
  readonly accountNamespace: string;
  readonly user?: string;
  readonly userGroup?: string;
  readonly output: 'yaml' | 'json';
}

/** Prints the least role for a selection of collectors, bound to an account; writes nothing to the cluster. */
export async function rbac(flags: RbacFlags): Promise<number> {
  const { kubeconfig, context, user, userGroup } = flags;
  refuseIdle([
    excludes('--offline', '--kubeconfig', flags.offline === true && kubeconfig !== undefined),
    excludes('--offline', '--context', flags.offline === true && context !== undefined),
    excludes('--user', '--user-group', user !== undefined && userGroup !== undefined),
  ]);
  const optIns = optInsOf(flags);
  const selection = selectCollectors(collectors, { only: flags.only, skip: flags.skip, optIns });
  const discovery = flags.offline ? offlineKinds(flags) : await discover(flags);
  const { namespace: namespaces = [], portForward, nodeNamespace } = flags;
  const rights = rightsOf(selection, discovery, { namespaces, portForward, optIns, nodeNamespace });
  const print: RolePrint = {
    name: flags.name,
    subject: subjectOf(flags),
    roles: rolesOf(rights),
    intro: introOf(flags, discovery),
  };
  process.stdout.write(flags.output === 'json' ? roleJson(print) : roleYaml(print));
  return EXIT.ok;
}

function offlineKinds({ group = [] }: RbacFlags): Discovery {
  const kinds = builtInKinds(group);
  if (!('unknown' in kinds)) return kinds;
  throw new UserError(
    'unknown-group',
    `--group ${kinds.unknown}: neither a known group nor <plural>.<group>`,
    {
      hint: `known groups: ${KNOWN_GROUP_NAMES.join(', ')}; one kind: e.g. widgets.example.org`,
    },
  );
}

async function discover({ kubeconfig, context, group }: RbacFlags): Promise<Discovery> {
  if (group !== undefined) {
    throw new UserError('unused-flag', '--group names kinds for --offline; the cluster tells its own', {
      hint: 'leave it out, or add --offline',
    });
  }
  const { connect } = await import('../kube/connect.ts');
  const { signal } = new AbortController();
  const kube = await connect({ kubeconfig, context, signal });
  try {
    return await kube.discover(signal);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    throw new UserError('discovery-failed', error.message, {
      hint: 'with --offline the kinds of Kubernetes itself are taken, and those named with --group',
      cause: error,
    });
  } finally {
    await kube.close();
  }
}

function subjectOf({ user, userGroup, name, accountNamespace }: RbacFlags): RolePrint['subject'] {
  if (user !== undefined) return { kind: 'User', name: user };
  if (userGroup !== undefined) return { kind: 'Group', name: userGroup };
  return { kind: 'ServiceAccount', name, namespace: accountNamespace };
}

function introOf(flags: RbacFlags, { failures }: Discovery): string[] {
  const { name, accountNamespace, user, userGroup } = flags;
  const account = user === undefined && userGroup === undefined;
  return [
    'The least rights `kubecase collect` needs for this selection; it reads what they allow and changes nothing',
    `${flags.nodes ? 'but for one Job and one DaemonSet, which it removes.' : 'in the cluster.'} Discovery and questions about its own rights are open to every`,
    'authenticated user (ClusterRoles system:discovery and system:basic-user).',
    ...(account
      ? [
          'Make it:      kubecase rbac … | kubectl apply -f -',
          `A token:      kubectl create token ${name} -n ${accountNamespace} --duration 1h`,
        ]
      : []),
    'Take it away: kubecase rbac … | kubectl delete -f -',
    ...failures.map(
      ({ groupVersion, reason }) => `Without ${groupVersion}, whose kinds could not be told: ${reason}`,
    ),
  ];
}
