/** All subcommands: help, completion and the program itself go by this list. */
import { alpha } from "./alpha.ts"
import type { Subcommand } from "../define-subcommand.ts"
import { apiResources, apiVersions } from "./api-resources.ts"
import { apply } from "./apply/apply.ts"
import { lastAppliedCommands } from "./apply/last-applied.ts"
import { attach } from "./attach.ts"
import { auth } from "./auth/auth.ts"
import { canI } from "./auth/can-i.ts"
import { reconcile } from "./auth/reconcile.ts"
import { whoami } from "./auth/whoami.ts"
import { autoscale } from "./autoscale.ts"
import { certificates } from "./certificate/certificate.ts"
import { clusterInfo, clusterInfoDump } from "./cluster-info/cluster-info.ts"
import { completion } from "./completion.ts"
import { configCommands } from "./config/config.ts"
import { configSetters } from "./config/set.ts"
import { cordon, uncordon } from "./cordon.ts"
import { cp } from "./cp.ts"
import { clusterRole } from "./create/cluster-role.ts"
import { configmap } from "./create/configmap.ts"
import { createCommand } from "./create/create.ts"
import { cronjob } from "./create/cronjob.ts"
import { deployment } from "./create/deployment.ts"
import { ingress } from "./create/ingress.ts"
import { job } from "./create/job.ts"
import { namespace } from "./create/namespace.ts"
import { podDisruptionBudget } from "./create/pod-disruption-budget.ts"
import { priorityClass } from "./create/priority-class.ts"
import { quota } from "./create/quota.ts"
import { role } from "./create/role.ts"
import { clusterRoleBinding, roleBinding } from "./create/role-bindings.ts"
import { secrets } from "./create/secret.ts"
import { services } from "./create/service.ts"
import { serviceAccount } from "./create/service-account.ts"
import { token } from "./create/token.ts"
import { debug } from "./debug.ts"
import { deleteCommand } from "./delete.ts"
import { describe } from "./describe.ts"
import { diff } from "./diff.ts"
import { drain } from "./drain.ts"
import { edit } from "./edit.ts"
import { events } from "./events.ts"
import { exec } from "./exec.ts"
import { explain } from "./explain.ts"
import { expose } from "./expose.ts"
import { get } from "./get.ts"
import { kustomize } from "./kustomize.ts"
import { annotate, label } from "./labels.ts"
import { logs } from "./logs.ts"
import { options } from "./options.ts"
import { patch } from "./patch.ts"
import { plugins } from "./plugin.ts"
import { portForward } from "./port-forward.ts"
import { proxy } from "./proxy.ts"
import { replace } from "./replace.ts"
import { rolloutHistory } from "./rollout/history.ts"
import { rolloutPause, rolloutRestart, rolloutResume } from "./rollout/pause.ts"
import { rollout } from "./rollout/rollout.ts"
import { rolloutStatus } from "./rollout/status.ts"
import { rolloutUndo } from "./rollout/undo.ts"
import { run } from "./run.ts"
import { scale } from "./scale.ts"
import { setEnv } from "./set/env.ts"
import { setImage } from "./set/image.ts"
import { setResources } from "./set/resources.ts"
import { setSelector } from "./set/selector.ts"
import { setServiceAccount } from "./set/service-account.ts"
import { set } from "./set/set.ts"
import { setSubject } from "./set/subject.ts"
import { taint } from "./taint.ts"
import { topNode } from "./top/node.ts"
import { topPod } from "./top/pod.ts"
import { top } from "./top/top.ts"
import { version } from "./version.ts"
import { wait } from "./wait.ts"

/** In the order of `kubectl --help`. */
export const subcommands: readonly Subcommand[] = [
  ...alpha,
  createCommand,
  clusterRole,
  clusterRoleBinding,
  configmap,
  cronjob,
  deployment,
  ingress,
  job,
  namespace,
  podDisruptionBudget,
  priorityClass,
  quota,
  role,
  roleBinding,
  ...secrets,
  ...services,
  serviceAccount,
  token,
  expose,
  run,
  set,
  setEnv,
  setImage,
  setResources,
  setSelector,
  setServiceAccount,
  setSubject,
  explain,
  get,
  edit,
  deleteCommand,
  rollout,
  rolloutHistory,
  rolloutPause,
  rolloutRestart,
  rolloutResume,
  rolloutStatus,
  rolloutUndo,
  scale,
  autoscale,
  ...certificates,
  clusterInfo,
  clusterInfoDump,
  top,
  topNode,
  topPod,
  cordon,
  uncordon,
  drain,
  taint,
  describe,
  logs,
  attach,
  exec,
  portForward,
  proxy,
  cp,
  auth,
  canI,
  reconcile,
  whoami,
  debug,
  events,
  diff,
  apply,
  ...lastAppliedCommands,
  patch,
  replace,
  wait,
  kustomize,
  label,
  annotate,
  completion,
  apiResources,
  apiVersions,
  ...configCommands,
  ...configSetters,
  ...plugins,
  version,
  options,
]
