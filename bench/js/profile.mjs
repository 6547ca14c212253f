// node profile.mjs HOST:PORT URL: has the URL answer under V8's profiler and prints each function's samples as JSON.
const [, , inspector, url] = process.argv;

const targets = await (await fetch(`http://${inspector}/json`)).json();
const socket = new WebSocket(targets.find(({ id }) => id === "rust").webSocketDebuggerUrl);
await new Promise((resolve) => socket.addEventListener("open", resolve));

const waiting = new Map();
socket.addEventListener("message", ({ data }) => {
  const { id, result } = JSON.parse(data);
  waiting.get(id)?.(result);
});
let calls = 0;
function call(method, params = {}) {
  const id = ++calls;
  socket.send(JSON.stringify({ id, method, params }));
  return new Promise((resolve) => waiting.set(id, resolve));
}

await call("Profiler.enable");
await call("Profiler.setSamplingInterval", { interval: 100 });
await call("Profiler.start");
await (await fetch(url, { method: "POST" })).text();
const { profile } = await call("Profiler.stop");

const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
const functions = new Map();
for (const id of profile.samples) {
  const { functionName: name, url } = frames.get(id);
  const key = `${name} ${url}`;
  const known = functions.get(key) ?? { name, url, samples: 0 };
  functions.set(key, { ...known, samples: known.samples + 1 });
}
console.log(JSON.stringify([...functions.values()]));
process.exit(0);
