/** What a new lesson begins as: a lesson that passes its own test, to be changed into what it should be. */

const prose = (title: string) => `---
title: ${title}
summary: One or two sentences for the catalogue.
minutes: 15
---

# ${title}

Say in a few words what this is about. Then let the learner do something:

\`\`\`bash exec
kubectl get pods -A
\`\`\`

What does the answer mean? Then give a task.

::task{id=first}
`

const LAB = `topology: kubeadm-2nodes
variables:
  name: { choose: [harbour, quay, pier, jetty] }
tasks:
  - id: first
    title: Run a Deployment named {{name}} with two copies
    points: 5
    checks:
      - kind: cel
        title: Two copies of {{name}} are available
        expression: deployment("{{name}}").status.?availableReplicas.orValue(0) == 2
        seen: string(deployment("{{name}}").status.?availableReplicas.orValue(0)) + " of 2"
    hints:
      - kubectl create deployment makes one, and has a flag for the number.
    solution: |
      kubectl create deployment {{name}} --image=nginx --replicas=2
`

/** Names of lessons' and courses' folders. */
export const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/

/** "03-follow-a-pod" → "Follow a pod". */
export const titleOfSlug = (slug: string): string => {
  const words = slug.replace(/^\d+-/, "").replaceAll("-", " ")
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** @param schema address of lab.yaml's JSON Schema, for editors that read it from the file */
export const newLessonFiles = (title: string, schema?: string): Map<string, string> =>
  new Map([
    ["lesson.md", prose(title)],
    ["lab.yaml", `${schema === undefined ? "" : `# yaml-language-server: $schema=${schema}\n`}${LAB}`],
  ])
