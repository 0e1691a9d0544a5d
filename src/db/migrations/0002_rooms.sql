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
	"last_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "room_presence_node" ON "room_presence" USING btree ("node");--> statement-breakpoint
CREATE INDEX "room_presence_expires" ON "room_presence" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "rooms_last_at" ON "rooms" USING btree ("last_at");--> statement-breakpoint
INSERT INTO "rooms" ("room", "last_seq", "last_at") SELECT "room", max("seq"), max("created_at") FROM "room_signals" GROUP BY "room";
