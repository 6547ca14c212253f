CREATE TABLE "__drizzle_migrations" (
					id SERIAL PRIMARY KEY,
					hash text NOT NULL,
					created_at numeric
				);
INSERT INTO "__drizzle_migrations" VALUES (NULL, '', 1764300000000);
INSERT INTO "__drizzle_migrations" VALUES (NULL, '', 1764300000001);
CREATE TABLE `author` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL
);
INSERT INTO "author" VALUES (1, 'Ursula');
INSERT INTO "author" VALUES (2, 'it''s');
CREATE TABLE `book` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`author_id` integer NOT NULL,
	`title` text NOT NULL, `pages` integer,
	FOREIGN KEY (`author_id`) REFERENCES `author`(`id`) ON UPDATE no action ON DELETE cascade
);
INSERT INTO "book" VALUES (1, 1, 'The Dispossessed', 387);
INSERT INTO "book" VALUES (2, 1, 'x', NULL);
CREATE UNIQUE INDEX `author_name_unique` ON `author` (`name`);
