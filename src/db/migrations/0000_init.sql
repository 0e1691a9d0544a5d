CREATE TABLE "commands" (
	"id" text PRIMARY KEY NOT NULL,
	"seq" bigserial NOT NULL,
	"recording_id" text NOT NULL,
	"command" json NOT NULL,
	"applied" boolean NOT NULL,
	"result" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"recording_id" text NOT NULL,
	"type" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"payload" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"key" text PRIMARY KEY NOT NULL,
	"fingerprint" text NOT NULL,
	"status" integer,
	"body" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "recordings" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"room" text,
	"metadata" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"spec" jsonb NOT NULL,
	"layout" jsonb NOT NULL,
	"sources" jsonb NOT NULL,
	"takes" jsonb NOT NULL,
	"stats" jsonb,
	"error" jsonb,
	"trace_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "room_signals" (
	"room" text NOT NULL,
	"seq" bigint NOT NULL,
	"id" text NOT NULL,
	"signal" json NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "room_signals_room_seq_pk" PRIMARY KEY("room","seq"),
	CONSTRAINT "room_signals_id" UNIQUE("room","id")
);
--> statement-breakpoint
CREATE TABLE "secrets" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhook_deliveries" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"recording_id" text NOT NULL,
	"webhook" integer NOT NULL,
	"event" jsonb NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"last_error" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	"delivered_at" timestamp (3) with time zone,
	"given_up_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE INDEX "commands_recording" ON "commands" USING btree ("recording_id","seq");--> statement-breakpoint
CREATE INDEX "events_recording" ON "events" USING btree ("recording_id","type","id");--> statement-breakpoint
CREATE INDEX "events_at" ON "events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "recordings_state" ON "recordings" USING btree ("state","id");--> statement-breakpoint
CREATE INDEX "recordings_room" ON "recordings" USING btree ("room","id");--> statement-breakpoint
CREATE INDEX "recordings_metadata" ON "recordings" USING gin ("metadata" jsonb_path_ops);--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" USING btree ("recording_id","webhook","id") WHERE delivered_at is null and given_up_at is null;