// What wrangler serves. Each class of the objects extends `DurableObject`, so that RPC and wrangler's Local Explorer reach
// it, and hands its calls on to the class in Rust.
import { DurableObject } from "cloudflare:workers";
import worker, * as rust from "./build/index.js";

function durableObject(Rust) {
  class Class extends DurableObject {
    constructor(state, env) {
      super(state, env);
      this.rust = new Rust(state, env);
    }
  }
  // `fetch`, and each other method that `#[wasm_bindgen]` exports; not those that free the memory of the class in Rust.
  for (const name of Object.getOwnPropertyNames(Rust.prototype)) {
    if (name !== "constructor" && name !== "free" && !name.startsWith("__")) {
      Class.prototype[name] = function (...values) {
        return this.rust[name](...values);
      };
    }
  }
  return Class;
}

export const Workspace = durableObject(rust.Workspace);
export default worker;
