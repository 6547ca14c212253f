/** Hands each request to the object of the contestant that the path begins with; the Rust ones live in another worker. */
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
    const scripted = { bare: env.BARE, kysely: env.KYSELY, drizzle: env.DRIZZLE, drizzle_next: env.DRIZZLE_NEXT };
    const objects = scripted[name] ?? env.RUST;
    return await objects.get(objects.idFromName(`${name} ${object}`)).fetch(request);
  },
};
