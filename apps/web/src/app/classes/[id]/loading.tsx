/** A class's outline while it is read. */
import { Skeleton, Waiting } from "../../../components/skeleton.tsx"
import { PageFrame } from "../../../site/page-frame.tsx"

const Loading = () => (
  <PageFrame wide>
    <Waiting>Opening the class</Waiting>
    <Skeleton className="h-9 w-64" />
    <Skeleton className="mt-3 h-5 w-96 max-w-full" />
    <Skeleton className="mt-8 h-72 w-full" />
  </PageFrame>
)
export default Loading
