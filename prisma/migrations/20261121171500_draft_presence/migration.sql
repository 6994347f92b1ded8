-- CreateTable
CREATE TABLE "draft_presence" (
    "draft_id" UUID NOT NULL,
    "user_id" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "draft_presence_pkey" PRIMARY KEY ("draft_id","user_id")
);

-- AddForeignKey
ALTER TABLE "draft_presence" ADD CONSTRAINT "draft_presence_draft_id_fkey" FOREIGN KEY ("draft_id") REFERENCES "draft"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "draft_presence" ADD CONSTRAINT "draft_presence_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
