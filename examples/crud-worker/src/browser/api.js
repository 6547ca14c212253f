// The worker's JSON API: requests and refusals.

/** A refusal by the worker, with the name of the field that caused it, if there is one. */
export class Refusal extends Error {
  constructor(message, field, status) {
    super(message);
    this.field = field;
    this.status = status;
  }
}

/** Is called with the rows that each request has read and written. */
let onCost = () => {};

export function showCost(show) {
  onCost = show;
}

/** Sends a request and returns the JSON of the response, or null if it has no body. */
export async function call(method, path, body, headers = {}) {
  const request = { method, headers: { ...headers } };
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  let answer, text;
  try {
    answer = await fetch(path, request);
    text = await answer.text();
  } catch {
    throw new Refusal("the worker cannot be reached");
  }
  const read = answer.headers.get("Rows-Read");
  if (read !== null) onCost(Number(read), Number(answer.headers.get("Rows-Written")));
  const json = parsed(text);
  if (answer.ok) return json;
  const error = json?.error ?? { message: `the worker answered with status ${answer.status}` };
  throw new Refusal(error.message, error.field, answer.status);
}

/** Returns all items of a list, from all its pages. */
export async function all(path) {
  const items = [];
  for (let page = 1; ; page++) {
    const list = await call("GET", `${path}?per_page=100&page=${page}`);
    items.push(...list.items);
    if (list.items.length === 0 || items.length >= list.total) return items;
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
