import { describe, expect, it } from 'vitest';
import {
  nodeFilesDaemonSet,
  nodeFilesJob,
  nodePodSeconds,
  nodeScriptCommand,
} from '../../../src/artifacts/node-pods.ts';

const OPTIONS = { image: 'reg.example.org/tools:1', namespace: 'ops', script: 'echo' };
const OWNER = { name: 'kubecase-nodes-1', namespace: 'ops', uid: 'u-1' };

/** The fields a test looks at, of any depth. */
type Spec = Readonly<Record<string, unknown>>;

describe('the Job', () => {
  it('runs no pod, ends by itself and is removed', () => {
    expect(nodeFilesJob(OPTIONS, 1800).spec).toMatchObject({
      parallelism: 0,
      backoffLimit: 0,
      activeDeadlineSeconds: 1800,
      ttlSecondsAfterFinished: 60,
    });
  });

  it.each([
    [3, 1800],
    [400, 1800],
    [1000, 4050],
  ])('of %i nodes lasts %i s', (nodes, seconds) => {
    expect(nodePodSeconds(nodes)).toBe(seconds);
  });
});

describe('the DaemonSet', () => {
  const body = nodeFilesDaemonSet(OPTIONS, OWNER, 1800);
  const pod = (body.spec as { template: { spec: Spec } }).template.spec;
  const [container] = pod.containers as readonly Spec[];

  it('is owned by the Job', () => {
    expect(body.metadata.ownerReferences).toEqual([
      { apiVersion: 'batch/v1', kind: 'Job', name: 'kubecase-nodes-1', uid: 'u-1' },
    ]);
  });

  it('comes to every node, also a tainted one, and not to Windows', () => {
    expect(pod.tolerations).toEqual([{ operator: 'Exists' }]);
    expect(JSON.stringify(pod.affinity)).toContain('"NotIn","values":["windows"]');
  });

  it('sees the node read-only, without token and without privilege', () => {
    expect(pod).toMatchObject({ hostPID: true, hostNetwork: true, automountServiceAccountToken: false });
    expect(container).toMatchObject({
      image: 'reg.example.org/tools:1',
      command: ['sleep', '1800'],
      securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
    });
    expect(container?.securityContext).not.toHaveProperty('privileged');
    expect(container?.volumeMounts).toContainEqual({ name: 'host', mountPath: '/host', readOnly: true });
    expect(JSON.stringify(container?.securityContext)).not.toMatch(/SYS_ADMIN|DAC_OVERRIDE|SYS_MODULE/);
  });
});

describe('the command in a pod', () => {
  it('is a list of arguments, none of them made of others', () => {
    const command = nodeScriptCommand('w-1; reboot', { peers: ['a=10.0.0.1:10250'], registries: [] });

    expect(command.slice(3)).toEqual([
      'kubecase',
      '--stream',
      '--node',
      'w-1; reboot',
      '--peers',
      'a=10.0.0.1:10250',
    ]);
    expect(command[2]).toBe('exec sh -c "$KUBECASE_SCRIPT" "$0" "$@"');
  });
});
