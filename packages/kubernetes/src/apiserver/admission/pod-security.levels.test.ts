/** What each level of the Pod Security Standards says against a Pod, in upstream's words and order. */
import { expect, test } from "vitest"
import { evaluatePod } from "./pod-security-checks.ts"

const container = (name: string, securityContext: object = {}, more: object = {}) => ({ name, image: "nginx", securityContext, ...more })
const SAFE = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
}
const told = (level: "baseline" | "restricted", spec: object) =>
  evaluatePod(level, spec as never).map(({ reason, detail }) => `${reason} (${detail})`)

test.each<[title: string, spec: object, said: string[]]>([
  ["nothing against a plain one", { containers: [container("a")] }, []],
  [
    "the host's namespaces, paths and ports, and privileged",
    {
      hostNetwork: true,
      hostPID: true,
      volumes: [{ name: "v", hostPath: { path: "/" } }],
      containers: [container("a", { privileged: true }, { ports: [{ hostPort: 80 }, { containerPort: 1 }] }), container("b")],
    },
    [
      "host namespaces (hostNetwork=true, hostPID=true)",
      'hostPath volumes (volume "v")',
      'hostPort (container "a" uses hostPort 80)',
      'privileged (container "a" must not set securityContext.privileged=true)',
    ],
  ],
  [
    "capabilities, before all others",
    {
      hostIPC: true,
      containers: [container("a", { capabilities: { add: ["SYS_TIME", "NET_ADMIN", "CHOWN"] } })],
      initContainers: [container("i", { capabilities: { add: ["SYS_TIME"] } })],
    },
    [
      'non-default capabilities (containers "i", "a" must not include "NET_ADMIN", "SYS_TIME" in securityContext.capabilities.add)',
      "host namespaces (hostIPC=true)",
    ],
  ],
  [
    "SELinux, seccomp, AppArmor, sysctls, proc and Windows hosts",
    {
      securityContext: {
        seLinuxOptions: { user: "u", type: "spc_t" },
        seccompProfile: { type: "Unconfined" },
        appArmorProfile: { type: "Unconfined" },
        sysctls: [{ name: "net.ipv4.tcp_rmem" }, { name: "kernel.msgmax" }],
        windowsOptions: { hostProcess: true },
      },
      containers: [container("a", { procMount: "Unmasked", seLinuxOptions: { type: "container_t" } })],
    },
    [
      'forbidden AppArmor profile (pod must not set AppArmor profile type to "Unconfined")',
      'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
      'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)',
      'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
      "forbidden sysctls (kernel.msgmax)",
      "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)",
    ],
  ],
])("baseline: %s", (_, spec, said) => {
  expect(told("baseline", spec)).toEqual(said)
})

test.each<[title: string, spec: object, said: string[]]>([
  ["nothing against one that does all that is asked", { containers: [container("a", SAFE)] }, []],
  [
    "what a Pod settles for its containers",
    { securityContext: { runAsNonRoot: true, seccompProfile: { type: "Localhost" } }, containers: [container("a")] },
    [
      'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false)',
      'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"])',
    ],
  ],
  [
    "who says no is named, and not who says nothing",
    { containers: [container("a", { ...SAFE, runAsNonRoot: false, runAsUser: 0 }), container("b", { ...SAFE, runAsNonRoot: undefined })] },
    [
      'runAsNonRoot != true (container "a" must not set securityContext.runAsNonRoot=false)',
      'runAsUser=0 (container "a" must not set runAsUser=0)',
    ],
  ],
  [
    "volumes and added capabilities",
    {
      volumes: [
        { name: "n", nfs: {} },
        { name: "c", configMap: {} },
      ],
      containers: [container("a", { ...SAFE, capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE", "CHOWN"] } })],
    },
    [
      'unrestricted capabilities (container "a" must not include "CHOWN" in securityContext.capabilities.add)',
      'restricted volume types (volume "n" uses restricted volume type "nfs")',
    ],
  ],
])("restricted: %s", (_, spec, said) => {
  expect(told("restricted", spec)).toEqual(said)
})
