import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';

/** A key pair of age; the secret half is in a file as `age-keygen -o` writes it. */
export interface AgeKeys {
  readonly recipient: string;
  readonly identity: string;
  readonly keyFile: string;
}

/** Makes a key pair and its file in a folder. */
export async function ageKeys(folder: string, name = 'key.txt'): Promise<AgeKeys> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const keyFile = join(folder, name);
  writeFileSync(keyFile, `# created: 2026-01-31T08:00:00Z\n# public key: ${recipient}\n${identity}\n`);
  return { recipient, identity, keyFile };
}
