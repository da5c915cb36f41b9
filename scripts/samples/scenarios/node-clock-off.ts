import { faultScenario } from '../base-cluster.ts';
import { changed } from '../change.ts';
import { LOST as SLOW } from '../lost-pods.ts';
import { clock, services, systemdTime } from '../node-archive.ts';
import { leases } from '../nodes.ts';
import { DAY, microAgo } from '../object.ts';
import type { ApiObject, Scenario } from '../scenario.ts';

/** Seconds the clock of the worker is behind all others. */
const BEHIND = 97;
/** Its time service was stopped so long before the collection. */
const STOPPED = 19 * DAY;

/**
 * The time service of a worker was stopped and its clock has fallen behind. The node stays ready, since the
 * node controller goes by its own clock; only the times the kubelet writes are wrong.
 */
export function nodeClockOff(): Promise<Scenario> {
  return faultScenario('node-clock-off', {
    objects: slowLease(2),
    later: [...leases(-23).filter(({ metadata }) => metadata.name !== SLOW), ...slowLease(-23)],
    archives: [
      {
        node: SLOW,
        documents: {
          'node-services': services({
            'chrony.service': {
              ActiveState: 'inactive',
              SubState: 'dead',
              UnitFileState: 'disabled',
              StateChangeTimestamp: systemdTime(STOPPED),
            },
          }),
          'node-time': clock({ synchronized: false }),
        },
      },
    ],
  });
}

/** The API server stamps an update with its own time, the kubelet writes its own into it. */
function slowLease(renewed: number): ApiObject[] {
  return leases(renewed)
    .filter(({ metadata }) => metadata.name === SLOW)
    .map((lease) => changed(lease, { spec: { renewTime: microAgo(renewed + 4 + BEHIND) } }));
}
