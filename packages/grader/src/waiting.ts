/** Steps of a solution: those that do something, and those that only wait for it. */

/** `sleep 3`, `kubectl wait …`, `kubectl rollout status …`: without them the same happens, a little later. */
export const isWaiting = (command: string): boolean =>
  /^\s*(sleep\s+[\d.]+[smh]?|(kubectl|k)\s+(-n\s+\S+\s+)?(wait|rollout\s+status)\b[^;&|]*|until\s.*;\s*do\s+sleep\s+[\d.]+;?\s*done)\s*$/s.test(
    command,
  )
