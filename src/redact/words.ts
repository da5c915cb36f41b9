/** Words that tell of a secret wherever they stand in a name: `DB_PASSWORD_OLD`, `admin-passwd`. */
export const STRONG_WORDS: ReadonlySet<string> = new Set(
  (
    'password passwords passwd passphrase passphrases passcode pwd requirepass masterauth ' +
    'apikey apikeys accesskey secretkey privatekey authkey masterkey sharedkey signingkey encryptionkey ' +
    'accountkey licensekey presharedkey htpasswd dockerconfigjson dockercfg jsessionid phpsessid ' +
    'bindpw rootpw olcrootpw storepass keypass'
  ).split(' '),
);

/** Words that tell of a secret unless what follows says it is about something else: `TOKEN_TTL`, `secret-name`. */
export const WEAK_WORDS: ReadonlySet<string> = new Set(
  'secret token tokens credential credentials creds cred psk authorization cookie mnemonic'.split(' '),
);

/** Words that tell only at the end of a name: `DB_PASS`, `mysql_pw`, `GITHUB_PAT`, `HASH_SALT`. */
export const LAST_WORDS: ReadonlySet<string> = new Set('pass pw pat salt'.split(' '));

/** Last words of names whose value is a short code: digits, or the base32 text of a seed. */
export const CODE_WORDS: ReadonlySet<string> = new Set('otp totp hotp pin pincode'.split(' '));

/** Endings of words written together: `PGPASSWORD`, `clientsecret`, `authtoken`. */
export const TELLING_ENDINGS = ['password', 'passwd', 'passphrase', 'secret', 'token', 'apikey'] as const;

/** What makes `key` a secret when it stands before it: `api_key`, `tls.key`; `partition_key` stays. */
export const KEY_WORDS: ReadonlySet<string> = new Set(
  (
    'api access private secret auth master shared account signing signature encryption encrypt decryption enc dec ' +
    'crypto cipher aes hmac session license licence client tls ssl ssh cert jwt rsa ecdsa symmetric seal ' +
    'unseal recovery gpg pgp subscription ingest integration app application deploy admin webhook cookie csrf ' +
    'security ca server etcd peer kubelet apiserver preshared aws'
  ).split(' '),
);

/** Pairs of neighbouring words that tell of a secret. */
export const TELLING_PAIRS: ReadonlySet<string> = new Set([
  'key data',
  'redis auth',
  'amz signature',
  'goog signature',
  'license data',
  'licence data',
  'pre shared',
  'totp seed',
  'otp seed',
  'seed phrase',
  'recovery phrase',
]);

/** Last words that make a name a fact about the secret, even after `password`. */
export const FACT_WORDS: ReadonlySet<string> = new Set(
  (
    'name names file files filename filenames path paths dir dirs directory folder url urls uri uris ref refs ' +
    'reference type types kind policy policies length len min max size count total ttl age days hours minutes ' +
    'seconds secs ms expiry expiration expires expire expired enabled enable disabled disable required optional ' +
    'field header headers provider format rotation timestamp time date changed updated created regex pattern ' +
    'reset algorithm alg lifetime duration interval timeout validity version attempts retries history strength ' +
    'period prompt store host hostname port endpoint authentication hint error errors yaml yml conf properties ini toml ' +
    'sh lua html md selector prefix suffix namespace label annotation mount volume checksum digest ' +
    'fingerprint sha256 sha1 md5 stdin'
  ).split(' '),
);

/** Last words that make a name a fact about a token, secret or credential, but not after `password`. */
export const WEAK_FACT_WORDS: ReadonlySet<string> = new Set(
  (
    'class issuer audience audiences scope scopes claim claims mode method strategy status state phase reason ' +
    'condition conditions volumes mounts spec rotated on description message text title template charset encoding manager controller ' +
    'operator service server account username owner group role rules rule index position offset source target ' +
    'backend plugin driver engine cache requests request review reviewer reviews valid exists present usage ' +
    'bucket rate limit limits limiter number num id ids address addr sync hash cert certificate crt ca pub public ' +
    'json cfg config bytes per second burst webhook handler keys kubeconfig process processor watcher informer lister'
  ).split(' '),
);

/** Words anywhere in a name that make it a digest of something secret: `checksum/secret`. */
export const DIGEST_WORDS: ReadonlySet<string> = new Set('checksum digest sha256 fingerprint'.split(' '));

/** Words before `secret` that make the value the name of a Secret: `existingSecret`, `tls_secret`. */
export const REFERENCE_WORDS: ReadonlySet<string> = new Set(
  (
    'existing pull tls ca cert certificate certs credential credentials password source target config kubeconfig ' +
    'bootstrap connection ssh image'
  ).split(' '),
);

/** First words of an explanation after `token:` or `secret:` in a log line, which is no secret. */
export const PROSE_WORDS: ReadonlySet<string> = new Set(
  (
    'invalid unauthorized unauthenticated forbidden not no failed failure failing unable cannot could couldn does ' +
    'error errors missing expired expires the a an is was has had are of in on at to for from with by this that ' +
    'it its context connection connect dial open opening read reading write writing eof unexpected permission ' +
    'access denied required empty must unknown x509 tls http https get post put patch delete rpc oauth oauth2 jwt ' +
    'json yaml crypto secret secrets configmap token tokens authentication authorization timeout timed deadline ' +
    'exceeded using use used wrong mismatch malformed illegal signature verification validation lookup http2 net ' +
    'grpc status code desc request response server client resource resources object namespace serviceaccount ' +
    'serviceaccounts failed_to bad too already exists found creating created create updating updated update ' +
    'deleting deleted fetching fetch loading load loaded parsing parse refresh refreshing refreshed rotating ' +
    'rotated renewing renewed retrieving obtaining getting setting skipping ignoring waiting retrying true false ' +
    'null nil none undefined ok success successful successfully yes no enabled disabled and or but because when ' +
    'while stat lstat mkdir exec execution stream i/o io operation internal external file path key keys value ' +
    'values type string number bool object array cookie bearer basic unsupported undefined provided please try ' +
    'user changed reset correct incorrect accepted rejected verified generated rule rules set sets provider prompt ' +
    'manager policy page field store length strength check checks hash hashing'
  ).split(' '),
);

/** Names that sound like secrets and are none: what separates the members of one etcd cluster from another's. */
export const HARMLESS_NAMES: ReadonlySet<string> = new Set([
  'initial cluster token',
  'etcd initial cluster token',
]);
