#!/bin/bash
# A controller for boats: each boat gets a ConfigMap with its papers, and a status.

reconcile() {
  boat=$1
  state=$(kubectl get boat "$boat" -o jsonpath='{.status.state}') || return
  [ "$state" = moored ] && return
  cat <<EOF | kubectl apply -f - > /dev/null
apiVersion: v1
kind: ConfigMap
metadata:
  name: papers-$boat
data:
  berth: "$(kubectl get boat "$boat" -o jsonpath='{.spec.berth}')"
EOF
  kubectl patch boat "$boat" --type=merge --subresource=status --patch '{"status":{"state":"moored"}}' > /dev/null
  echo "$boat is moored"
}

kubectl get boats --watch -o name | while read -r name; do
  reconcile "${name#*/}"
done
