/** Upgrading a cluster with apt and kubeadm, step by step. */
import { expect, test } from "vitest"
import { bashIn, bootedWorld } from "./testing/bash.ts"

const bash = bashIn(bootedWorld())

test("an upgrade goes as the documentation has it: kubeadm, the control plane, each kubelet; and not before its turn", () => {
  expect(bash("kubeadm upgrade plan | grep -e kube-apiserver -e Note")).toBe(
    "kube-apiserver            controlplane   v1.35.6   v1.35.7\nNote: Before you can perform this upgrade, you have to update kubeadm to v1.35.7.",
  )
  expect(bash("kubeadm upgrade apply v1.35.7 -y; echo $?")).toContain(
    'Specified version to upgrade to "v1.35.7" is higher than the kubeadm version "v1.35.6". Upgrade kubeadm first using the tool you used to install kubeadm',
  )
  expect(
    bash("apt-mark hold kubeadm; apt-get install -y kubeadm=1.35.7-1.1 | tail -1; kubeadm version -o short; apt-mark unhold kubeadm"),
  ).toBe(
    `kubeadm set on hold.
1 upgraded, 0 newly installed, 0 to remove and 2 not upgraded.
v1.35.6
Canceled hold on kubeadm.
E: Held packages were changed and -y was used without --allow-change-held-packages.`,
  )
  expect(
    bash("apt-get install -y kubeadm=1.35.7-1.1 | tail -1; kubeadm upgrade apply v1.35.7 -y | grep -e SUCCESS -e 'upgraded successfully'"),
  ).toBe(
    `Setting up kubeadm (1.35.7-1.1) ...
[upgrade/staticpods] Component "kube-apiserver" upgraded successfully!
[upgrade/staticpods] Component "kube-controller-manager" upgraded successfully!
[upgrade/staticpods] Component "kube-scheduler" upgraded successfully!
[upgrade] SUCCESS! A control plane node of your cluster was upgraded to "v1.35.7".`,
  )
  expect(bash("sleep 60; kubectl version | tail -1; kubectl get nodes --no-headers | awk '{print $2, $5}'")).toBe(
    "Server Version: v1.35.7\nReady v1.35.6\nReady v1.35.6",
  )
  expect(bash("kubectl get pods -n kube-system -o jsonpath='{.items[*].spec.containers[0].image}' | tr ' ' '\\n' | grep -c v1.35.7")).toBe(
    "5",
  )
  const kubelet = "apt-get install -y kubelet=1.35.7-1.1 kubectl=1.35.7-1.1 | tail -1; systemctl daemon-reload; systemctl restart kubelet"
  bash(kubelet)
  bash(`apt-get install -y kubeadm=1.35.7-1.1 && kubeadm upgrade node && ${kubelet}`, "node01")
  expect(bash("sleep 20; kubectl get nodes --no-headers | awk '{print $2, $5}'; apt list --upgradable 2>/dev/null")).toBe(
    "Ready v1.35.7\nReady v1.35.7\nListing... Done",
  )
})
