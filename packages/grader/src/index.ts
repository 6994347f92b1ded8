/** Checks over a world: cel, script, http, history, quiz; and submissions graded by them. */
export { checkTask, type TaskProblem } from "./check-task.ts"
export {
  type Click,
  type ClickThrough,
  clickThrough,
  misunderstood,
  type ProseProblem,
  type ProseStep,
  proseProblems,
  type ShownOutput,
} from "./click-through.ts"
export type * from "./contract.ts"
export { checkId, createGrader, setupProblem } from "./create-grader.ts"
export { type GradedLesson, type GradedSubmission, gradeSubmission, gradingSeed } from "./grade-submission.ts"
export { junit } from "./junit.ts"
export { COMMAND_LIMIT, labWorld, runFor, STARTED_AT, type Typist, typist } from "./lab-world.ts"
export {
  type LabProof,
  type ProofStep,
  proveLab,
  proveTask,
  type Solved,
  type SolvedLab,
  type SolvedTask,
  solve,
  type TaskProof,
} from "./prove-lab.ts"
export { replyTo } from "./quiz-check.ts"
export { readSubmission, type Submission, SubmissionProblem } from "./submission.ts"
export { typedCommands } from "./typed-commands.ts"
export { isWaiting } from "./waiting.ts"
