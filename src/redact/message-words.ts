/**
 * Words of the messages the analyzers look for, in logs, events and conditions. A namespace or node of such a name is
 * kept: a pseudonym in its place would make `connection to control plane … broken: …` a line nobody knows.
 */
export const MESSAGE_WORDS: ReadonlySet<string> = new Set(
  (
    'aarch64 abort above access account activating actively activity adding addr admit advertise after again ' +
    'against ago alarm allocate already alternative and anonymous another anti apiservice apparmor are arm ' +
    'asked asks assign attacher attempting authenticate authority autofs autoregister available awaiting ' +
    'backtrace bad balancer baremetal basic because become been before being big bind binding blocked blocks ' +
    'bootstrap bootstrapping bound breaking broken bucket buf buffer but calling can canceled cannot capacity ' +
    'caused ccm cds chain changed chdir check chunk cifs circuit cleaning cli clock closed cloudflare ' +
    'cloudprovider clustering combined communicate complete completed completion condition configure ' +
    'configured connect connected connection connections conntrack constraint contain content context copy ' +
    'corrupt corruption could cpp crc created credential critical cron curl currently custom cwd daprd ' +
    'dataplane deactivating deadline deallocate declarative decode defined deleted delta depth dereference ' +
    'desc deserialize detected determine devtmpfs dial dialing did didn difference different directive ' +
    'directory discovered divide dmesg dockercfg dockerconfigjson dockerd documents does down drift dropping ' +
    'due duration during each earlier efivarfs elected empty enough ensure enterprise entries entry err errno ' +
    'etcdserver evict exceeded exceeding exceeds exception excluded exec executable execute exhausted exist ' +
    'existent existing exit exited expected experimental expired explanation export extend fast fdatasync ' +
    'feature fetch filesystem filters find finish finished fit flag flags flood flush following for forbidden ' +
    'fork format found frame frames free from fsck fsnotify full fully fuse gates gathering gave generate ' +
    'generated getaddrinfo googleapis goroutine gracefully had handle handler handling handshake hard ' +
    'harvester has have hba header headers heartbeat helpful high ice ignoring immediate implement inbound ' +
    'incompatible inconsistency incorrect information informer initial initialization initialize initialized ' +
    'initializing injector inotify installing instance instances insufficient interval invalid invalidated ' +
    'ip6 ip6tables iptables iso9660 istens its java kern kill killed killing klipper kmg kms konnectivity ' +
    'kubepods kuma later lds leaderelection left legacy len less like limited line linux listen living lmdb ' +
    'load loaded loading locate lockup long look lookup loop lost loxilb lvl make malformed manifest many map ' +
    'masked match matches matching maximum may medium mem memcg mesosphere metal3 migrations minimum ' +
    'misbehaving mismatch missing mkdir more most mounting must mvcc nameservers needs nft nodename non nor ' +
    'normal not note notice notify npm number numeric nvidia oauth object occurred off older one only onto ' +
    'oom open opening openssh operation option opts oss out outbound output overlay overlimit overloaded ' +
    'packet pair parsing part pass pause payload per percona perform permanently permission permitted ' +
    'persistent php pid pids ping pinging please pleg pointer pong post postfix poststarthook ppc64 pre ' +
    'preemption prefix present presented pressure prober processing program progress protocol provide ' +
    'provided provider providers provision proxmox proxyconnect proxyv2 pull pulling purelb purging pushing ' +
    'raised ramfs range ratio reached read reading receive received receiving reclaim reconcile reconfigure ' +
    'reconnecting record recover reference references refused register registered registrar rejected release ' +
    'reloading remote removed renew repaired repository requested requesting required reserved reset resizer ' +
    'resolution resolve respawned responded response restarted result resulted retried retrieve retrieving ' +
    'retrying revision revive revoked riscv64 rke2 rootfs rotate routines rpc rphaned rtt s390x sanity save ' +
    'scala schedulable schedule scheme scope scopes script seccomp seconds seen self selinux send sending ' +
    'sent servname setting setup severe severity sftp shards shim shm shorthand shut shutdown shutting side ' +
    'sidecar signal signature signed similar since skipping sleep slice slots slow snap snapshotter sock soft ' +
    'some space speaker specified specify spread sql squashfs stack starting stat statuscode still stream ' +
    'streaming string stuck subnet successful such sum super superblock supported sync synced syncing syscall ' +
    'syslog table tables talos tarted task temporarily term terminated than the there these this thread ' +
    'throttling timed timer tmpfs too took toomanyrequests transaction translate try udev udf unable ' +
    'unauthorized unavailable unbound undefined unexpected uninitialized unix unmarshal unmounted unpack ' +
    'unreachable unsafe unschedulable unstarted untolerated updated updates upgrade upstream usage use used ' +
    'username valid validate validation verification verify victims violates vip virtiofs vsftpd wait waiting ' +
    'wal walpb warm was wasm watcher watermark websocket were wget when which while wide will with withheld ' +
    'within without workload write wrong wss x509 x86 xtables yet you zero'
  ).split(' '),
);
