/** Programs in Python decide how their containers end. */
import { behaves } from "../testing/behaviour.ts"

const job = (name: string, spec: string, program: string, container = ""): string => `kubectl apply -f - <<'EOF'
apiVersion: batch/v1
kind: Job
metadata: {name: ${name}}
spec:
  ${spec}
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: python:3
          ${container}
          command:
            - python3
            - -c
            - |
${program
  .split("\n")
  .map((line) => `              ${line}`)
  .join("\n")}
EOF`

const STATES =
  "jsonpath='{range .items[*]}{.status.containerStatuses[0].state.terminated.reason} {.status.containerStatuses[0].state.terminated.exitCode}{\"\\n\"}{end}'"

behaves([
  {
    title: "an index fails by what its program finds in its environment, and the others do not",
    steps: [
      {
        run: `${job(
          "indexed",
          "completionMode: Indexed\n  completions: 3\n  parallelism: 3\n  backoffLimitPerIndex: 0",
          'import os, sys\nindex = int(os.environ["JOB_COMPLETION_INDEX"])\nprint("index", index)\nif index == 1:\n    sys.exit(42)',
        )}
kubectl wait --for=jsonpath='{.status.failedIndexes}'=1 job/indexed --timeout=60s > /dev/null; sleep 5
kubectl get job indexed -o jsonpath='{.status.completedIndexes} {.status.failedIndexes} {.status.conditions[-1].reason}{"\\n"}'
kubectl get pods -l job-name=indexed --sort-by=.metadata.annotations.'batch\\.kubernetes\\.io/job-completion-index' -o ${STATES}`,
        shows: /0,2 1 FailedIndexes\nCompleted 0\nError 42\nCompleted 0$/,
      },
    ],
  },
  {
    title: "an exception that nobody catches is told and ends with 1; what grows without end is killed at the container's limit",
    steps: [
      {
        run: `${job("divides", "backoffLimit: 0", "print(1 / 0)")}
${job("grows", "backoffLimit: 0", 'kept = []\nwhile True:\n    kept.append("x" * 1_000_000)', "resources: {limits: {memory: 50Mi}}")}
${job("asks", "backoffLimit: 0", "x = bytearray(500 * 1024 * 1024)", "resources: {limits: {memory: 50Mi}}")}
kubectl wait --for=condition=Failed job/divides job/grows job/asks --timeout=120s > /dev/null
for job in divides grows asks; do kubectl get pods -l job-name=$job -o ${STATES}; done; kubectl logs job/divides | tail -1`,
        shows: /Error 1\nOOMKilled 137\nOOMKilled 137\nZeroDivisionError: division by zero$/,
      },
    ],
  },
])
