/** Tools that learners look for and that have nothing to do here: each says so in a line, and what does its work. */
import type { Program } from "@drydock/machine"

const ABSENT: readonly (readonly [name: string, instead: string])[] = [
  ["k9s", "this terminal has no full-screen cluster browser: the map beside it shows the same; kubectl get -w follows in text"],
  ["minikube", "this machine is part of a cluster already: kubectl get nodes shows it"],
  ["kind", "this machine is part of a cluster already: kubectl get nodes shows it"],
  ["docker-machine", "machines are made by the lesson, not from inside of it"],
  ["docker-compose", "compose files are not simulated here: docker run and docker network do what they say"],
  ["microk8s", "this cluster was made by kubeadm: use kubectl itself"],
  ["eksctl", "there is no cloud behind this cluster"],
  ["gcloud", "there is no cloud behind this cluster"],
  ["az", "there is no cloud behind this cluster"],
  ["terraform", "there is no cloud behind this cluster"],
  ["istioctl", "no service mesh is simulated here"],
  ["cilium", "Pods are connected by this machine's own network plugin, not by Cilium: kubectl get networkpolicy still works"],
  ["calicoctl", "Pods are connected by this machine's own network plugin, not by Calico: kubectl get networkpolicy still works"],
  ["argocd", "no Argo CD server answers here"],
  ["flux", "no Flux controllers run here"],
  ["velero", "no backup server answers here: etcdctl snapshot save keeps the cluster's state"],
  ["trivy", "images are simulated here and have no packages to scan"],
  ["kube-bench", "no benchmark is simulated here: compare /etc/kubernetes/manifests with its advice by hand"],
]

export const ABSENT_PROGRAMS: readonly (readonly [name: string, program: Program])[] = ABSENT.map(([name, instead]) => [
  name,
  function* (process) {
    yield* process.error(`${name}: ${instead}\n`)
    return 1
  },
])
