CREATE TABLE "highlights" (
	"id" text PRIMARY KEY NOT NULL,
	"recording_id" text NOT NULL,
	"room" text,
	"state" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"pre_sec" double precision NOT NULL,
	"post_sec" double precision NOT NULL,
	"label" text,
	"by" text,
	"metadata" jsonb NOT NULL,
	"trigger" text NOT NULL,
	"rule" text,
	"origin_key" text,
	"from" timestamp (3) with time zone NOT NULL,
	"to" timestamp (3) with time zone NOT NULL,
	"clamped" jsonb,
	"gaps" jsonb NOT NULL,
	"segments" jsonb,
	"duration_sec" double precision,
	"bytes" bigint,
	"favourite" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"playable_at" timestamp (3) with time zone,
	"ready_at" timestamp (3) with time zone,
	"error" jsonb,
	"trace_id" text NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	"purged" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "recaps" (
	"id" text PRIMARY KEY NOT NULL,
	"recording_id" text NOT NULL,
	"state" text NOT NULL,
	"title" text,
	"highlights" jsonb NOT NULL,
	"omitted" jsonb NOT NULL,
	"titles" boolean NOT NULL,
	"crossfade_sec" double precision NOT NULL,
	"duration_sec" double precision,
	"bytes" bigint,
	"created_at" timestamp (3) with time zone NOT NULL,
	"ready_at" timestamp (3) with time zone,
	"error" jsonb,
	"trace_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "room_presence" (
	"room" text NOT NULL,
	"participant" text NOT NULL,
	"node" text NOT NULL,
	"owner" text NOT NULL,
	"joined_seq" bigint NOT NULL,
	"released" boolean NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "room_presence_room_participant_node_pk" PRIMARY KEY("room","participant","node")
);
--> statement-breakpoint
CREATE TABLE "rooms" (
	"room" text PRIMARY KEY NOT NULL,
	"last_seq" bigint NOT NULL,
	"last_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"sifted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "shares" (
	"id" text PRIMARY KEY NOT NULL,
	"highlight_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "workers" (
	"worker" text PRIMARY KEY NOT NULL,
	"refusal" text,
	"seen_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "recordings" ADD COLUMN "due_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "recordings" ADD COLUMN "paused_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "recordings" ADD COLUMN "deletion" jsonb;--> statement-breakpoint
ALTER TABLE "recordings" ADD COLUMN "expires_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "highlights_origin" ON "highlights" USING btree ("recording_id","origin_key");--> statement-breakpoint
CREATE INDEX "highlights_recording" ON "highlights" USING btree ("recording_id","id");--> statement-breakpoint
CREATE INDEX "highlights_room" ON "highlights" USING btree ("room","id");--> statement-breakpoint
CREATE INDEX "highlights_at" ON "highlights" USING btree ("at");--> statement-breakpoint
CREATE INDEX "highlights_open" ON "highlights" USING btree ("recording_id","to") WHERE state in ('waiting', 'cutting') or deleted_at is not null;--> statement-breakpoint
CREATE INDEX "recaps_recording" ON "recaps" USING btree ("recording_id","id");--> statement-breakpoint
CREATE INDEX "room_presence_node" ON "room_presence" USING btree ("node");--> statement-breakpoint
CREATE INDEX "room_presence_expires" ON "room_presence" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "rooms_last_at" ON "rooms" USING btree ("last_at");--> statement-breakpoint
CREATE INDEX "shares_highlight" ON "shares" USING btree ("highlight_id","id");--> statement-breakpoint
CREATE INDEX "recordings_deleted" ON "recordings" USING btree ("id") WHERE deletion is not null;--> statement-breakpoint
CREATE INDEX "recordings_expires" ON "recordings" USING btree ("expires_at") WHERE deletion is null;--> statement-breakpoint
CREATE INDEX "recordings_ended" ON "recordings" USING btree ("ended_at") WHERE deletion is null and expires_at is null;--> statement-breakpoint
CREATE INDEX "recordings_due" ON "recordings" USING btree ("due_at") WHERE state = 'requested';--> statement-breakpoint
INSERT INTO "rooms" ("room", "last_seq", "last_at") SELECT "room", max("seq"), max("created_at") FROM "room_signals" GROUP BY "room";
