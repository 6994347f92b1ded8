-- AlterTable
ALTER TABLE "exam" ADD COLUMN     "slug" TEXT;

-- AlterTable
ALTER TABLE "exam_attempt" ADD COLUMN     "spec" JSON NOT NULL;

-- AlterTable
ALTER TABLE "lab_session" ADD COLUMN     "drill" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "exam_slug_key" ON "exam"("slug");
