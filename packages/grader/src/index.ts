/** Checks over a world: cel, script, http, history, quiz. */
export { checkTask, type TaskProblem } from "./check-task.ts"
export type * from "./contract.ts"
export { checkId, createGrader } from "./create-grader.ts"
