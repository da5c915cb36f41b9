import { describe, expect, it } from 'vitest';
import { environmentFilters } from '../../../src/derive/virtual-environment-filters.ts';
import { environmentScriptLog } from '../../../src/derive/virtual-environment-script-log.ts';
import { ago, type Built, deployment } from '../../support/builders.ts';
import { derivedFrom, inputsFrom } from '../../support/derived-value.ts';
import { virtualEnvironment } from '../../support/virtual-environment-builders.ts';
import { listeners } from '../../support/virtual-environment-proxy-builders.ts';
import { tagFilter, taggedPod } from '../../support/virtual-environment-tag-builders.ts';

function istiod(revision: string, version: string): Built {
  const labels = { app: 'istiod', 'istio.io/rev': revision };
  const container = { name: 'discovery', image: `docker.io/istio/pilot:${version}`, args: ['discovery'] };
  return deployment(`istiod-${revision}`, {
    metadata: { namespace: 'istio-system' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  });
}

function proxied(version: string, revision?: string): Built {
  const labels = { app: 'app-js', 'virtual-env': 'dev', ...(revision ? { 'istio.io/rev': revision } : {}) };
  return taggedPod('app-js', 'dev', { version }, { metadata: { labels } });
}

function istioOf(...objects: readonly Built[]) {
  const [one] = derivedFrom(environmentFilters, { objects: [virtualEnvironment(), ...objects] });
  return one?.istio && [one.istio.by, one.istio.version.text];
}

describe('the version of Istio an environment is served by', () => {
  it('is that of the control plane of its revision', () => {
    expect(istioOf(istiod('1-18', '1.18.7'), istiod('1-27', '1.27.3'), proxied('1.18.7', '1-27'))).toEqual([
      'control plane',
      '1.27.3',
    ]);
  });

  it('is the oldest where revisions do not tell', () => {
    expect(istioOf(istiod('1-27', '1.27.3'), istiod('1-18', '1.18.7'), proxied('1.27.3'))).toEqual([
      'control plane',
      '1.18.7',
    ]);
  });

  it('is that of the proxies where no control plane is seen', () => {
    expect(istioOf(proxied('1.20.1'))).toEqual(['proxies', '1.20.1']);
  });

  it('is not known by an image of its own', () => {
    expect(istioOf(istiod('default', 'build-7'), proxied('1.20.1'))).toBeUndefined();
  });
});

describe('proxies whose listeners count', () => {
  const document = listeners('app-js-dev-5d8f7-x2x9z', {});
  const count = (...objects: readonly Built[]) =>
    derivedFrom(environmentFilters, { objects: [virtualEnvironment(), ...objects], documents: [document] })[0]
      ?.proxies.length;

  it('have met the filter for a minute', () => {
    expect(count(proxied('1.18.7'), tagFilter())).toBe(1);
    expect(count(proxied('1.18.7'), tagFilter({ metadata: { creationTimestamp: ago(20) } }))).toBe(0);
  });
});

describe('errors of the script', () => {
  const chunk = '[string "local curEnv = os.getenv("VIRTUAL_ENVIRONM..."]';
  const found = (line: string) => {
    const log = { namespace: 'shop', pod: 'p', container: 'istio-proxy', text: `${ago(5)} ${line}\n` };
    const { log: signals } = inputsFrom({ log: environmentScriptLog }, { logs: [log] });
    return signals.matches('scriptError')[0]?.hits[0]?.captures.detail;
  };

  it('are read at requests and at loading', () => {
    expect(found(`error\tenvoy lua\tscript log: ${chunk}:6: attempt to call a nil value`)).toBe(
      'attempt to call a nil value',
    );
    expect(found(`error envoy lua script load error: ${chunk}:2: unexpected symbol near 'x'`)).toBe(
      "unexpected symbol near 'x'",
    );
  });

  it('are read in JSON lines', () => {
    const json = JSON.stringify({ level: 'error', scope: 'envoy lua', msg: `script log: ${chunk}:6: boom` });

    expect(found(json)).toBe('boom');
  });

  it('are neither what it says on request nor those of others', () => {
    expect(found("warning envoy lua script log: Env mark 'x' not found, added as 'dev'")).toBeUndefined();
    expect(found('error envoy lua script log: [string "function other()..."]:1: boom')).toBeUndefined();
  });
});
