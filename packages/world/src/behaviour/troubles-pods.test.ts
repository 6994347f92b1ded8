/** Pods that do not come up, as a person who looks for the reason sees them. As pkg/kubelet, pkg/volume and what containerd and runc say. */
import { apply, behaves } from "../testing/behaviour.ts"

const pod = (name: string, spec: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: ${spec}`
const of = (container: string, more = ""): string => `{containers: [{name: c, ${container}}]${more}}`
const all = (...manifests: string[]): string => apply(manifests.join("\n---\n"))
/** Name, readiness and status of each Pod. */
const STATES = "kubectl get pods --no-headers | awk '{print $1, $2, $3}'"
/** What went wrong, once for each message. */
const WARNINGS = `kubectl get events --field-selector type=Warning -o jsonpath='{range .items[*]}{.involvedObject.name} {.reason}: {.message}{"\\n"}{end}' | sed 's/([0-9a-f-]*)/(<uid>)/g; s#pods/[0-9a-f-]\\{36\\}#pods/<uid>#g' | grep -v ' BackOff:' | sort -u`

behaves([
  {
    title: "a reference that is not there: ConfigMaps, Secrets, keys; what is optional does without",
    steps: [
      {
        run: `kubectl create configmap here --from-literal=a=b >/dev/null; kubectl create secret generic here --from-literal=a=b >/dev/null; ${all(
          pod("env-map", of("image: nginx, env: [{name: A, valueFrom: {configMapKeyRef: {name: nope, key: a}}}]")),
          pod("env-key", of("image: nginx, env: [{name: A, valueFrom: {configMapKeyRef: {name: here, key: nope}}}]")),
          pod("env-secret", of("image: nginx, env: [{name: A, valueFrom: {secretKeyRef: {name: here, key: nope}}}]")),
          pod("from-secret", of("image: nginx, envFrom: [{secretRef: {name: nope}}]")),
          pod("optional", of("image: nginx, envFrom: [{secretRef: {name: nope, optional: true}}]")),
          pod("vol-map", of("image: nginx, volumeMounts: [{name: v, mountPath: /v}]", ", volumes: [{name: v, configMap: {name: nope}}]")),
          pod(
            "vol-key",
            of(
              "image: nginx, volumeMounts: [{name: v, mountPath: /v}]",
              ", volumes: [{name: v, configMap: {name: here, items: [{key: nope, path: x}]}}]",
            ),
          ),
          pod(
            "vol-secret-key",
            of(
              "image: nginx, volumeMounts: [{name: v, mountPath: /v}]",
              ", volumes: [{name: v, secret: {secretName: here, items: [{key: nope, path: x}]}}]",
            ),
          ),
          pod(
            "vol-projected",
            of(
              "image: nginx, volumeMounts: [{name: v, mountPath: /v}]",
              ", volumes: [{name: v, projected: {sources: [{secret: {name: nope}}]}}]",
            ),
          ),
          pod(
            "vol-optional",
            of("image: nginx, volumeMounts: [{name: v, mountPath: /v}]", ", volumes: [{name: v, configMap: {name: nope, optional: true}}]"),
          ),
        )}`,
      },
      {
        after: 20,
        run: STATES,
        shows:
          "env-key 0/1 CreateContainerConfigError\nenv-map 0/1 CreateContainerConfigError\nenv-secret 0/1 CreateContainerConfigError\nfrom-secret 0/1 CreateContainerConfigError\noptional 1/1 Running\nvol-key 0/1 ContainerCreating\nvol-map 0/1 ContainerCreating\nvol-optional 1/1 Running\nvol-projected 0/1 ContainerCreating\nvol-secret-key 0/1 ContainerCreating",
      },
      {
        run: WARNINGS,
        shows:
          'env-key Failed: Error: couldn\'t find key nope in ConfigMap default/here\nenv-map Failed: Error: configmap "nope" not found\nenv-secret Failed: Error: couldn\'t find key nope in Secret default/here\nfrom-secret Failed: Error: secret "nope" not found\nvol-key FailedMount: MountVolume.SetUp failed for volume "v" : configmap references non-existent config key: nope\nvol-map FailedMount: MountVolume.SetUp failed for volume "v" : configmap "nope" not found\nvol-projected FailedMount: MountVolume.SetUp failed for volume "v" : secret "nope" not found\nvol-secret-key FailedMount: MountVolume.SetUp failed for volume "v" : references non-existent secret key: nope',
      },
      {
        run: `kubectl create configmap nope --from-literal=a=b >/dev/null; kubectl create secret generic nope --from-literal=a=b >/dev/null; sleep 130; ${STATES}`,
        shows:
          "env-key 0/1 CreateContainerConfigError\nenv-map 1/1 Running\nenv-secret 0/1 CreateContainerConfigError\nfrom-secret 1/1 Running\noptional 1/1 Running\nvol-key 0/1 ContainerCreating\nvol-map 1/1 Running\nvol-optional 1/1 Running\nvol-projected 1/1 Running\nvol-secret-key 0/1 ContainerCreating",
      },
    ],
  },
  {
    title:
      "what cannot be mounted: a hostPath of another type, NFS without its helper, a driver that is not there, a local directory, a file over a directory",
    steps: [
      {
        run: all(
          pod(
            "type",
            of(
              "image: nginx, volumeMounts: [{name: v, mountPath: /v}]",
              ", volumes: [{name: v, hostPath: {path: /etc/hostname, type: Directory}}]",
            ),
          ),
          pod(
            "missing",
            of("image: nginx, volumeMounts: [{name: v, mountPath: /v}]", ", volumes: [{name: v, hostPath: {path: /nope, type: File}}]"),
          ),
          pod(
            "nfs",
            of("image: nginx, volumeMounts: [{name: v, mountPath: /v}]", ", volumes: [{name: v, nfs: {server: 10.0.0.9, path: /data}}]"),
          ),
          pod(
            "csi",
            of("image: nginx, volumeMounts: [{name: v, mountPath: /v}]", ", volumes: [{name: v, csi: {driver: secrets-store.csi.k8s.io}}]"),
          ),
          pod(
            "local",
            of(
              "image: nginx, volumeMounts: [{name: v, mountPath: /v}]",
              ", volumes: [{name: v, persistentVolumeClaim: {claimName: local}}]",
            ),
          ),
          pod(
            "over",
            of("image: nginx, volumeMounts: [{name: v, mountPath: /etc/nginx}]", ", volumes: [{name: v, hostPath: {path: /etc/hostname}}]"),
          ),
          pod(
            "below",
            of("image: nginx, volumeMounts: [{name: v, mountPath: /etc/nginx/nginx.conf}]", ", volumes: [{name: v, emptyDir: {}}]"),
          ),
          `apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: disk}\nspec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], storageClassName: manual, local: {path: /mnt/disk}, nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node01]}]}]}}}`,
          `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: local}\nspec: {storageClassName: manual, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}`,
        ),
      },
      {
        after: 15,
        run: STATES,
        shows:
          "below 0/1 CrashLoopBackOff\ncsi 0/1 ContainerCreating\nlocal 0/1 ContainerCreating\nmissing 0/1 ContainerCreating\nnfs 0/1 ContainerCreating\nover 0/1 CrashLoopBackOff\ntype 0/1 ContainerCreating",
      },
      {
        run: WARNINGS,
        shows:
          'dmesg(<uid>) may have more information after failed mount system call.\nMounting arguments: -t nfs 10.0.0.9:/data /var/lib/kubelet/pods/<uid>/volumes/kubernetes.io~nfs/v\nMounting command: mount\nOutput: mount: /var/lib/kubelet/pods/<uid>/volumes/kubernetes.io~nfs/v: bad option; for several filesystems (e.g. nfs, cifs) you might need a /sbin/mount.<type> helper program.\nbelow Failed: Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/var/lib/kubelet/pods/<uid>/volumes/kubernetes.io~empty-dir/v" to rootfs at "/etc/nginx/nginx.conf": mount src=/var/lib/kubelet/pods/<uid>/volumes/kubernetes.io~empty-dir/v, dst=/etc/nginx/nginx.conf, dstFd=/proc/thread-self/fd/8, flags=MS_BIND|MS_REC: not a directory\ncsi FailedMount: MountVolume.SetUp failed for volume "v" : kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name secrets-store.csi.k8s.io not found in the list of registered CSI drivers\nlocal FailedMount: MountVolume.NewMounter initialization failed for volume "disk" : path "/mnt/disk" does not exist\nlocal FailedScheduling: 0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found\nlocal ProvisioningFailed: storageclass.storage.k8s.io "manual" not found\nmissing FailedMount: MountVolume.SetUp failed for volume "v" : hostPath type check failed: /nope is not a file\nnfs FailedMount: MountVolume.SetUp failed for volume "v" : mount failed: exit status 32\nover Failed: Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "/etc/hostname" to rootfs at "/etc/nginx": mount src=/etc/hostname, dst=/etc/nginx, dstFd=/proc/thread-self/fd/8, flags=MS_BIND|MS_REC: not a directory\ntype FailedMount: MountVolume.SetUp failed for volume "v" : hostPath type check failed: /etc/hostname is not a directory',
      },
      { run: "mkdir -p /mnt/disk; touch /nope", on: "node01" },
      {
        after: 40,
        run: STATES,
        shows:
          "below 0/1 CrashLoopBackOff\ncsi 0/1 ContainerCreating\nlocal 1/1 Running\nmissing 1/1 Running\nnfs 0/1 ContainerCreating\nover 0/1 CrashLoopBackOff\ntype 0/1 ContainerCreating",
      },
    ],
  },
  {
    title: "what cannot start: no such command, no permission, a file that is none; with restarts it waits, without it is over",
    steps: [
      {
        run: all(
          pod("nocommand", of("image: nginx, command: [nosuch]")),
          pod("nopath", of("image: nginx, command: [/bin/nosuch]")),
          pod("noexec", of("image: busybox, command: [/etc/passwd]")),
          pod("never", of("image: nginx, command: [nosuch]", ", restartPolicy: Never")),
          pod("ends", of("image: busybox")),
          pod("fails", of("image: busybox, command: [sh, -c, 'echo no; exit 2']", ", restartPolicy: OnFailure")),
        ),
      },
      {
        watch: {
          of: "/api/v1/namespaces/default/pods?fieldSelector=metadata.name=nocommand",
          columns: ["Ready", "Status", "Restarts"],
          during: 30,
          shows: ["0s 0/1 ContainerCreating 0", "2s 0/1 RunContainerError 0", "5s 0/1 CrashLoopBackOff 1", "16s 0/1 CrashLoopBackOff 2"],
        },
      },
      {
        run: STATES,
        shows:
          "ends 0/1 CrashLoopBackOff\nfails 0/1 CrashLoopBackOff\nnever 0/1 StartError\nnocommand 0/1 CrashLoopBackOff\nnoexec 0/1 CrashLoopBackOff\nnopath 0/1 CrashLoopBackOff",
      },
      {
        run: WARNINGS,
        shows:
          'never Failed: Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "nosuch": executable file not found in $PATH\nnocommand Failed: Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "nosuch": executable file not found in $PATH\nnoexec Failed: Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/etc/passwd": permission denied\nnopath Failed: Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/bin/nosuch": stat /bin/nosuch: no such file or directory',
      },
      {
        run: "kubectl describe pod nocommand | sed -n '/State:/,/Restart Count/p' | grep -v 'Started\\|Finished'",
        shows:
          'State: Waiting\n Reason: CrashLoopBackOff\n Last State: Terminated\n Reason: StartError\n Message: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "nosuch": executable file not found in $PATH\n Exit Code: 128\n Ready: False\n Restart Count: 2',
      },
    ],
  },
  {
    title: "security contexts that the node refuses: root, names for users, sysctls, seccomp profiles; a root that is read-only",
    steps: [
      {
        run: all(
          pod("root", of("image: nginx, securityContext: {runAsNonRoot: true}")),
          pod("zero", of("image: nginx, securityContext: {runAsNonRoot: true, runAsUser: 0}")),
          pod("readonly", of("image: nginx, securityContext: {readOnlyRootFilesystem: true}")),
          pod("seccomp", of("image: nginx, securityContext: {seccompProfile: {type: Localhost, localhostProfile: profiles/audit.json}}")),
          pod("sysctl", of("image: nginx", ", securityContext: {sysctls: [{name: kernel.msgmax, value: '65536'}]}")),
          pod("safe", of("image: nginx", ", securityContext: {sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: '0'}]}")),
        ),
      },
      {
        after: 15,
        run: STATES,
        shows:
          "readonly 0/1 CrashLoopBackOff\nroot 0/1 CreateContainerConfigError\nsafe 1/1 Running\nseccomp 0/1 CreateContainerError\nsysctl 0/1 SysctlForbidden\nzero 0/1 CreateContainerConfigError",
      },
      {
        run: WARNINGS,
        shows:
          'root Failed: Error: container has runAsNonRoot and image will run as root (pod: "root_default(<uid>)", container: c)\nseccomp Failed: Error: failed to create containerd container: cannot load seccomp profile "/var/lib/kubelet/seccomp/profiles/audit.json": open /var/lib/kubelet/seccomp/profiles/audit.json: no such file or directory\nsysctl SysctlForbidden: forbidden sysctl: "kernel.msgmax" not allowlisted\nzero Failed: Error: container\'s runAsUser breaks non-root policy (pod: "zero_default(<uid>)", container: c)',
      },
      {
        run: "kubectl get pod sysctl -o jsonpath='{.status.phase} {.status.reason}: {.status.message}'; echo; kubectl logs readonly | tail -1",
        shows:
          'Failed SysctlForbidden: Pod was rejected: forbidden sysctl: "kernel.msgmax" not allowlisted\nnginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)',
      },
      { run: "mkdir -p /var/lib/kubelet/seccomp/profiles; echo '{}' > /var/lib/kubelet/seccomp/profiles/audit.json", on: "node01" },
      { after: 15, run: "kubectl get pod seccomp --no-headers | awk '{print $2, $3}'", shows: "1/1 Running" },
      {
        run: "echo 'allowedUnsafeSysctls: [\"kernel.msg*\"]' >> /var/lib/kubelet/config.yaml; systemctl restart kubelet",
        on: "node01",
      },
      {
        run: `kubectl delete pod sysctl >/dev/null; sleep 5; ${all(pod("sysctl", of("image: nginx", ", securityContext: {sysctls: [{name: kernel.msgmax, value: '65536'}]}")))}sleep 10; kubectl get pod sysctl --no-headers | awk '{print $2, $3}'`,
        shows: "1/1 Running",
      },
    ],
  },
  {
    title: "back-off is told of again while it lasts; who tells too much of one object is heard every five minutes",
    steps: [
      { run: all(pod("crash", of("image: 'busybox:1.37', command: [sh, -c, 'exit 1']")), pod("image", of("image: 'nginx:9.9.9'"))) },
      {
        after: 900,
        run: `kubectl get events -o jsonpath='{range .items[*]}{.involvedObject.name} {.reason} {.count}{"\\n"}{end}' | sort`,
        shows:
          "controlplane NodeAllocatableEnforced 1\ncontrolplane NodeHasNoDiskPressure 1\ncontrolplane NodeHasSufficientMemory 1\ncontrolplane NodeHasSufficientPID 1\ncontrolplane RegisteredNode 1\ncontrolplane Starting 1\ncrash BackOff 8\ncrash Created 6\ncrash Pulled 1\ncrash Pulled 7\ncrash Pulling 1\ncrash Scheduled\ncrash Started 6\nimage BackOff 5\nimage Failed 5\nimage Failed 5\nimage Failed 5\nimage Pulling 7\nimage Scheduled\nnode01 NodeAllocatableEnforced 1\nnode01 NodeHasNoDiskPressure 1\nnode01 NodeHasSufficientMemory 1\nnode01 NodeHasSufficientPID 1\nnode01 RegisteredNode 1\nnode01 Starting 1",
      },
      {
        after: 1_800,
        run: `kubectl get events -o jsonpath='{range .items[*]}{.involvedObject.name} {.reason} {.count}{"\\n"}{end}' | grep BackOff | sort`,
        shows: "crash BackOff 17\nimage BackOff 34",
      },
    ],
  },
  {
    title: "a probe that cannot be asked decides nothing: no such command, no port of that name",
    steps: [
      {
        run: all(
          pod("command", of("image: nginx, livenessProbe: {exec: {command: [nosuch]}, periodSeconds: 2}")),
          pod("port", of("image: nginx, ports: [{containerPort: 80}], readinessProbe: {httpGet: {port: http}, periodSeconds: 2}")),
        ),
      },
      {
        after: 20,
        run: "kubectl get pods --no-headers | awk '{print $1, $2, $3, $4}'",
        shows: "command 1/1 Running 0\nport 0/1 Running 0",
      },
      {
        run: WARNINGS,
        shows:
          'command Unhealthy: Liveness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown\nport Unhealthy: Readiness probe errored and resulted in unknown state: strconv.Atoi: parsing "http": invalid syntax',
      },
    ],
  },
])
