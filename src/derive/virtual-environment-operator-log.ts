import { logSignals } from '../model/artifact.ts';

/** `{error} text` as both programs of KtEnv write errors (pkg/shared/logger/logger.go). */
const ERROR = '\\{(?<error>.*)\\} ';

/**
 * What an operator of KtEnv writes, in the words of v0.5 and v0.6: cmd/operator/main.go, http_router.go,
 * virtual_service_generator.go, and operator-sdk's leader.go. Its errors about metrics and ServiceMonitors are
 * harmless and are not looked for; refusals for want of rights are told by `kubernetes/request-denied`.
 */
export const environmentOperatorLog = logSignals({
  component: { id: 'virtual-env-operator', container: /^virtual-env-operator$/ },
  patterns: {
    leader: {
      any: ['Not the leader. Waiting.', 'Became the leader.', 'Leader pod has been deleted, waiting for'],
      re: /(?<said>Not the leader\. Waiting\.|Became the leader\.|Leader pod has been deleted)/,
    },
    startFailed: {
      any: [
        'Failed to get watch namespace',
        'Failed to get configure',
        'Failed to become leader',
        'Failed to bind to',
        'Failed to init istio',
        'Failed to init k8s scheme',
        'Failed to setup virtual test environment controller',
        'Manager exited non-zero',
      ],
      re: new RegExp(`${ERROR}(?<what>Failed to [a-z8 ]+|Manager exited non-zero)`),
    },
    createFailed: {
      any: [
        'Failed to create VirtualService ',
        'Failed to create DestinationRule ',
        'Failed to create TagAppender instance ',
      ],
      re: new RegExp(
        `${ERROR}Failed to create (?<kind>VirtualService|DestinationRule|TagAppender) (?:instance \\S+:)?(?<name>[^\\s:]+)`,
      ),
    },
    changeFailed: {
      any: [
        'Failed to update VirtualService status',
        'Failed to update DestinationRule status',
        'Failed to delete VirtualService instance',
        'Failed to delete DestinationRule instance',
      ],
      re: new RegExp(`${ERROR}Failed to (?<verb>update|delete) (?<kind>VirtualService|DestinationRule)`),
    },
    ruleFailed: { any: ['Failed to unmarshal route rule annotation'] },
  },
});
