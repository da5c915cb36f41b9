import { document } from '../model/artifact.ts';
import { parseJsonObject, stringIn } from './json-bytes.ts';

/** Reply of `/version` of the API server, as far as it is used. */
export interface ApiServerVersion {
  /** E.g. `v1.36.2`; distributions add a suffix (`v1.30.4+k3s1`). */
  readonly gitVersion: string;
  readonly major?: string;
  /** May end in `+`, as on EKS and GKE. */
  readonly minor?: string;
  readonly platform?: string;
  readonly goVersion?: string;
  readonly buildDate?: string;
  /** From 1.34 on: the version whose behaviour is emulated. */
  readonly emulationMajor?: string;
  readonly emulationMinor?: string;
}

/** The version of the API server, scope cluster; the body is the reply as it came. */
export const apiServerVersion = document<ApiServerVersion>({
  id: 'api-server-version',
  title: 'Version of the API server',
  contentType: 'json',
  maxBytes: 64 * 1024,
  parse(bytes) {
    const reply = parseJsonObject(bytes);
    const gitVersion = stringIn(reply.gitVersion);
    if (gitVersion === undefined) throw new Error('the reply of /version has no gitVersion');
    return {
      gitVersion,
      major: stringIn(reply.major),
      minor: stringIn(reply.minor),
      platform: stringIn(reply.platform),
      goVersion: stringIn(reply.goVersion),
      buildDate: stringIn(reply.buildDate),
      emulationMajor: stringIn(reply.emulationMajor),
      emulationMinor: stringIn(reply.emulationMinor),
    };
  },
});
