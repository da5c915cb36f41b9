import { versionIncompatible } from '../../../analyzers/kong/version-incompatible.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { type Built, pod } from '../../support/builders.ts';
import {
  clusterService,
  controlPlane,
  dataPlane,
  kongLogOf,
  notAsked,
  registry,
  row,
} from '../../support/kong.ts';
import { about } from '../../support/kong-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Pod/kong/kong-dp-0';
const REFUSED = `2026/01/15 11:59:50 [error] 1264#0: *1 [lua] control_plane.lua:276: handle_cp_websocket(): [clustering] data plane version 3.7.0 is incompatible with older control plane version 3.6.1 ${about()}`;

function withImage(object: Built, image: string): Built {
  const spec = object.spec as { containers: object[] };
  return { ...object, spec: { ...spec, containers: [{ ...spec.containers[0], image }] } };
}

function objects(dataPlaneImage: string, ...controlPlaneImages: readonly string[]): Built[] {
  return [
    withImage(dataPlane(), dataPlaneImage),
    ...controlPlaneImages.map((image, index) => withImage(controlPlane(`kong-cp-${index}`), image)),
    ...clusterService(),
  ];
}

testAnalyzer(versionIncompatible, {
  silent: [
    {
      name: 'an older minor version is accepted',
      given: {
        objects: objects('kong:3.4.2', 'kong:3.6.1'),
        documents: [registry([row('kong-dp-0', 12, { version: '3.4.2' })])],
      },
    },
    {
      name: 'patch versions do not matter',
      given: {
        objects: objects('kong:3.6.9', 'kong:3.6.1'),
        documents: [registry([row('kong-dp-0', 12, { version: '3.6.9' })])],
      },
    },
    { name: 'no data plane', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'a control plane in the middle of its upgrade',
      given: { objects: objects('kong:3.7.0', 'kong:3.6.1', 'kong:3.7.0'), rows: [notAsked()] },
      status: 'unknown',
    },
    {
      name: 'the tag of an image of its own is no version of Kong',
      given: { objects: objects('registry.example/edge-gateway:9.1.0', 'kong:3.6.1'), rows: [notAsked()] },
      status: 'unknown',
    },
    {
      name: 'a row from before it was taken back to an older version',
      given: {
        objects: objects('kong:3.6.1', 'kong:3.6.1'),
        documents: [
          registry([row('kong-dp-0', 900, { version: '3.7.0', sync_status: 'kong_version_incompatible' })]),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'the list says so',
      given: {
        objects: objects('kong:3.7.0', 'kong:3.6.1'),
        documents: [
          registry([row('kong-dp-0', 6, { version: '3.7.0', sync_status: 'kong_version_incompatible' })]),
        ],
      },
      expect: [
        {
          message: 'refused',
          subject,
          severity: 'critical',
          confidence: 'certain',
          values: { version: '3.7.0', expected: '3.6.1' },
        },
      ],
    },
    {
      name: 'the log of the control plane says so, without the list',
      given: {
        objects: objects('kong:3.7.0', 'kong:3.6.1'),
        rows: [notAsked()],
        logs: [kongLogOf('kong-cp-0', [10, REFUSED])],
      },
      expect: [{ message: 'refused', subject, confidence: 'certain' }],
    },
    {
      name: 'only the images are known',
      given: { objects: objects('kong:3.7.0', 'kong:3.6.1'), rows: [notAsked()] },
      expect: [{ message: 'wouldBeRefused', subject, severity: 'warning', confidence: 'likely' }],
    },
    {
      name: 'another major version, by the images of the enterprise edition',
      given: {
        objects: objects('kong/kong-gateway:2.8.4.9', 'kong/kong-gateway:3.4.3.5'),
        rows: [notAsked()],
      },
      expect: [{ message: 'wouldBeRefused', subject, values: { version: '2.8.4.9', expected: '3.4.3.5' } }],
    },
  ],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods], rows: [notAsked()] }, reason: /not allowed/ },
  ],
});
