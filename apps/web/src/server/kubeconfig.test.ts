/** The file a learner's own kubectl reads. */
import { expect, test } from "vitest"
import { kubeconfig } from "./kubeconfig.ts"

test("the server is the lab's address at Drydock's", () => {
  expect(kubeconfig("https://learn.example.org/", "abc")).toBe(`apiVersion: v1
kind: Config
clusters:
- name: drydock
  cluster:
    server: https://learn.example.org/k8s/abc
contexts:
- name: drydock
  context:
    cluster: drydock
    user: learner
current-context: drydock
users:
- name: learner
  user: {}
`)
})
