/** The player's outline while its lesson is read. */
import { Skeleton, Waiting } from "../../../../components/skeleton.tsx"

const Loading = () => (
  <div className="flex h-dvh flex-col">
    <Waiting>Opening the lesson</Waiting>
    <div className="h-13 border-b border-line bg-surface" />
    <div className="flex min-h-0 flex-1">
      <div className="w-full space-y-4 bg-surface px-8 pt-9 wide:w-2/5">
        <Skeleton className="h-8 w-2/3" />
        {["w-full", "w-11/12", "w-10/12", "w-3/4"].map((width) => (
          <Skeleton key={width} className={`h-4 ${width}`} />
        ))}
        <Skeleton className="h-24 w-full" />
      </div>
      <div className="flex flex-1 flex-col border-l border-line max-wide:hidden">
        <div className="flex-[58] bg-terminal" />
        <div className="flex-[42] bg-surface" />
      </div>
    </div>
  </div>
)
export default Loading
