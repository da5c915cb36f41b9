import { logSignals } from '../model/artifact.ts';

/**
 * What Envoy writes of KtEnv's script: errors when it is loaded (`script load error:`) and at requests
 * (`script log:` with the place, at level error). Other scripts begin with other words; the name of the chunk is
 * the beginning of its text, cut by Lua (envoy source/extensions/filters/http/lua/lua_filter.cc).
 */
export const environmentScriptLog = logSignals({
  component: { id: 'istio-proxy', container: /^istio-proxy$/ },
  patterns: {
    scriptError: {
      any: ['script log: [string ', 'script load error: [string '],
      re: /script (?:log|load error): \[string \\?"local curEnv.{0,80}?"\]:\d{1,5}: (?<detail>[^"]{1,300})/,
    },
  },
});
