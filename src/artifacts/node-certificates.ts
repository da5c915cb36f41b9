import { document } from '../model/artifact.ts';
import { certificatePem } from './certificates.ts';
import { textSections } from './text-sections.ts';

/** A file of a node that holds certificates or a private key. */
export interface NodeCertificateFile {
  readonly path: string;
  /** Permissions in octal digits: `600`. */
  readonly mode?: string;
  /** `user:group`. */
  readonly owner?: string;
  /** CERTIFICATE blocks; undefined for keys, which are never read. */
  readonly pem?: string;
}

/**
 * Certificate and key files of a node, scope node; PEM with a line `==> PATH MODE OWNER <==` above each file
 * (`stat -c '==> %n %a %U:%G <=='`), e.g. `==> /etc/kubernetes/pki/ca.key 600 root:root <==`. Below it stand the
 * CERTIFICATE blocks of the file and nothing else, so nothing for a key; of a kubeconfig the decoded
 * `client-certificate-data`.
 */
export const nodeCertificates = document<readonly NodeCertificateFile[]>({
  id: 'node-certificates',
  title: 'Certificate files of a node',
  contentType: 'pem',
  rearranged: true,
  parse(bytes) {
    return textSections(bytes).flatMap(({ name, lines }) => {
      if (name === '') return [];
      const [, path = name, mode, owner] = /^(.+?) ([0-7]{3,4}) (\S+:\S+)$/.exec(name) ?? [];
      const pem = certificatePem(lines.join('\n'));
      return [
        {
          path,
          ...(mode === undefined ? {} : { mode }),
          ...(owner === undefined ? {} : { owner }),
          ...(pem === undefined ? {} : { pem }),
        },
      ];
    });
  },
});
