/** Jobs and CronJobs: counts, indexes, failures, policies and clocks. As pkg/controller/job and pkg/controller/cronjob. */
import { apply, behaves } from "../testing/behaviour.ts"

const JOBS = "/apis/batch/v1/namespaces/default/jobs"
const job = (name: string, spec: string, script: string, more = ""): string =>
  `apiVersion: batch/v1\nkind: Job\nmetadata: {name: ${name}}\nspec: {${spec} template: {spec: {restartPolicy: Never, ${more}containers: [{name: c, image: 'busybox:1.37', command: [sh, -c, '${script}']}]}}}`
const CONDITIONS = (name: string): string =>
  `kubectl get job ${name} -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason} {.message}{"\\n"}{end}'`

behaves([
  {
    title: "completions side by side, so many at once",
    steps: [
      { run: apply(job("many", "completions: 5, parallelism: 2,", "sleep 4")) },
      {
        watch: {
          of: JOBS,
          columns: ["Name", "Status", "Completions"],
          shows: ["0s many Running 0/5", "6s many Running 2/5", "11s many Running 4/5", "16s many Complete 5/5"],
        },
      },
      {
        run: CONDITIONS("many"),
        shows:
          "SuccessCriteriaMet=True CompletionsReached Reached expected number of succeeded pods\nComplete=True CompletionsReached Reached expected number of succeeded pods",
      },
    ],
  },
  {
    title: "a Job that fails is tried again, later each time, until its limit; or until its time is over",
    steps: [
      { run: apply(`${job("fails", "backoffLimit: 2,", "exit 3")}\n---\n${job("late", "activeDeadlineSeconds: 10,", "sleep 99")}`) },
      {
        watch: {
          of: JOBS,
          columns: ["Name", "Status", "Completions"],
          quiet: 60,
          shows: ["0s fails Running 0/1", "0s late Running 0/1", "31s fails Failed 0/1", "40s late Failed 0/1"],
        },
      },
      {
        run: `${CONDITIONS("fails")}; ${CONDITIONS("late")}; kubectl get pods -l job-name=fails --no-headers | wc -l; kubectl get pods -l job-name=late --no-headers | wc -l`,
        shows:
          "FailureTarget=True BackoffLimitExceeded Job has reached the specified backoff limit\nFailed=True BackoffLimitExceeded Job has reached the specified backoff limit\nFailureTarget=True DeadlineExceeded Job was active longer than specified deadline\nFailed=True DeadlineExceeded Job was active longer than specified deadline\n3\n0\nNo resources found in default namespace.",
      },
      {
        run: `kubectl get events --field-selector involvedObject.kind=Job -o jsonpath='{range .items[*]}{.involvedObject.name} {.type} {.reason}: {.message}{"\\n"}{end}' | grep -v SuccessfulCreate | sort`,
        shows:
          "fails Warning BackoffLimitExceeded: Job has reached the specified backoff limit\nlate Normal SuccessfulDelete: Deleted pod: late-<id>\nlate Warning DeadlineExceeded: Job was active longer than specified deadline",
      },
    ],
  },
  {
    title: "indexes, each with its name and its own limit; what counts as failure, and what as success",
    steps: [
      {
        run: apply(
          `${job("idx", "completions: 3, parallelism: 3, completionMode: Indexed, backoffLimitPerIndex: 1, maxFailedIndexes: 2,", "[ $JOB_COMPLETION_INDEX != 1 ]")}\n---\n${job("policy", "backoffLimit: 6, podFailurePolicy: {rules: [{action: FailJob, onExitCodes: {operator: In, values: [42]}}]},", "exit 42")}\n---\n${job("leader", "completions: 3, parallelism: 3, completionMode: Indexed, successPolicy: {rules: [{succeededIndexes: '0', succeededCount: 1}]},", "[ $JOB_COMPLETION_INDEX = 0 ] || sleep 999", "terminationGracePeriodSeconds: 1, ")}`,
        ),
      },
      {
        after: 60,
        run: `kubectl get job idx -o jsonpath='{.status.completedIndexes} {.status.failedIndexes}'; echo; ${["idx", "policy", "leader"].map(CONDITIONS).join("; ")}; kubectl get pods -l job-name=idx -o jsonpath='{range .items[*]}{.spec.hostname} {.status.phase}{"\\n"}{end}' | sort`,
        shows:
          "0,2 1\nFailureTarget=True FailedIndexes Job has failed indexes\nFailed=True FailedIndexes Job has failed indexes\nFailureTarget=True PodFailurePolicy Container c for pod default/policy-<id> failed with exit code 42 matching FailJob rule at index 0\nFailed=True PodFailurePolicy Container c for pod default/policy-<id> failed with exit code 42 matching FailJob rule at index 0\nSuccessCriteriaMet=True SuccessPolicy Matched rules at index 0\nComplete=True SuccessPolicy Matched rules at index 0\nidx-0 Succeeded\nidx-1 Failed\nidx-1 Failed\nidx-2 Succeeded",
      },
    ],
  },
  {
    title: "suspended, resumed, and gone after its time",
    steps: [
      { run: apply(job("held", "suspend: true, ttlSecondsAfterFinished: 5,", "sleep 3")) },
      {
        after: 5,
        run: `kubectl get job held --no-headers | awk '{print $2, $3}'; ${CONDITIONS("held")}; kubectl get pods --no-headers 2>&1`,
        shows: "Suspended 0/1\nSuspended=True JobSuspended Job suspended\nNo resources found in default namespace.",
      },
      { run: 'kubectl patch job held -p \'{"spec":{"suspend":false}}\' >/dev/null' },
      {
        watch: {
          of: JOBS,
          columns: ["Name", "Status", "Completions"],
          shows: ["0s held Running 0/1", "5s held Complete 1/1", "9s held gone"],
        },
      },
      {
        run: `kubectl get events --field-selector involvedObject.name=held -o jsonpath='{range .items[*]}{.reason}: {.message}{"\\n"}{end}' | sed 's/held-[a-z0-9]*/held-X/'`,
        shows: "Suspended: Job suspended\nSuccessfulCreate: Created pod: held-X\nResumed: Job resumed\nCompleted: Job completed",
      },
    ],
  },
  {
    title: "a CronJob runs on the minute of its zone, keeps so many, and forbids, replaces or allows what overlaps",
    steps: [
      {
        run: apply(
          ["Allow", "Forbid", "Replace"]
            .map(
              (policy) =>
                `apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: ${policy.toLowerCase()}}\nspec: {schedule: '* * * * *', concurrencyPolicy: ${policy}, jobTemplate: {spec: {template: {spec: {terminationGracePeriodSeconds: 1, restartPolicy: Never, containers: [{name: c, image: 'busybox:1.37', command: [sleep, '90']}]}}}}}`,
            )
            .join("\n---\n") +
            "\n---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: zone}\nspec: {schedule: '2 9 * * *', timeZone: Europe/Berlin, jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: 'busybox:1.37', command: ['true']}]}}}}}",
        ),
      },
      {
        after: 150,
        run: "kubectl get cronjobs --no-headers | awk '{print $1, $2, $3, $4, $5, $6, $7, $8, $9}'; kubectl get jobs --no-headers | awk '{print $1, $2}' | sed -E 's/-[0-9]+//' | sort",
        shows:
          "allow * * * * * <none> False 1\nforbid * * * * * <none> False 1\nreplace * * * * * <none> False 1\nzone 2 9 * * * Europe/Berlin False 0\nallow Complete\nallow Running\nforbid Complete\nforbid Running\nreplace Running\nzone Complete",
      },
      {
        run: `kubectl get events --field-selector involvedObject.kind=CronJob -o jsonpath='{range .items[*]}{.involvedObject.name} {.reason}: {.message}{"\\n"}{end}' | sed -E 's/-[0-9]{8}/-N/' | sort | uniq -c | awk '{$1=$1; print}'`,
        shows:
          "1 allow SawCompletedJob: Saw completed job: allow-N, condition: Complete\n2 allow SuccessfulCreate: Created job allow-N\n1 forbid JobAlreadyActive: Not starting job because prior execution is running and concurrency policy is Forbid\n1 forbid SawCompletedJob: Saw completed job: forbid-N, condition: Complete\n2 forbid SuccessfulCreate: Created job forbid-N\n2 replace SuccessfulCreate: Created job replace-N\n1 replace SuccessfulDelete: Deleted job replace-N\n1 zone SawCompletedJob: Saw completed job: zone-N, condition: Complete\n1 zone SuccessfulCreate: Created job zone-N",
      },
      {
        run: "kubectl create job --from=cronjob/zone now >/dev/null; sleep 5; kubectl get job now --no-headers | awk '{print $2}'; kubectl get job now -o jsonpath='{.metadata.annotations}'",
        shows: 'Complete\n{"cronjob.kubernetes.io/instantiate":"manual"}',
      },
    ],
  },
])
