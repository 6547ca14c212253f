/** Hands each request to the object of the contestant that the path begins with; the Rust ones live in workers of their own. */
import { contestant } from "./object.js";
import { bare } from "./bare.js";
import { drizzle } from "./drizzle.js";
import { drizzleNext } from "./drizzle_next.js";
import { kysely } from "./kysely.js";

export const Bare = contestant(bare);
export const Kysely = contestant(kysely);
export const Drizzle = contestant(drizzle);
export const DrizzleNext = contestant(drizzleNext);

export default {
  async fetch(request, env) {
    const [, name, object] = new URL(request.url).pathname.split("/");
    const { BARE, KYSELY, DRIZZLE, DRIZZLE_NEXT, RUST, SQLX } = env;
    const peers = { bare: BARE, raw: BARE, kysely: KYSELY, drizzle: DRIZZLE, drizzle_next: DRIZZLE_NEXT, sqlx: SQLX };
    const objects = peers[name] ?? RUST;
    return await objects.get(objects.idFromName(`${name} ${object}`)).fetch(request);
  },
};
