// What is better done on this side of wasm: a statement costs one call, and its rows come back packed.
//
// A page lies in wasm's memory: for each cell its kind and a number, which is the value itself or the length of a text or
// blob; the bytes of texts and blobs follow each other. Parameters go out in the same page before rows come in.

const NULL = 0;
const NUMBER = 1;
const TEXT = 2;
const BLOB = 3;
// What does not fit into a page, or is none of these; fetched one by one.
const APART = 4;

// Behind the count of cells.
const MORE = 1 << 16;
const RENAMED = 1 << 17;

// Up to here a loop is faster than TextEncoder.
const SHORT = 48;

const COUNTS = "SELECT changes(), last_insert_rowid()";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

let memory;
let place;
let kinds;
let numbers;
let bytes;
let apart = [];
let reading;
// The cursor whose cost will be asked for; null before its statement runs, undefined when nobody asks.
let counting;

/** Tells where the page lies: addresses of kinds, numbers and bytes, how many cells, how many bytes. */
export function connect(wasmMemory, kindsAt, numbersAt, bytesAt, cells, length) {
  if (reading !== undefined) {
    // Of an instance that was stopped while it read.
    try {
      close(reading);
    } catch {
      // It is over, or belongs to an object that is.
    }
    reading = undefined;
  }
  counting = undefined;
  memory = wasmMemory;
  place = { kindsAt, numbersAt, bytesAt, cells, length };
  view();
}

function view() {
  kinds = new Uint8Array(memory.buffer, place.kindsAt, place.cells);
  numbers = new Float64Array(memory.buffer, place.numbersAt, place.cells);
  bytes = new Uint8Array(memory.buffer, place.bytesAt, place.length);
}

/**
 * A statement's text, kept as JavaScript has it, with the names of its columns when it last ran. They are asked for each
 * time, unless the text alone tells them.
 */
export function statement(text, isNamed) {
  return { text, isNamed, names: undefined };
}

export function names(statement) {
  return statement.names;
}

/** Runs a statement and fills the page with its first cells. */
export function read(sql, statement, count, values) {
  const cursor = run(sql, statement, count, values);
  reading = rowsOf(cursor);
  const names = namesOf(statement, cursor);
  const filled = readMore(Infinity);
  // Only when nothing can throw any more: the other side learns of other names from this answer alone.
  return filled | (rename(statement, names) ? RENAMED : 0);
}

/** Fills the page with the next cells. */
export function readMore(most) {
  const rows = reading;
  reading = undefined;
  const filled = fill(rows, most ?? rows.left);
  if (filled & MORE) {
    reading = rows;
  }
  return filled;
}

/** Runs a statement that returns no rows; the first two numbers are what SQLite counts then. */
export function write(sql, statement, count, values) {
  const cursor = run(sql, statement, count, values);
  const names = namesOf(statement, cursor);
  if (names.length === 0) {
    statement.names = names;
  } else {
    // A cursor that is left open would keep the object from committing. The names are for read() to tell of.
    cursor.raw().toArray();
  }
  const [changes, rowid] = sql.exec(COUNTS).raw().next().value;
  numbers[0] = changes;
  numbers[1] = rowid;
}

/** Starts a statement whose rows are asked for later. */
export function open(sql, statement, count, values) {
  const cursor = run(sql, statement, count, values);
  statement.names = cursor.columnNames;
  return rowsOf(cursor);
}

/** Fills the page with the cells of the next rows, at most so many. */
export function next(rows, most) {
  return fill(rows, most);
}

export function nextMore(rows) {
  return fill(rows, rows.left);
}

/** Ends a statement: there is no other way to close a cursor than one() with more than one row left. */
export function close(rows) {
  if (!rows.ended) {
    rows.ended = true;
    rows.cursor.one();
  }
}

/** Keeps the cursor of the next statement for counted(). */
export function countNext() {
  counting = null;
}

/** Puts the rows that the statement after countNext() read and wrote into the first two numbers; false when it did not begin. */
export function counted() {
  const cursor = counting;
  counting = undefined;
  return putCost(cursor);
}

/** The same for a statement whose rows are asked for later. */
export function costOf(rows) {
  return putCost(rows.cursor);
}

function putCost(cursor) {
  if (!cursor) {
    return false;
  }
  if (numbers.length === 0) {
    view();
  }
  numbers[0] = cursor.rowsRead;
  numbers[1] = cursor.rowsWritten;
  return true;
}

/** The next of the values that stand apart. */
export function takeApart() {
  return apart.shift();
}

function run(sql, statement, count, values) {
  if (numbers.length === 0) {
    // Wasm's memory has grown, which takes the views away.
    view();
  }
  const cursor = count === 0 ? sql.exec(statement.text) : sql.exec(statement.text, ...(values ?? parameters(count)));
  if (counting === null) {
    counting = cursor;
  }
  return cursor;
}

function parameters(count) {
  const values = new Array(count);
  let texts = 0;
  let end = 0;
  for (let cell = 0; cell < count; cell++) {
    if (kinds[cell] >= TEXT) {
      texts++;
      end += numbers[cell];
    }
  }
  // Many texts are decoded at once. A byte is one unit of a JavaScript string where all of them are ASCII; anything else
  // makes the string shorter than its bytes, or is a blob.
  const all = texts > 2 ? decoder.decode(bytes.subarray(0, end)) : "";
  const isAscii = all.length === end;
  let at = 0;
  for (let cell = 0; cell < count; cell++) {
    const kind = kinds[cell];
    if (kind === NUMBER) {
      values[cell] = numbers[cell];
    } else if (kind === NULL) {
      values[cell] = null;
    } else {
      const next = at + numbers[cell];
      if (kind === BLOB) {
        values[cell] = bytes.slice(at, next);
      } else {
        values[cell] = isAscii ? all.slice(at, next) : decoder.decode(bytes.subarray(at, next));
      }
      at = next;
    }
  }
  return values;
}

function rowsOf(cursor) {
  return { cursor, iterator: cursor.raw(), row: null, at: 0, left: 0, ended: false };
}

function namesOf(statement, cursor) {
  return statement.isNamed && statement.names !== undefined ? statement.names : cursor.columnNames;
}

function rename(statement, names) {
  const known = statement.names;
  if (known === names) {
    return false;
  }
  if (known?.length === names.length && known.every((name, at) => name === names[at])) {
    return false;
  }
  statement.names = names;
  return true;
}

function fill(rows, most) {
  if (numbers.length === 0) {
    view();
  }
  let cell = 0;
  let byte = 0;
  apart.length = 0;
  rows.left = most;
  while (rows.left > 0) {
    if (rows.row === null) {
      const next = rows.iterator.next();
      if (next.done) {
        rows.ended = true;
        return cell;
      }
      rows.row = next.value;
      rows.at = 0;
    }
    const row = rows.row;
    for (let at = rows.at; at < row.length; at++, cell++) {
      if (cell === kinds.length) {
        rows.at = at;
        return cell | MORE;
      }
      const value = row[at];
      if (typeof value === "number") {
        kinds[cell] = NUMBER;
        numbers[cell] = value;
      } else if (value === null) {
        kinds[cell] = NULL;
      } else {
        const most = typeof value === "string" ? value.length * 3 : value.byteLength ?? Infinity;
        if (most > bytes.length) {
          kinds[cell] = APART;
          apart.push(value);
          continue;
        }
        if (most > bytes.length - byte) {
          rows.at = at;
          return cell | MORE;
        }
        const length = typeof value === "string" ? putText(value, byte) : putBlob(value, byte);
        kinds[cell] = typeof value === "string" ? TEXT : BLOB;
        numbers[cell] = length;
        byte += length;
      }
    }
    rows.row = null;
    rows.left--;
  }
  return cell;
}

function putText(text, at) {
  let done = 0;
  if (text.length <= SHORT) {
    for (; done < text.length; done++) {
      const code = text.charCodeAt(done);
      if (code > 127) {
        break;
      }
      bytes[at + done] = code;
    }
    if (done === text.length) {
      return done;
    }
  }
  return done + encoder.encodeInto(done === 0 ? text : text.slice(done), bytes.subarray(at + done)).written;
}

function putBlob(buffer, at) {
  bytes.set(new Uint8Array(buffer), at);
  return buffer.byteLength;
}
