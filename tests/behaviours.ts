/** What a cluster owes, by row, and which tables and tests show it. */

export type Behaviours = readonly {
  readonly row: string
  readonly items: readonly { readonly what: string; readonly shown: readonly (readonly [file: string, title: string])[] }[]
}[]

const TABLES = "packages/world/src/behaviour"
const WORLD = "packages/world/src"

export const behaviours: Behaviours = [
  {
    row: "Workloads",
    items: [
      {
        what: "Rolling updates: surge, unavailable",
        shown: [
          [`${TABLES}/deployments.test.ts`, "a rolling update goes by surge and unavailable, one ReplicaSet up while the other goes down"],
          [`${TABLES}/deployments.test.ts`, "a proportional scale in the middle of a rollout, and a ReplicationController beside it"],
        ],
      },
      {
        what: "Progress deadline, rollback",
        shown: [
          [
            `${TABLES}/deployments.test.ts`,
            "an image that is not there stops a rollout at its deadline; the old Pods serve on; undo heals",
          ],
        ],
      },
      { what: "Paused and resumed", shown: [[`${TABLES}/deployments.test.ts`, "a paused rollout changes nothing until it is resumed"]] },
      {
        what: "minReadySeconds, revision history",
        shown: [
          [`${TABLES}/deployments.test.ts`, "minReadySeconds keeps a Pod from being available, and history is cut to revisionHistoryLimit"],
        ],
      },
      { what: "Recreate", shown: [[`${TABLES}/deployments.test.ts`, "Recreate ends all before it starts any"]] },
      {
        what: "Blue/green and canary by labels",
        shown: [[`${TABLES}/deployments.test.ts`, "blue and green, and a canary beside: who serves is a matter of labels"]],
      },
      {
        what: "ReplicationController",
        shown: [
          [`${TABLES}/deployments.test.ts`, "a proportional scale in the middle of a rollout, and a ReplicationController beside it"],
        ],
      },
      {
        what: "StatefulSet: ordinals, partition, names in DNS",
        shown: [
          [
            `${TABLES}/sets.test.ts`,
            "a StatefulSet goes up one by one, rolls from the last down to its partition, and each Pod has its name",
          ],
        ],
      },
      {
        what: "StatefulSet: a bad image, retention of claims",
        shown: [[`${TABLES}/sets.test.ts`, "a StatefulSet with a bad image stands still; its claims stay, or go with it"]],
      },
      {
        what: "StatefulSet: maxUnavailable, minReadySeconds",
        shown: [[`${TABLES}/sets.test.ts`, "a StatefulSet rolls as many at a time as may be unavailable, and what is away already counts"]],
      },
      {
        what: "DaemonSet: labels, taints, maxUnavailable, OnDelete",
        shown: [
          [
            `${TABLES}/sets.test.ts`,
            "a DaemonSet has one a node, follows labels and taints, and rolls by maxUnavailable or when its Pods are deleted",
          ],
        ],
      },
      {
        what: "DaemonSet: maxSurge",
        shown: [[`${TABLES}/sets.test.ts`, "a DaemonSet with maxSurge has the new Pod beside the old one until it is available"]],
      },
      { what: "Job: parallel completions", shown: [[`${TABLES}/jobs.test.ts`, "completions side by side, so many at once"]] },
      {
        what: "Job: back-off, active deadline",
        shown: [[`${TABLES}/jobs.test.ts`, "a Job that fails is tried again, later each time, until its limit; or until its time is over"]],
      },
      {
        what: "Job: indexed, back-off by index, failure and success policies",
        shown: [[`${TABLES}/jobs.test.ts`, "indexes, each with its name and its own limit; what counts as failure, and what as success"]],
      },
      { what: "Job: suspended, TTL", shown: [[`${TABLES}/jobs.test.ts`, "suspended, resumed, and gone after its time"]] },
      {
        what: "CronJob: time zones, concurrency, history",
        shown: [
          [
            `${TABLES}/jobs.test.ts`,
            "a CronJob runs on the minute of its zone, keeps so many, and forbids, replaces or allows what overlaps",
          ],
        ],
      },
      {
        what: "HorizontalPodAutoscaler with behaviour, on load",
        shown: [[`${TABLES}/sets.test.ts`, "an autoscaler follows load up at once, and down after its window"]],
      },
      {
        what: "PodDisruptionBudget, eviction, drain",
        shown: [[`${TABLES}/sets.test.ts`, "a budget keeps evictions back: drain waits, and goes on when there is room"]],
      },
      {
        what: "Priority and preemption",
        shown: [[`${TABLES}/scheduling.test.ts`, "a higher priority takes the place of a lower one, unless it is told never to"]],
      },
      {
        what: "Job: over once its Pods are gone",
        shown: [[`${TABLES}/troubles-workloads.test.ts`, "a Job is over once its Pods are gone: until then it says that it will fail"]],
      },
      {
        what: "Job: success decided while Pods run",
        shown: [[`${TABLES}/troubles-workloads.test.ts`, "a Job whose success is decided while Pods run ends well once they are gone"]],
      },
      {
        what: "HorizontalPodAutoscaler without metrics, requests, target",
        shown: [[`${TABLES}/troubles-workloads.test.ts`, "an autoscaler without metrics, without requests, without a target"]],
      },
      {
        what: "CronJob that cannot",
        shown: [
          [
            `${TABLES}/troubles-workloads.test.ts`,
            "a CronJob that cannot: suspended, too late, a schedule that there is not, a zone that there is not",
          ],
        ],
      },
      {
        what: "DaemonSet and taints; drain against a budget",
        shown: [
          [`${TABLES}/troubles-workloads.test.ts`, "a DaemonSet that does not reach tainted nodes, and a drain that a budget keeps back"],
        ],
      },
      {
        what: "Quotas and limits",
        shown: [
          [
            `${TABLES}/troubles-namespaces.test.ts`,
            "a quota or a limit that is overrun: who asks is refused, a ReplicaSet tries on and says so, a Deployment shows it",
          ],
        ],
      },
      {
        what: "Namespaces: how they go, and what keeps them",
        shown: [
          [
            `${TABLES}/troubles-namespaces.test.ts`,
            "a namespace that goes: five seconds later, after its Pods; one that stays says which finalizer keeps it, or which API does not answer",
          ],
        ],
      },
      {
        what: "A port number twice",
        shown: [[`${TABLES}/deployments.test.ts`, "a Deployment with one port number twice (CoreDNS: UDP and TCP) is restarted"]],
      },
    ],
  },
  {
    row: "Pods",
    items: [
      {
        what: "Init containers",
        shown: [[`${TABLES}/pods.test.ts`, "init containers run one after another, a failing one again and again, and the rest waits"]],
      },
      {
        what: "Sidecars: order of start and end, beside a Job",
        shown: [
          [
            `${TABLES}/containers.test.ts`,
            "sidecars start first, one after another, and end last, the last first; a Job's sidecar does not keep it",
          ],
        ],
      },
      {
        what: "Lifecycle hooks: command, request, sleep; what fails",
        shown: [
          [
            `${TABLES}/containers.test.ts`,
            "hooks: what postStart fails ends the container, preStop is waited for in the grace period, by command, request or sleep",
          ],
          [`${WORLD}/pod-life.test.ts`, "hooks run, sidecars start before and end after, and what the Pod leaves is told"],
        ],
      },
      {
        what: "Probes: http, tcp, exec, grpc; startup, liveness, readiness",
        shown: [
          [
            `${TABLES}/pods.test.ts`,
            "liveness restarts, readiness takes out of the Service, startup holds both off: http, tcp, exec and grpc",
          ],
        ],
      },
      {
        what: "Restart policies and back-off, 10 s to 5 min",
        shown: [
          [
            `${TABLES}/pods.test.ts`,
            "a container that fails is restarted after 10, 20, 40 s; one that ends well as well, unless its policy says otherwise",
          ],
          [
            `${TABLES}/containers.test.ts`,
            "back-off doubles up to five minutes, for containers and for images; ten good minutes and it is forgotten",
          ],
        ],
      },
      {
        what: "Termination: grace period, SIGTERM, force",
        shown: [[`${TABLES}/pods.test.ts`, "an end by SIGTERM, or by force when the grace period is over"]],
      },
      {
        what: "Termination messages, what cannot start",
        shown: [
          [
            `${TABLES}/containers.test.ts`,
            "termination messages: from the file, from the log where there is none, from a path of one's own; and what cannot start",
          ],
        ],
      },
      {
        what: "OOMKilled",
        shown: [
          [
            `${TABLES}/resources.test.ts`,
            "beyond its memory a container is killed: OOMKilled, 137, restarted later each time; the kernel says so",
          ],
        ],
      },
      {
        what: "CPU throttle",
        shown: [
          [
            `${TABLES}/resources.test.ts`,
            "beyond its CPU a container is slowed down: the same work takes five times as long with a fifth, and its control group says so",
          ],
        ],
      },
      {
        what: "In-place resize",
        shown: [
          [
            `${TABLES}/resources.test.ts`,
            "in-place resize: applied as it runs, in progress until it is seen, restarted where asked, deferred while there is no room, infeasible",
          ],
        ],
      },
      {
        what: "QoS, downward API, projected volumes",
        shown: [
          [`${TABLES}/pods.test.ts`, "QoS, the downward API and a projected volume; ConfigMaps and Secrets reach files, not variables"],
        ],
      },
      {
        what: "ConfigMap and Secret updates reach files, not subPaths and variables",
        shown: [
          [`${TABLES}/pods.test.ts`, "QoS, the downward API and a projected volume; ConfigMaps and Secrets reach files, not variables"],
          [`${WORLD}/mounted-files.test.ts`, "modes are the volume's or the item's; a change reaches the directory and not a subPath"],
        ],
      },
      {
        what: "Immutable ConfigMaps, projected tokens",
        shown: [
          [
            `${TABLES}/pods.test.ts`,
            "what is immutable stays as it is; a token is for its audience and its Pod, and another one before it runs out",
          ],
        ],
      },
      {
        what: "Ephemeral containers",
        shown: [
          [
            `${TABLES}/containers.test.ts`,
            "a debug container joins a Pod that runs, sees its processes where it targets them, and is not started again",
          ],
          [`${TABLES}/pods.test.ts`, "one process table, host namespaces, ephemeral containers and image volumes"],
        ],
      },
      {
        what: "Host namespaces, one process table, image volumes",
        shown: [[`${TABLES}/pods.test.ts`, "one process table, host namespaces, ephemeral containers and image volumes"]],
      },
      {
        what: "Security contexts, deadline",
        shown: [
          [`${WORLD}/pod-life.test.ts`, "a Pod past its deadline fails, one that must not be root does not start as root"],
          [`${WORLD}/pod-life.test.ts`, "a read-only root refuses writes, but for volumes; a volume is its fsGroup's"],
        ],
      },
      { what: "Pod Security", shown: [[`${TABLES}/pods.test.ts`, "Pod Security refuses, warns and looks at what is there"]] },
      {
        what: "Private registries: Secrets on Pods and ServiceAccounts, wrong and missing ones",
        shown: [
          [`${TABLES}/registries.test.ts`, "without a Secret: refused, then backed off; with one on the Pod it runs"],
          [`${TABLES}/registries.test.ts`, "a wrong password, a Secret that is missing, one of another registry, one of another type"],
          [`${TABLES}/registries.test.ts`, "a Secret on the ServiceAccount is the Pod's, unless it names one itself"],
          [
            `${TABLES}/registries.test.ts`,
            "docker signs in and out, and its file is a Secret's; crictl takes credentials on the command line",
          ],
          [
            `${TABLES}/registries.test.ts`,
            "names and tags that are not: a repository, a tag, a registry, a reference; and what each policy does without pulling",
          ],
        ],
      },
      {
        what: "Image names, pull policies, pull errors, registries",
        shown: [[`${TABLES}/pods.test.ts`, "image names, policies and registries: what pulls and what is said of what does not"]],
      },
      {
        what: "References that are not there",
        shown: [
          [`${TABLES}/troubles-pods.test.ts`, "a reference that is not there: ConfigMaps, Secrets, keys; what is optional does without"],
        ],
      },
      {
        what: "Volumes that cannot be mounted",
        shown: [
          [
            `${TABLES}/troubles-pods.test.ts`,
            "what cannot be mounted: a hostPath of another type, NFS without its helper, a driver that is not there, a local directory, a file over a directory",
          ],
        ],
      },
      {
        what: "Commands that cannot start",
        shown: [
          [
            `${TABLES}/troubles-pods.test.ts`,
            "what cannot start: no such command, no permission, a file that is none; with restarts it waits, without it is over",
          ],
        ],
      },
      {
        what: "Security contexts that a node refuses",
        shown: [
          [
            `${TABLES}/troubles-pods.test.ts`,
            "security contexts that the node refuses: root, names for users, sysctls, seccomp profiles; a root that is read-only",
          ],
        ],
      },
      {
        what: "Events: series, one for many, every five minutes",
        shown: [
          [
            `${TABLES}/troubles-pods.test.ts`,
            "back-off is told of again while it lasts; who tells too much of one object is heard every five minutes",
          ],
        ],
      },
      {
        what: "Events of many messages",
        shown: [
          [
            `${TABLES}/troubles-workloads.test.ts`,
            "one reason with many messages: the first nine are events of their own, the others share one",
          ],
        ],
      },
      {
        what: "Runtime classes",
        shown: [
          [
            `${TABLES}/troubles-namespaces.test.ts`,
            "a runtime class: none of that name, one whose handler no node has, one with a cost and a place",
          ],
        ],
      },
      {
        what: "Tokens of ServiceAccounts in Secrets",
        shown: [
          [
            `${TABLES}/troubles-namespaces.test.ts`,
            "tokens of a ServiceAccount in a Secret: filled in, good for the API, gone with the account",
          ],
        ],
      },
      {
        what: "Resources of another container, and without a limit",
        shown: [
          [`${TABLES}/pods.test.ts`, "what another container of the Pod may use, and what the node can give where there is no limit"],
        ],
      },
      {
        what: "Probes that cannot be asked",
        shown: [[`${TABLES}/troubles-pods.test.ts`, "a probe that cannot be asked decides nothing: no such command, no port of that name"]],
      },
    ],
  },
  {
    row: "Scheduling",
    items: [
      {
        what: "Gates; a scheduler that does not run",
        shown: [
          [
            `${TABLES}/scheduling.test.ts`,
            "a gate holds a Pod back until it is taken away; a Pod for a scheduler that does not run waits without a word",
          ],
        ],
      },
      {
        what: "Several schedulers",
        shown: [
          [
            `${TABLES}/scheduling.test.ts`,
            "a scheduler of one's own, as a Deployment with a configuration and an account, takes the Pods that name it",
          ],
        ],
      },
      {
        what: "Profiles: plugins, weights, scoring strategies",
        shown: [
          [`${TABLES}/scheduling.test.ts`, "profiles of one scheduler: plugins on and off, weights, and a strategy that fills nodes up"],
        ],
      },
      {
        what: "Node and Pod affinity, topology spread",
        shown: [[`${TABLES}/scheduling.test.ts`, "spread over nodes, away from each other, beside one another, and by preference"]],
      },
      {
        what: "Taints and tolerations",
        shown: [[`${TABLES}/scheduling.test.ts`, "taints: no new ones, no old ones, and those who tolerate it for a while"]],
      },
      {
        what: "Preemption",
        shown: [[`${TABLES}/scheduling.test.ts`, "a higher priority takes the place of a lower one, unless it is told never to"]],
      },
      {
        what: "Why not this node: per plugin and node in the trace",
        shown: [
          [
            `${WORLD}/scheduling-trace.test.ts`,
            "each node that was refused names its plugin; each that was compared, every plugin's share",
          ],
        ],
      },
    ],
  },
  {
    row: "Network",
    items: [
      {
        what: "Addresses of Services",
        shown: [[`${TABLES}/network.test.ts`, "a Service's own address is one, of the cluster's ranges, and nobody else's"]],
      },
      {
        what: "Services of all types",
        shown: [
          [
            `${TABLES}/network.test.ts`,
            "types of Services: an address for all of them, ports on nodes, names for what lies outside, none for headless ones",
          ],
        ],
      },
      {
        what: "LoadBalancer addresses by an addon",
        shown: [[`${WORLD}/ingress.test.ts`, "MetalLB gives addresses out of its pools, as asked for, and takes them back"]],
      },
      {
        what: "Session affinity, traffic policies",
        shown: [
          [`${TABLES}/network.test.ts`, "session affinity keeps a client with one Pod; local traffic stays on its node, or is dropped"],
        ],
      },
      {
        what: "NetworkPolicy",
        shown: [[`${TABLES}/network.test.ts`, "a NetworkPolicy closes, and opens for who it names; by namespace and port, in and out"]],
      },
      { what: "Ingress", shown: [[`${WORLD}/ingress.test.ts`, "hosts, paths, rewriting, TLS, users and canaries"]] },
      {
        what: "Gateway API",
        shown: [
          [
            `${TABLES}/gateway.test.ts`,
            "a Gateway gets its data plane and an address, and routes by host, path, header and method, with filters and weights",
          ],
          [
            `${TABLES}/gateway.test.ts`,
            "what is refused says so: no such Service, another namespace without a grant, a host that the listener does not have",
          ],
        ],
      },
      {
        what: "Broken DNS, CoreDNS and its ConfigMap",
        shown: [
          [
            `${TABLES}/network.test.ts`,
            "broken DNS: none runs, its Corefile is broken, it forwards to itself, it forwards to nobody; and hosts, rewrites, zones of one's own",
          ],
        ],
      },
      {
        what: "kube-proxy, broken and its rules on the node",
        shown: [[`${TABLES}/network.test.ts`, "broken kube-proxy: without it no new Service has rules; its configuration is not there"]],
      },
      {
        what: "Broken CNI",
        shown: [[`${WORLD}/node-pressure.test.ts`, "a node without its network plugin, and one without any configuration for it"]],
      },
      {
        what: "Services that lead nowhere",
        shown: [
          [
            `${TABLES}/troubles-network.test.ts`,
            "a Service that leads nowhere: another selector, another port, Pods that are not ready; and one that is not there",
          ],
        ],
      },
      {
        what: "Endpoints and slices by hand",
        shown: [
          [
            `${TABLES}/troubles-network.test.ts`,
            "Endpoints by hand for a Service without a selector: mirrored as slices, followed, and gone with them; a slice by hand as well",
          ],
        ],
      },
    ],
  },
  {
    row: "Storage",
    items: [
      {
        what: "Binding, reclaim, recycling",
        shown: [
          [
            `${TABLES}/storage.test.ts`,
            "a claim takes the smallest volume that fits, waits without one, and what it leaves is kept, recycled or gone",
          ],
        ],
      },
      {
        what: "Protection of what is used",
        shown: [[`${TABLES}/storage.test.ts`, "a volume that a Pod uses stays until the Pod is gone"]],
      },
      {
        what: "Dynamic provisioning, WaitForFirstConsumer",
        shown: [
          [
            `${TABLES}/storage.test.ts`,
            "a class provisions: at once, or for the first who uses it, on the node of that Pod; data lives as long as the claim",
          ],
        ],
      },
      {
        what: "CSI: expansion, clones, snapshots",
        shown: [[`${TABLES}/storage.test.ts`, "a CSI driver provisions, grows, clones, snapshots and restores"]],
      },
      {
        what: "Access modes, ReadWriteOncePod, node affinity of volumes",
        shown: [[`${TABLES}/storage.test.ts`, "ReadWriteOncePod is for one Pod; a volume of another node keeps its Pod there, or Pending"]],
      },
      {
        what: "Claims that stay Pending",
        shown: [
          [
            `${TABLES}/troubles-storage.test.ts`,
            "a claim that stays Pending: no class, none of that name, too big, another mode, a volume that does not fit or is another's",
          ],
        ],
      },
      {
        what: "Pods that wait for claims; generic ephemeral volumes",
        shown: [[`${TABLES}/troubles-storage.test.ts`, "a Pod that waits for its claim, for one that is not there, for one of its own"]],
      },
    ],
  },
  {
    row: "Nodes",
    items: [
      {
        what: "Kubelet stopped: heartbeats, conditions, taints, Pods",
        shown: [
          [
            `${TABLES}/nodes.test.ts`,
            "a kubelet that stops: Unknown after the grace period, tainted, its Pods go after five minutes, and all is well when it is back",
          ],
        ],
      },
      {
        what: "Machine off",
        shown: [
          [
            `${TABLES}/nodes.test.ts`,
            "a machine that is off is the same to the cluster; its Pods' containers are gone, and start again with it",
          ],
        ],
      },
      {
        what: "Reboot",
        shown: [
          [
            `${TABLES}/nodes.test.ts`,
            "a reboot: every container ended unseen, every sandbox is another one, and who asks not to be restarted is over",
          ],
        ],
      },
      {
        what: "Network cut in two",
        shown: [[`${TABLES}/nodes.test.ts`, "a network cut in two: the node is lost to the control plane while its containers run on"]],
      },
      {
        what: "Disk pressure",
        shown: [
          [
            `${TABLES}/nodes.test.ts`,
            "a full disk: the node says so, evicts the greediest, takes no more, and recovers after its transition period",
          ],
          [`${WORLD}/node-pressure.test.ts`, "a Pod that fills more of the disk than it may is evicted"],
        ],
      },
      {
        what: "Memory pressure",
        shown: [
          [
            `${TABLES}/resources.test.ts`,
            "a node short of memory evicts those beyond their requests first, by priority and then by excess; best-effort Pods are not taken meanwhile",
          ],
          [
            `${WORLD}/node-pressure.test.ts`,
            "memory runs short: the greediest beyond its request goes, the node says so for five minutes, and takes no BestEffort Pods",
          ],
        ],
      },
      {
        what: "Pods past the scheduler, host ports, devices",
        shown: [
          [`${TABLES}/nodes.test.ts`, "devices that a Pod asks for past the scheduler, and ports that are taken"],
          [`${WORLD}/node-pressure.test.ts`, "a Pod that was bound past the scheduler is refused by the kubelet"],
        ],
      },
      {
        what: "Kubelet misconfigured: settings, configuration, flags",
        shown: [
          [`${TABLES}/kubelet.test.ts`, "the kubelet's settings are wrong"],
          [
            `${TABLES}/kubelet.test.ts`,
            "configuration: what cannot be decoded or is not valid ends it, what is not known is left out, what is known acts",
          ],
          [
            `${TABLES}/kubelet.test.ts`,
            "flags: what the kubelet does not know ends it, what it is given there goes before its configuration",
          ],
        ],
      },
      {
        what: "Kubelet without its runtime",
        shown: [
          [`${TABLES}/kubelet.test.ts`, "a kubelet that starts while its runtime is down ends, and is started again until it answers"],
        ],
      },
      {
        what: "Ports 10250, 10255 and 10248",
        shown: [
          [
            `${WORLD}/kubelet-doors.test.ts`,
            "the kubelet's ports: health to the node alone, the rest to who may, and read-only when it is switched on",
          ],
        ],
      },
      {
        what: "Static Pods",
        shown: [
          [`${TABLES}/control-plane.test.ts`, "a static Pod of one's own, on the worker"],
          ["tests/static-pods.test.ts", "a deleted mirror of a static Pod comes back at once; its container never stopped"],
        ],
      },
      {
        what: "Static Pods broken in any way",
        shown: [
          [`${TABLES}/control-plane.test.ts`, "the scheduler has a flag that there is not"],
          [`${TABLES}/control-plane.test.ts`, "the scheduler's kubeconfig is not there"],
          [`${TABLES}/control-plane.test.ts`, "the scheduler's command is misspelt"],
          [`${TABLES}/control-plane.test.ts`, "the scheduler's image is not there"],
          [`${TABLES}/control-plane.test.ts`, "the controller manager's authority is mounted from elsewhere"],
          [`${TABLES}/control-plane.test.ts`, "the controller manager's key is not there"],
          [`${TABLES}/control-plane.test.ts`, "the API server's etcd is at another port"],
          [`${TABLES}/control-plane.test.ts`, "the API server's certificate of etcd is not there"],
          [`${TABLES}/control-plane.test.ts`, "the API server's YAML is broken"],
          [`${TABLES}/control-plane.test.ts`, "the API server has a plugin that there is not"],
          [`${TABLES}/control-plane.test.ts`, "the API server asks with an authorization mode that there is not"],
          [`${TABLES}/control-plane.test.ts`, "the API server's livenessProbe is at another port"],
          [`${TABLES}/control-plane.test.ts`, "etcd's data directory is elsewhere"],
          [`${TABLES}/control-plane.test.ts`, "etcd's certificate is not there"],
        ],
      },
      {
        what: "Certificates that run out, and are renewed",
        shown: [
          [
            `${TABLES}/control-plane.test.ts`,
            "certificates run out: the clock is a year on, nothing trusts anything, and renewing heals it",
          ],
          [`${TABLES}/kubelet.test.ts`, "a kubelet makes its client certificate anew before it runs out"],
        ],
      },
      {
        what: "Another authority",
        shown: [
          [
            `${TABLES}/control-plane.test.ts`,
            "another authority: clients of the old one are nobody; a server with another's certificate is believed by nobody",
          ],
        ],
      },
      {
        what: "Copies of static Pods' manifests",
        shown: [
          [
            `${TABLES}/control-plane.test.ts`,
            "a copy left beside a manifest waits while its original runs, and runs in its place once that changes",
          ],
        ],
      },
      {
        what: "Packages of a node",
        shown: [[`${TABLES}/nodes.test.ts`, "a node's packages go and come back, from a repository whose key was fetched anew"]],
      },
    ],
  },
  {
    row: "Images and faults",
    items: [
      { what: "Databases answer their clients", shown: [[`${TABLES}/images.test.ts`, "databases answer their own clients"]] },
      { what: "Web and echo servers", shown: [[`${TABLES}/images.test.ts`, "web servers and echo servers say who answers"]] },
      {
        what: "Ports that are taken",
        shown: [
          [
            `${TABLES}/images.test.ts`,
            "two servers of one Pod: what both want and nobody looks after is the first one's; what is looked after ends the second",
          ],
        ],
      },
      {
        what: "nginx: its start, ports, rights, sites, templates",
        shown: [
          [`${TABLES}/nginx.test.ts`, "what it tells at its start, and what its entrypoint made of the site"],
          [`${TABLES}/nginx.test.ts`, "two of one Pod want the same port: five attempts, then it gives up"],
          [`${TABLES}/nginx.test.ts`, "without the rights that it takes for granted: a user of one's own, a read-only file system"],
          [`${TABLES}/nginx.test.ts`, "locations, try_files, rewrite, return, error pages, autoindex, headers, status"],
          [
            `${TABLES}/nginx.test.ts`,
            "templates with variables, a proxy to an upstream that is down, a reload, a test of the configuration",
          ],
        ],
      },
      {
        what: "redis: commands, password, data",
        shown: [
          [`${TABLES}/images.test.ts`, "redis: the commands of courses, a password, and what it saved is there again after a restart"],
        ],
      },
      {
        what: "Python programs end their containers",
        shown: [
          [`${TABLES}/python.test.ts`, "an index fails by what its program finds in its environment, and the others do not"],
          [
            `${TABLES}/python.test.ts`,
            "an exception that nobody catches is told and ends with 1; what grows without end is killed at the container's limit",
          ],
        ],
      },
      {
        what: "nginx with pages and configuration",
        shown: [[`${TABLES}/images.test.ts`, "nginx with pages and configuration of one's own, and one that is wrong"]],
      },
      {
        what: "Every fault: injected, seen, healed, same hash twice",
        shown: [[`${WORLD}/faults.test.ts`, "every fault is shown, and what cannot be is refused in one line"]],
      },
    ],
  },
]
