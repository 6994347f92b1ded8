/** The file that points a real kubectl at a lab. */

/** The secret is in the path: kubectl sends no credentials over plain HTTP. @param url Drydock's public address */
export const kubeconfig = (url: string, apiToken: string): string => `apiVersion: v1
kind: Config
clusters:
- name: drydock
  cluster:
    server: ${new URL(`/k8s/${encodeURIComponent(apiToken)}`, url).href}
contexts:
- name: drydock
  context:
    cluster: drydock
    user: learner
current-context: drydock
users:
- name: learner
  user: {}
`
