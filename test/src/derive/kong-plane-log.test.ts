import { describe, expect, it } from 'vitest';
import { createInputs } from '../../../src/analyze/inputs.ts';
import { kongLog, lastLinkFailure } from '../../../src/derive/kong-link-failure.ts';
import { type KongPlaneLog, kongPlaneLog, lastLine } from '../../../src/derive/kong-plane-log.ts';
import { type AnyAnalyzer, defineAnalyzer } from '../../../src/model/analyzer.ts';
import { storeOf } from '../../support/given.ts';
import { kongLogOf } from '../../support/kong.ts';

const reader = defineAnalyzer({
  meta: { id: 'kong/reader', title: '', description: '', messages: {}, references: ['none'] },
  needs: { log: kongPlaneLog, link: kongLog },
  analyze: () => undefined,
}) as AnyAnalyzer;
const owner = { namespace: 'kong', pod: 'kong-dp-0', container: 'proxy' };

function read(...texts: readonly string[]) {
  const lines = texts.map((text, index) => [100 - index, text] as const);
  const store = storeOf([reader], { logs: [kongLogOf('kong-dp-0', ...lines)] });
  return createInputs(store).build({ log: kongPlaneLog, link: kongLog }) as {
    log: KongPlaneLog;
    link: Parameters<typeof lastLinkFailure>[0];
  };
}

/** Of one version: level of a broken link, and what stands around the message (source at that tag). */
interface Grammar {
  readonly version: string;
  readonly level: 'error' | 'warn';
  /** What follows the context of a line written in a request. */
  readonly request: string;
  /** `unable to update running config` with what follows. */
  readonly notApplied: string;
}

const GRAMMARS: readonly Grammar[] = [
  { version: '3.3.1', level: 'error', request: '', notApplied: '[lua] data_plane.lua:207:' },
  { version: '3.4.2', level: 'error', request: '', notApplied: '[lua] data_plane.lua:225:' },
  {
    version: '3.9.1',
    level: 'warn',
    request: ', request_id: "0d1a5c2b5e9a4f13a9f2d83f8a7c1e24"',
    notApplied: '[lua] data_plane.lua:261: communicate():',
  },
];

describe.each(GRAMMARS)('the log of Kong $version', ({ version, level, request, notApplied }) => {
  const stamp = '2026/01/15 11:59:50';
  const url = `wss://kong-cp:8005/v1/outlet?node_id=1f0c2a53-6a7e-4b0e-9d5e-0b6a3f1d2c11&node_hostname=kong-dp-0&node_version=${version}`;
  const about = `[id: 1f0c2a53-6a7e-4b0e-9d5e-0b6a3f1d2c11, host: kong-dp-0, ip: 10.20.0.15, version: ${version}], client: 10.20.0.15, server: kong_cluster_listener, request: "GET /v1/outlet?node_id=1f0c&node_hostname=kong-dp-0&node_version=${version} HTTP/1.1", host: "kong-cp:8005"${request}`;

  it('names why a link breaks', () => {
    const { link } = read(
      `${stamp} [${level}] 1258#0: *139 [lua] data_plane.lua:156: communicate(): [clustering] connection to control plane ${url} broken: failed to connect: connection refused (retrying after 7 seconds) [kong-cp:8005], context: ngx.timer`,
    );

    expect(lastLinkFailure(link, owner)).toMatchObject({
      class: 'unreachable',
      detail: 'failed to connect: connection refused',
      hit: { captures: { address: 'kong-cp:8005' } },
    });
  });

  it('names why a configuration was not applied', () => {
    const { log } = read(
      `${stamp} [error] 1258#0: *301 ${notApplied} [clustering] unable to update running config: bad config received from control plane in 'plugins': x, context: ngx.timer`,
    );

    expect(lastLine(log, 'notApplied', owner)?.hit.captures.error).toBe(
      "bad config received from control plane in 'plugins': x",
    );
  });

  it('names the data plane that is sent nothing, and the one turned away', () => {
    const { log } = read(
      `${stamp} [warn] 1264#0: *2745 [lua] control_plane.lua:449: [clustering] unable to send updated configuration to data plane: configured acme plugin 1.0.0 is missing from data plane ${about}`,
      `${stamp} [error] 1264#0: *2746 [lua] control_plane.lua:276: handle_cp_websocket(): [clustering] data plane version ${version} is incompatible with older control plane version 3.2.0 ${about}`,
      `${stamp} [error] 1264#0: *2747 [lua] control_plane.lua:276: handle_cp_websocket(): [clustering] data plane version ${version} is incompatible with control plane version 2.8.0 (2.x.y are accepted) ${about}`,
    );

    expect(lastLine(log, 'notSent', owner)?.hit.captures).toMatchObject({
      error: 'configured acme plugin 1.0.0 is missing from data plane',
      host: 'kong-dp-0',
      version,
    });
    expect(log.matches('versionRefused', owner)[0]?.hits.map(({ captures }) => captures.error)).toEqual([
      `data plane version ${version} is incompatible with older control plane version 3.2.0`,
      `data plane version ${version} is incompatible with control plane version 2.8.0 (2.x.y are accepted)`,
    ]);
  });

  it('names why the control plane sends nothing to anybody', () => {
    const { log } = read(
      `${stamp} [error] 1264#0: *2 [lua] control_plane.lua:150: push_config(): [clustering] unable to export config from database: [postgres] timeout, context: ngx.timer`,
    );

    expect(lastLine(log, 'exportFailed', owner)?.hit.captures.error).toBe('[postgres] timeout');
  });
});

describe('lines that are no signals', () => {
  it.each([
    '[debug] 1264#0: *1 [lua] control_plane.lua:300: [clustering] data plane connected [id: a, host: kong-dp-0]',
    '[error] 1264#0: *1 [lua] control_plane.lua:400: [clustering] failed to receive the first 2 bytes: closed [id: a, host: kong-dp-0]',
    'bind() to 0.0.0.0:8000 failed (98: Address already in use)',
  ])('%s', (line) => {
    const { log } = read(line);

    expect(
      (
        ['notSent', 'versionRefused', 'exportFailed', 'notApplied', 'refusedToStart', 'staleSocket'] as const
      ).filter((pattern) => lastLine(log, pattern, owner)),
    ).toEqual([]);
  });
});

describe('why a node does not start', () => {
  it.each([
    [
      'refusedToStart',
      'Error: cluster_ca_cert must be specified when cluster_mtls = "pki"',
      'cluster_ca_cert must be specified when cluster_mtls = "pki"',
    ],
    [
      'refusedToStart',
      'in-memory storage can not be used when role = "control_plane"',
      'in-memory storage can not be used when role = "control_plane"',
    ],
    [
      'staleSocket',
      'Error: Kong is already running in /kong_prefix',
      'Kong is already running in /kong_prefix',
    ],
    [
      'initFailed',
      '[alert] 1259#0: *3 [lua] init.lua:700: unsafe request processing due to earlier initialization errors; this node must be restarted (failed to initialize declarative config: x), client: 10.0.0.1, server: kong',
      'failed to initialize declarative config: x',
    ],
  ] as const)('%s: %s', (pattern, line, error) => {
    expect(lastLine(read(line).log, pattern, owner)?.hit.captures.error).toBe(error);
  });
});
