import { clusterScenario } from '../cluster.ts';
import { connectedLog, kong } from '../kong.ts';
import { DAY, type LogEntry } from '../object.ts';
import type { Scenario } from '../scenario.ts';

/** Nothing is broken: what a report says then, and what it must not say. */
export async function healthy(): Promise<Scenario> {
  const part = await kong(
    [
      {
        name: 'kong-dp',
        hash: '6d9c7b8f54',
        age: 6 * DAY,
        clusterIP: '10.101.40.2',
        replicas: [
          { suffix: '2xk9p', node: 'worker-1', ip: '10.244.1.41' },
          { suffix: 'lw7zt', node: 'worker-2', ip: '10.244.2.41' },
        ],
      },
      {
        name: 'kong-dp-edge',
        hash: '58bd4c7f96',
        age: 6 * DAY,
        clusterIP: '10.101.40.3',
        replicas: [{ suffix: 'n5c8j', node: 'worker-2', ip: '10.244.2.44' }],
      },
    ],
    [
      {
        id: '1f0c2a53-6a7e-4b0e-9d5e-0b6a3f1d2c11',
        hostname: 'kong-dp-kong-6d9c7b8f54-2xk9p',
        ip: '10.244.1.41',
        age: 12,
      },
      {
        id: '7b9e6f20-3c41-4f8a-8a77-5d2b90c4e622',
        hostname: 'kong-dp-kong-6d9c7b8f54-lw7zt',
        ip: '10.244.2.41',
        age: 25,
      },
      {
        id: '9a4d1c7e-55b2-4e0d-b1f3-2c8e7a6d0f33',
        hostname: 'kong-dp-edge-kong-58bd4c7f96-n5c8j',
        ip: '10.244.2.44',
        age: 4,
      },
    ],
  );
  const logs = [...part.dataPlanes.values()]
    .flat()
    .map(({ metadata }): LogEntry => [`kong/${metadata.name}/proxy`, connectedLog(6 * DAY)]);
  return clusterScenario('healthy', part, { objects: [], logs });
}
