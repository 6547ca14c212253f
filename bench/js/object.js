/** The class of a contestant's objects: runs SQL for the host, and one kind of work on request. */
export function contestant(open) {
  return class {
    constructor(state) {
      this.sql = state.storage.sql;
      this.works = open(state.storage);
    }

    async fetch(request) {
      const url = new URL(request.url);
      const work = url.pathname.split("/").pop();
      if (work === "sql") {
        const rows = this.sql.exec(await request.text()).raw().toArray();
        return Response.json(rows[0] ?? []);
      }
      if (!Object.hasOwn(this.works, work)) {
        return new Response(`no such work: ${work}`, { status: 404 });
      }
      const count = Number(url.searchParams.get("count"));
      const started = Date.now();
      const sum = await this.works[work](count);
      return Response.json({ millis: Date.now() - started, sum: String(sum) });
    }
  };
}
