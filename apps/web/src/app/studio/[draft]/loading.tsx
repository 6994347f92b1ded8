/** A draft on its way. */
import { Skeleton } from "../../../components/skeleton.tsx"

const Loading = () => (
  <div className="flex h-dvh flex-col" aria-busy="true">
    <div className="h-13 border-b border-line bg-surface" />
    <div className="flex flex-1 gap-6 p-6">
      <Skeleton className="h-full w-48 max-sm:hidden" />
      <Skeleton className="h-full flex-1" />
      <Skeleton className="h-full flex-1 max-sm:hidden" />
    </div>
  </div>
)
export default Loading
