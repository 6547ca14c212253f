// The JavaScript side of the storage: a statement costs one call, and its rows come back packed.
//
// A shared buffer in wasm's memory has a kind and a number for each cell. The number is the value itself, or the length
// of a text or blob, whose bytes follow each other in a third array. The same buffer first carries parameters to this
// side, then rows back.

const NULL = 0;
const NUMBER = 1;
const TEXT = 2;
const BLOB = 3;
// A value that does not fit into the buffer, or is of another type; it is fetched by itself.
const OVERFLOW = 4;

// Flags above the count of cells.
const MORE = 1 << 16;
const RENAMED = 1 << 17;
const ENDED = 1 << 18;

// Up to this length, a loop is faster than TextEncoder.
const SHORT = 48;

const COUNTS = "SELECT changes(), last_insert_rowid()";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

let memory;
let place;
let kinds;
let numbers;
let bytes;
let overflow = [];
let reading;
// The cursor whose cost counted() returns; null until its statement runs, undefined if nothing is to be counted.
let counting;

/** Takes the location of the buffer: the addresses of kinds, numbers and bytes, the number of cells and of bytes. */
export function connect(wasmMemory, kindsAt, numbersAt, bytesAt, cells, length) {
  if (reading !== undefined) {
    // Left by an instance that was stopped while it read.
    try {
      close(reading);
    } catch {
      // The cursor or its object has already ended.
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
 * A statement's text as a JavaScript string, with its column names from the last run. They are read again on each run,
 * unless the text alone determines them.
 */
export function statement(text, isNamed) {
  return { text, isNamed, names: undefined };
}

export function names(statement) {
  return statement.names;
}

/** Runs a statement and fills the buffer with its first cells. */
export function read(sql, statement, count, values) {
  const cursor = run(sql, statement, count, values);
  reading = rowsOf(cursor);
  const names = namesOf(statement, cursor);
  const filled = readMore(Infinity);
  // Only after everything that can throw: the other side learns of changed names from this return value alone.
  return filled | (rename(statement, names) ? RENAMED : 0);
}

/** Fills the buffer with the next cells. */
export function readMore(most) {
  const rows = reading;
  reading = undefined;
  const filled = fill(rows, most ?? rows.left);
  if (filled & MORE) {
    reading = rows;
  }
  return filled;
}

/** Runs a statement that returns no rows, and puts SQLite's counts into the first two numbers. */
export function write(sql, statement, count, values) {
  const cursor = run(sql, statement, count, values);
  const names = namesOf(statement, cursor);
  if (names.length === 0) {
    statement.names = names;
  } else {
    // An open cursor would keep the object from committing. The names are left for read() to report.
    cursor.raw().toArray();
  }
  putCounts(sql);
}

/** Runs an INSERT that returns the rowid of one row, or no row, and puts SQLite's counts into the first two numbers. */
export function insert(sql, statement, count, values) {
  const rows = run(sql, statement, count, values).raw();
  const { done, value } = rows.next();
  if (done) {
    putCounts(sql);
    return;
  }
  // Ends the statement.
  rows.next();
  numbers[0] = 1;
  numbers[1] = value[0];
}

function putCounts(sql) {
  const [changes, rowid] = sql.exec(COUNTS).raw().next().value;
  numbers[0] = changes;
  numbers[1] = rowid;
}

/** Starts a statement whose rows are read later. */
export function open(sql, statement, count, values) {
  const cursor = run(sql, statement, count, values);
  statement.names = cursor.columnNames;
  return rowsOf(cursor);
}

/** Fills the buffer with the cells of the next rows: at most `most` rows, and fewer if they do not fit. */
export function next(rows, most) {
  return fill(rows, most, true);
}

/** Fills the buffer with the rest of a row. */
export function nextMore(rows) {
  return fill(rows, 1, true);
}

/** Ends a statement. The only way to close a cursor is one() with more than one row left. */
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

/**
 * Puts the numbers of rows that the statement after countNext() read and wrote into the first two numbers; false if it
 * did not start.
 */
export function counted() {
  const cursor = counting;
  counting = undefined;
  return putCost(cursor);
}

/** Like counted(), for a statement whose rows are read later. */
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

/** Returns the next value that did not fit into the buffer. */
export function takeOverflow() {
  return overflow.shift();
}

function run(sql, statement, count, values) {
  if (numbers.length === 0) {
    // Wasm's memory has grown, which detaches the views.
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
  // Several texts are decoded in one call. If all of them are ASCII, each byte is one unit of the JavaScript string. A
  // text that is not ASCII makes the string shorter than the bytes; a blob is not read from it.
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

/** `inPieces`: ends with a row once the buffer is full, or once a value did not fit into it. */
function fill(rows, most, inPieces = false) {
  if (numbers.length === 0) {
    view();
  }
  let cell = 0;
  let byte = 0;
  overflow.length = 0;
  rows.left = most;
  while (rows.left > 0) {
    if (rows.row === null) {
      const next = rows.iterator.next();
      if (next.done) {
        rows.ended = true;
        return cell | ENDED;
      }
      rows.row = next.value;
      rows.at = 0;
    }
    const row = rows.row;
    if (inPieces && cell > 0 && cell + row.length > kinds.length) {
      return cell;
    }
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
          kinds[cell] = OVERFLOW;
          overflow.push(value);
          continue;
        }
        if (most > bytes.length - byte) {
          if (inPieces && at === 0) {
            return cell;
          }
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
    if (inPieces && overflow.length > 0) {
      return cell;
    }
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
