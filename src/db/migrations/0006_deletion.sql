ALTER TABLE "recordings" ADD COLUMN "deletion" jsonb;--> statement-breakpoint
CREATE INDEX "recordings_deleted" ON "recordings" USING btree ("id") WHERE deletion is not null;