/** .Capabilities: which cluster a chart is rendered for. As helm/pkg/chart/common/capabilities.go. */
import { GoObject, parseVersion, versionText } from "@drydock/gotemplate"

export const HELM = {
  version: "v4.1.4",
  commit: "05fa37973dc9e42b76e1d2883494c87174b6074f",
  go: "go1.25.9",
  client: "v1.35",
} as const

export interface Capabilities {
  /** "v1.35.0" */
  readonly version: string
  readonly major: string
  readonly minor: string
  /** "apps/v1", and with a cluster "apps/v1/Deployment" too. */
  readonly apis: readonly string[]
}

const KNOWN =
  "v1 admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1alpha1 admissionregistration.k8s.io/v1beta1 internal.apiserver.k8s.io/v1alpha1 apps/v1 apps/v1beta1 apps/v1beta2 authentication.k8s.io/v1 authentication.k8s.io/v1alpha1 authentication.k8s.io/v1beta1 authorization.k8s.io/v1 authorization.k8s.io/v1beta1 autoscaling/v1 autoscaling/v2 autoscaling/v2beta1 autoscaling/v2beta2 batch/v1 batch/v1beta1 certificates.k8s.io/v1 certificates.k8s.io/v1beta1 certificates.k8s.io/v1alpha1 coordination.k8s.io/v1alpha2 coordination.k8s.io/v1beta1 coordination.k8s.io/v1 discovery.k8s.io/v1 discovery.k8s.io/v1beta1 events.k8s.io/v1 events.k8s.io/v1beta1 extensions/v1beta1 flowcontrol.apiserver.k8s.io/v1 flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta2 flowcontrol.apiserver.k8s.io/v1beta3 networking.k8s.io/v1 networking.k8s.io/v1beta1 node.k8s.io/v1 node.k8s.io/v1alpha1 node.k8s.io/v1beta1 policy/v1 policy/v1beta1 rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1alpha1 resource.k8s.io/v1 resource.k8s.io/v1beta2 resource.k8s.io/v1beta1 resource.k8s.io/v1alpha3 scheduling.k8s.io/v1alpha1 scheduling.k8s.io/v1beta1 scheduling.k8s.io/v1 storage.k8s.io/v1beta1 storage.k8s.io/v1 storage.k8s.io/v1alpha1 storagemigration.k8s.io/v1beta1 apiextensions.k8s.io/v1beta1 apiextensions.k8s.io/v1"

/** What is assumed without a cluster: the client library's own version and types. */
export const clientCapabilities = (version?: string, more: readonly string[] = []): Capabilities => {
  const parsed = parseVersion(version ?? "v1.35.0")
  return {
    version: version === undefined ? "v1.35.0" : version.startsWith("v") ? version : `v${version}`,
    major: String(parsed?.major ?? 1),
    minor: String(parsed?.minor ?? 35),
    apis: [...KNOWN.split(" "), ...more],
  }
}

/** "v1.35.0" of "1.35" and of "v1.35.0-gke.100". */
export const normalVersion = (version: string): string => {
  const parsed = parseVersion(version)
  return parsed ? `v${versionText({ ...parsed, pre: "", build: "" })}` : version
}

/** As templates see it. */
export const capabilitiesObject = ({ version, major, minor, apis }: Capabilities): GoObject => {
  const text = normalVersion(version)
  return new GoObject({
    type: "*common.Capabilities",
    text: `&{${text} [${apis.join(" ")}] {${HELM.version} ${HELM.commit} clean ${HELM.go} ${HELM.client}}}`,
    fields: {
      KubeVersion: new GoObject({
        type: "common.KubeVersion",
        text,
        fields: { Version: version, Major: major, Minor: minor },
        methods: { GitVersion: () => version, String: () => text },
      }),
      APIVersions: new GoObject({
        type: "common.VersionSet",
        text: `[${apis.join(" ")}]`,
        methods: { Has: (api) => apis.includes(String(api)) },
      }),
      HelmVersion: new GoObject({
        type: "version.BuildInfo",
        text: `{${HELM.version} ${HELM.commit} clean ${HELM.go} ${HELM.client}}`,
        fields: {
          Version: HELM.version,
          GitCommit: HELM.commit,
          GitTreeState: "clean",
          GoVersion: HELM.go,
          KubeClientVersion: HELM.client,
        },
      }),
    },
  })
}
