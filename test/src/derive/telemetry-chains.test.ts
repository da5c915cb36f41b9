import { expect, it } from 'vitest';
import { telemetryChains } from '../../../src/derive/telemetry-chains.ts';
import { controlledBy, pod } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';

function running(name: string, image: string, owner = 'StatefulSet') {
  const { ownerReferences } = controlledBy(owner, name) as { ownerReferences: unknown };
  return pod(`${name}-0`, { metadata: { ownerReferences }, spec: { containers: [{ name: 'app', image }] } });
}

function programsOf(...images: string[]): string[] {
  const objects = images.map((image, index) => running(`p${index}`, image));
  return derivedFrom(telemetryChains, { objects }).flatMap(({ links }) =>
    links.map(({ program }) => program),
  );
}

it.each([
  ['fluent/fluent-bit:1.5.6', 'Fluent Bit'],
  ['mirror.example:5000/x/fluent-bit@sha256:aa', 'Fluent Bit'],
  ['ghcr.io/banzaicloud/fluentd:v1.11', 'Fluentd'],
  ['docker.elastic.co/elasticsearch/elasticsearch-oss:6.8.2', 'Elasticsearch'],
  ['opensearchproject/opensearch:2.1.0', 'OpenSearch'],
  ['grafana/loki:2.4.2', 'Loki'],
  ['docker.elastic.co/kibana/kibana:7.17.0', 'Kibana'],
  ['quay.io/prometheus/prometheus:v2.22.1', 'Prometheus'],
  ['grafana/grafana:7.0.3', 'Grafana'],
])('knows %s', (image, program) => {
  expect(programsOf(image)).toEqual([program]);
});

it.each([
  'justwatch/elasticsearch_exporter:1.1.0',
  'untergeek/curator:5.7.6',
  'quay.io/prometheus/alertmanager:v0.21.0',
  'quay.io/prometheus/node-exporter:v1.0.1',
  'quay.io/coreos/prometheus-operator:v0.38.1',
  'example/mygrafana:1',
])('takes %s for none of them', (image) => {
  expect(programsOf(image)).toEqual([]);
});

it('leaves out pods of Jobs', () => {
  const objects = [running('kibana-setup', 'docker.elastic.co/kibana/kibana:7.17.0', 'Job')];

  expect(derivedFrom(telemetryChains, { objects })).toEqual([]);
});
